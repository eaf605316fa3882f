"""Records that cannot be read: what they say of who is missing, whether they say whose they are."""

import json
import random
from typing import Any

import pytest

from services.polling.feed_items import DOUBT_MAX
from services.ports import Ports
from tests.polled import job
from tests.unit.services.polling.added_feeds import added, items, postings, rounds, stored


def board(*ids: str, bad: tuple[str, ...] = (), nameless: int = 0) -> bytes:
    """A list with these postings, of which the bad ones and the nameless cannot be read."""
    jobs: list[dict[str, Any]] = [job(id_) for id_ in ids]
    jobs += [{"id": id_, "title": ""} for id_ in bad]
    jobs += [{"id": None, "title": "", "says": {"category": str(n)}} for n in range(nameless)]
    return json.dumps({"jobs": jobs}).encode()


async def closed(ports: Ports) -> set[str]:
    return {name for name, (status, _) in (await postings(ports)).items() if status == "closed"}


async def test_a_record_that_says_whose_it_is_is_listed(ports: Ports) -> None:
    await added(ports)
    answers = [board("1", bad=("2",)), board("1", bad=("2",), nameless=0) + b" "] * 3
    polled = await rounds(ports, board("1", "2", "3"), *answers)
    assert await closed(ports) == {"3"}
    assert (await items(ports))["2"].missed == 0
    assert (polled[-1].last_rejected, polled[-1].last_items) == (1, 2)
    # Once it can be read again it says what it said, and nothing new came of it.
    await rounds(ports, board("1", "2"))
    assert (await postings(ports))["2"] == ("submitted", 1)


async def test_a_suspect_that_comes_back_unreadable_is_no_suspect(ports: Ports) -> None:
    await added(ports)
    both, one = board("1", "2"), board("1")
    await rounds(ports, both, one, board("1", bad=("2",)), one)
    assert await closed(ports) == set()
    assert (await items(ports))["2"].missed == 1


async def test_one_that_was_closed_and_comes_back_unreadable_stays_closed(ports: Ports) -> None:
    await added(ports)
    await rounds(ports, board("1", "2"), board("1"), board("1"), board("1", bad=("2",)))
    assert await closed(ports) == {"2"}
    await rounds(ports, board("1", "2"))
    assert await closed(ports) == set()


async def test_while_records_have_no_name_nothing_that_vanished_with_them_is_closed(
    ports: Ports,
) -> None:
    await added(ports)
    few, again = board("1", "2", nameless=1), board("2", "1", nameless=1)
    await rounds(ports, board("1", "2", "3", "4"), *[few, again] * 3)
    assert await closed(ports) == set()
    assert {name for name, item in (await items(ports)).items() if item.unread} == {"3", "4"}
    # It can be read again, and the other one is really gone.
    await rounds(ports, board("1", "2", "3"), board("3", "2", "1"))
    assert await closed(ports) == {"4"}


async def test_what_vanishes_later_is_gone_though_another_has_no_name(ports: Ports) -> None:
    await added(ports)
    await rounds(ports, board("1", "2", "3"), board("1", "2", nameless=1))
    await rounds(ports, board("1", nameless=1), board("1", nameless=1) + b" ")
    assert await closed(ports) == {"2"}
    assert (await items(ports))["3"].unread


async def test_nothing_is_in_doubt_when_the_nameless_are_gone(ports: Ports) -> None:
    await added(ports)
    await rounds(ports, board("1", "2"), board("1", nameless=1), board("1"), board("1") + b" ")
    assert await closed(ports) == {"2"}


async def test_a_record_that_was_never_readable_stops_no_closing(ports: Ports) -> None:
    await added(ports)
    await rounds(ports, board("1", "2", nameless=2))
    assert (await stored(ports)).strangers == 2
    one = board("1", nameless=2)
    await rounds(ports, one, one + b" ")
    assert await closed(ports) == {"2"}


async def test_a_new_record_that_was_never_readable_stops_no_closing(ports: Ports) -> None:
    await added(ports)
    both, one = board("1", "2", nameless=1), board("1", nameless=1)
    await rounds(ports, board("1", "2"), both, one, one + b" ")
    assert await closed(ports) == {"2"}


async def test_a_stranger_that_is_gone_makes_no_room(ports: Ports) -> None:
    await added(ports)
    all_three = board("1", "2", "3", nameless=1)
    await rounds(ports, all_three, board("1", "2", "3"), board("1", "2", nameless=1))
    await rounds(ports, board("2", "1", nameless=1), board("1", "2", nameless=1))
    assert await closed(ports) == set()


async def test_an_equal_answer_counts_no_miss_of_what_is_in_doubt(ports: Ports) -> None:
    await added(ports)
    one = board("1", nameless=1)
    await rounds(ports, board("1", "2"), *[one] * 5)
    assert await closed(ports) == set()


async def test_one_that_turns_unreadable_while_others_are_in_doubt_is_in_doubt_too(
    ports: Ports,
) -> None:
    await added(ports)
    await rounds(ports, board("1", "2", "3", "4"), board("1", "2", nameless=1))
    two = board("1", nameless=2)  # 3 or 4 was gone, so the second one must be 2
    await rounds(ports, two, two + b" ", two)
    assert await closed(ports) == set()


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_is_listed_stays_open(ports: Ports, clock: Any, seed: int) -> None:
    """Postings turn unreadable, with their name or without it, and readable again, while others
    come and go and some records were never readable. One changes at a time: then none is closed
    that was listed all the while, and in the end all are that are gone."""
    chosen = random.Random(seed)
    await added(ports)
    strangers = chosen.randint(0, 2)
    state = dict.fromkeys("12345", "well")
    listed = set(state)
    """Those that were not gone since they could be read."""
    await rounds(ports, board(*state, nameless=strangers))
    for turn in range(14):
        name = chosen.choice("12345")
        state[name] = chosen.choice(["well", "well", "bad", "nameless", "gone"])
        of = {kind: [n for n in state if state[n] == kind] for kind in ("well", "bad", "nameless")}
        listed = (listed | set(of["well"])) - {n for n in state if state[n] == "gone"}
        nameless = strangers + len(of["nameless"])
        await rounds(ports, board(*of["well"], bad=tuple(of["bad"]), nameless=nameless))
        assert not await closed(ports) & listed, (seed, turn)
    clock.advance(DOUBT_MAX.total_seconds())
    for turn in range(3):
        await rounds(ports, board(*of["well"], nameless=strangers) + b" " * (turn + 1))
    assert await closed(ports) == set(state) - set(of["well"])
