"""Postings come to an end: once, with an event, and whoever's they are."""

from datetime import timedelta
from typing import Any

from backends.documents.collections import POSTINGS
from models.events import JOB_EVENTS, POSTING_CLOSED
from models.posting import Given, Posting, Status
from services.intake import closing, postings
from services.ports import Ports


async def submitted(ports: Ports, number: int, **update: Any) -> Posting:
    """A stored posting with these fields of its document."""
    given = Given(
        title="Cook", company="Acme", external_id=str(number), closes_at=update.pop("until", None)
    )
    posting = await postings.submit(ports, owner_id=f"o{number}", given=given, source="api")
    document = await ports.documents.get(POSTINGS, posting.id)
    changed = posting.model_copy(update=update)
    await ports.documents.replace(
        POSTINGS, posting.id, changed.model_dump(mode="json"), expected_version=document.version
    )
    return changed


async def status(ports: Ports, posting: Posting) -> str:
    found: str = (await ports.documents.get(POSTINGS, posting.id)).body["status"]
    return found


async def test_closing_is_told_once_and_says_why(ports: Ports, events: Any) -> None:
    posting = await submitted(ports, 1, status=Status.PUBLISHED)
    ids = [posting.id, posting.id, "none"]
    assert await closing.close_all(ports, ids, closing.MISSING) == 1
    assert await closing.close_all(ports, ids, closing.MISSING) == 0
    told = [e for e in await events(JOB_EVENTS) if e.type == POSTING_CLOSED]
    assert [e.subject for e in told] == [posting.id]
    step = told[0].data["posting"]["history"][-1]
    assert (step["status"], step["detail"]) == ("closed", closing.MISSING)


async def test_what_has_passed_its_date_expires(ports: Ports, clock: Any, events: Any) -> None:
    now = clock.now
    passed = [
        await submitted(ports, 1, status=Status.PUBLISHED, until=now),
        await submitted(ports, 2, status=Status.NEEDS_REVIEW, until=now - timedelta(days=400)),
    ]
    stays = [
        await submitted(ports, 3, status=Status.PUBLISHED, until=now + timedelta(seconds=1)),
        await submitted(ports, 4, status=Status.PUBLISHED),
        await submitted(ports, 5, status=Status.SUBMITTED, until=now),
        await submitted(ports, 6, status=Status.REJECTED, until=now),
    ]
    before = [await status(ports, each) for each in stays]
    assert await closing.expire(ports) == 2
    assert [await status(ports, each) for each in passed] == ["closed", "closed"]
    assert [await status(ports, each) for each in stays] == before
    told = [e.subject for e in await events(JOB_EVENTS) if e.type == POSTING_CLOSED]
    assert sorted(told) == sorted(each.id for each in passed)
    assert await closing.expire(ports) == 0


async def test_many_expire_in_pages(ports: Ports, clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(closing, "EXPIRE_AT_ONCE", 3)
    for number in range(7):
        until = clock.now - timedelta(minutes=number)
        await submitted(ports, number, status=Status.PUBLISHED, until=until)
    assert [await closing.expire(ports) for _ in range(4)] == [3, 3, 1, 0]
