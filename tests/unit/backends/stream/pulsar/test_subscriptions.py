"""Forgetting a subscription while somebody else does: what the broker may answer then."""

from typing import Any

import pytest

from backends.stream.base import PARTITIONS
from backends.stream.pulsar_client import Gone
from backends.stream.pulsar_subscriptions import Subscriptions
from models.errors import Unavailable


class Log:
    """The sender of the members' log; `fault` is what the broker answers."""

    def __init__(self, fault: Exception | None) -> None:
        self._fault = fault

    async def send(self, body: bytes) -> None:
        if self._fault is not None:
            raise self._fault

    async def close(self) -> None:
        return


class Client:
    def __init__(self, fault: Exception | None) -> None:
        self._fault = fault

    async def sender(self, topic: str) -> Log:
        return Log(self._fault)


class Admin:
    """Deletes what it is told to; `has` answers each question for the topic in turn."""

    def __init__(self, *has: bool) -> None:
        self._has = list(has)
        self.deleted: list[str] = []

    def full_name(self, topic: str) -> str:
        return topic

    async def has_topic(self, topic: str) -> bool:
        return self._has.pop(0)

    async def consumers(self, topic: str, name: str) -> int:
        return 0

    async def delete_subscription(self, partition: str, name: str) -> None:
        self.deleted.append(partition)

    async def delete_topic(self, topic: str) -> None:
        self.deleted.append(topic)


def made(owners: Admin, fault: Exception | None) -> tuple[Subscriptions, Admin]:
    events, client = Admin(), Client(fault)
    subscriptions: Any = Subscriptions(client, events, owners)  # type: ignore[arg-type]
    return subscriptions, events


@pytest.mark.parametrize(
    ("has", "fault"),
    [
        ((True,), None),
        ((True,), Gone("the log was deleted before")),
        ((True, False), Unavailable("the log was deleted under way: nobody confirms")),
    ],
)
async def test_all_is_deleted_whoever_else_is_at_it(
    has: tuple[bool, ...], fault: Exception | None
) -> None:
    owners = Admin(*has)
    subscriptions, events = made(owners, fault)
    await subscriptions.forget("topic", "name")
    assert len(events.deleted) == PARTITIONS
    assert len(owners.deleted) == 1


async def test_members_that_cannot_be_told_are_not_cut_off() -> None:
    owners = Admin(True, True)
    subscriptions, events = made(owners, Unavailable("the broker is away"))
    with pytest.raises(Unavailable):
        await subscriptions.forget("topic", "name")
    assert events.deleted == owners.deleted == []


async def test_what_is_forgotten_is_not_looked_for() -> None:
    owners = Admin(False)
    subscriptions, events = made(owners, None)
    await subscriptions.forget("topic", "name")
    assert events.deleted == owners.deleted == []
