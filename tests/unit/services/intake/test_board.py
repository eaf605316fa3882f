"""A posting as people handle it: who sees what, revisions, the end."""

import asyncio

import pytest

from backends.documents.collections import POSTINGS
from models.errors import Conflict, Forbidden, InvalidInput, NotFound, VersionConflict
from models.events import JOB_EVENTS, POSTING_CLOSED
from models.posting import Derived, Given, Status
from models.user import Role, User
from processing.derive import Derivation
from services.intake import board, postings
from services.representations import posting_view


def person(id_, role=Role.EMPLOYER):
    return User(
        id=id_,
        email=f"{id_}@example.org",
        name=id_,
        role=role,
        password_hash="-",
        created_at="2026-11-21T00:00:00Z",
    )


OWNER, STRANGER, ADMIN = person("owner"), person("stranger"), person("admin", Role.ADMIN)


@pytest.fixture
async def posting(ports):
    return await postings.submit(
        ports,
        owner_id="owner",
        given=Given(
            title="Data engineer",
            company="Acme",
            salary={"min": 50, "max": 60, "currency": "GBP", "period": "hour"},
        ),
        source="api",
    )


async def settle(ports, posting, verdict="publish"):
    return await postings.finish(ports, posting, Derivation(Derived(html="", text=""), verdict, ()))


async def test_before_publication_it_exists_for_its_owner_and_an_admin(ports, posting):
    for reader in (OWNER, ADMIN):
        assert (await board.read(ports, posting.id, reader))["id"] == posting.id
    for reader in (STRANGER, None):
        with pytest.raises(NotFound):
            await board.read(ports, posting.id, reader)


async def test_a_published_posting_is_everybody_s(ports, posting):
    await settle(ports, posting)
    for reader in (OWNER, ADMIN, STRANGER, None):
        assert (await board.read(ports, posting.id, reader))["status"] == "published"


@pytest.mark.parametrize("verdict", ["review", "reject"])
async def test_closing_does_not_publish_what_was_refused(ports, posting, verdict):
    await settle(ports, posting, verdict)
    await board.close(ports, posting.id, OWNER)
    with pytest.raises(NotFound):
        await board.read(ports, posting.id, None)


def seen(body):
    return (body["version"], body["given"]["title"], body["status"])


async def test_while_a_revision_is_under_way_the_board_shows_what_was_published(
    ports, posting, clock
):
    await settle(ports, posting)
    before = posting_view(await board.read(ports, posting.id, None))
    for number in (2, 3):
        clock.advance(5)
        spam = {"title": f"BUY NOW {number}", "url": "https://spam.example"}
        await board.revise(ports, posting.id, OWNER, spam, expected_version=None)
        for reader in (STRANGER, None):
            assert posting_view(await board.read(ports, posting.id, reader)) == before
        for reader in (OWNER, ADMIN):
            body = await board.read(ports, posting.id, reader)
            assert seen(body) == (number, f"BUY NOW {number}", "submitted")


async def test_a_revision_that_is_published_is_everybody_s(ports, posting):
    await settle(ports, posting)
    revised = await board.revise(
        ports, posting.id, OWNER, {"title": "Plumber"}, expected_version=None
    )
    settled = await settle(ports, revised)
    assert settled.published is None
    assert seen(await board.read(ports, posting.id, None)) == (2, "Plumber", "published")


@pytest.mark.parametrize("verdict", ["review", "reject"])
async def test_a_revision_that_is_refused_leaves_the_board(ports, posting, verdict):
    await settle(ports, posting)
    revised = await board.revise(
        ports, posting.id, OWNER, {"title": "BUY NOW"}, expected_version=None
    )
    assert (await settle(ports, revised, verdict)).published is None
    with pytest.raises(NotFound):
        await board.read(ports, posting.id, None)


async def test_a_revision_stays_hidden_while_it_is_tried_and_when_it_fails(ports, posting):
    await settle(ports, posting)
    revised = await board.revise(
        ports, posting.id, OWNER, {"title": "BUY NOW"}, expected_version=None
    )
    await postings.fail(ports, revised, "no", final=False)
    assert seen(await board.read(ports, posting.id, None))[1] == "Data engineer"
    failed = await postings.fail(ports, revised, "no", final=True)
    assert (failed.published, failed.published_at) == (None, None)
    with pytest.raises(NotFound):
        await board.read(ports, posting.id, None)


async def test_closing_does_not_publish_a_revision_that_was_not_processed(ports, posting):
    await settle(ports, posting)
    await board.revise(ports, posting.id, OWNER, {"title": "BUY NOW"}, expected_version=None)
    closed = await board.close(ports, posting.id, OWNER)
    assert closed.published_at is not None
    body = await board.read(ports, posting.id, None)
    assert seen(body) == (1, "Data engineer", "closed")


async def test_a_closed_posting_that_comes_again_is_closed_until_it_is_published(ports):
    def submit(title):
        url = f"https://acme.example/{title}"
        given = Given(title=title, company="Acme", external_id="7", url=url)
        return postings.submit(ports, owner_id="owner", given=given, source="api")

    first = await submit("Cook")
    await settle(ports, first)
    await board.close(ports, first.id, OWNER)
    again = await submit("Chef")
    shown = await board.read(ports, first.id, None)
    assert seen(shown) == (1, "Cook", "closed")
    assert [source["url"] for source in shown["sources"]] == ["https://acme.example/Cook"]
    await settle(ports, again)
    assert seen(await board.read(ports, first.id, None)) == (2, "Chef", "published")


async def test_a_closed_posting_can_still_be_read(ports, posting, events, clock):
    await settle(ports, posting)
    clock.advance(5)
    closed = await board.close(ports, posting.id, OWNER)
    assert (closed.status, closed.closed_at) == (Status.CLOSED, clock())
    assert (await board.read(ports, posting.id, None))["status"] == "closed"
    assert await board.close(ports, posting.id, OWNER) == closed
    told = [event for event in await events(JOB_EVENTS) if event.type == POSTING_CLOSED]
    assert [event.data["posting"]["status"] for event in told] == ["closed"]


async def test_a_removed_posting_is_gone_and_told_as_closed(ports, posting, events):
    await settle(ports, posting)
    await board.remove(ports, posting.id, OWNER, expected_version=1)
    with pytest.raises(NotFound):
        await board.read(ports, posting.id, OWNER)
    event = (await events(JOB_EVENTS))[-1]
    assert (event.type, event.subject) == (POSTING_CLOSED, posting.id)
    assert event.data["posting"]["status"] == "closed"


@pytest.mark.parametrize("published", [False, True])
async def test_a_stranger_changes_nothing(ports, posting, published):
    if published:
        await settle(ports, posting)
    refusal = Forbidden if published else NotFound
    with pytest.raises(refusal):
        await board.revise(ports, posting.id, STRANGER, {"title": "x"}, expected_version=None)
    with pytest.raises(refusal):
        await board.close(ports, posting.id, STRANGER)
    with pytest.raises(refusal):
        await board.remove(ports, posting.id, STRANGER, expected_version=None)
    with pytest.raises(refusal):
        await board.read_managed(ports, posting.id, STRANGER)


async def test_a_revision_is_the_next_version(ports, posting):
    revised = await board.revise(
        ports, posting.id, OWNER, {"title": "Plumber", "company": "Bcme"}, expected_version=1
    )
    assert (revised.version, revised.status) == (2, Status.SUBMITTED)
    assert (revised.given.title, revised.given.company) == ("Plumber", "Bcme")
    assert revised.given.salary == posting.given.salary


async def test_a_patch_merges_into_objects_and_null_takes_away(ports, posting):
    revised = await board.revise(
        ports, posting.id, ADMIN, {"salary": {"min": 55, "max": None}}, expected_version=None
    )
    assert revised.given.salary.model_dump(mode="json") == {
        "min": 55,
        "max": None,
        "currency": "GBP",
        "period": "hour",
    }
    revised = await board.revise(ports, posting.id, OWNER, {"salary": None}, expected_version=None)
    assert revised.given.salary is None


async def test_a_patch_that_changes_nothing_writes_nothing(ports, posting):
    same = await board.revise(
        ports, posting.id, OWNER, {"title": "Data engineer"}, expected_version=None
    )
    assert same == posting
    assert (await ports.documents.get(POSTINGS, posting.id)).version == 1


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"title": None}, "/title"),
        ({"title": " "}, "/title"),
        ({"salary": {"min": 90}}, "/salary"),
        ({"salary": {"currency": "pounds"}}, "/salary/currency"),
        ({"locations": ["Leeds", ""]}, "/locations/1"),
        ({"owner_id": "stranger"}, "/owner_id"),
        ({"url": "javascript:alert(1)"}, "/url"),
    ],
)
async def test_a_patch_that_would_not_be_valid_is_refused_by_pointer(
    ports, posting, patch, pointer
):
    with pytest.raises(InvalidInput) as refused:
        await board.revise(ports, posting.id, OWNER, patch, expected_version=None)
    assert [fault.pointer for fault in refused.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("patch", "got"),
    [
        ({"title": None}, "nothing"),
        ({"title": 7}, "a number"),
        ({"locations": {"0": "Leeds"}}, "an object"),
        ({"locations": "Leeds"}, "a string"),
        ({"mode": True}, "a boolean"),
        ({"mode": []}, "an array"),
        ({"locations": [None]}, "null"),
        ({"salary": {"min": 90}}, "an object"),
    ],
)
async def test_what_was_got_is_told_in_the_terms_of_json(ports, posting, patch, got):
    with pytest.raises(InvalidInput) as refused:
        await board.revise(ports, posting.id, OWNER, patch, expected_version=None)
    assert [fault.got for fault in refused.value.errors] == [got]


async def test_a_guard_holds_for_each_change(ports, posting):
    await board.revise(ports, posting.id, OWNER, {"title": "Plumber"}, expected_version=1)
    with pytest.raises(VersionConflict):
        await board.revise(ports, posting.id, OWNER, {"title": "Cook"}, expected_version=1)
    with pytest.raises(VersionConflict):
        await board.remove(ports, posting.id, OWNER, expected_version=1)


async def test_the_guard_is_about_the_version_not_about_processing(ports, posting):
    await settle(ports, posting)
    revised = await board.revise(ports, posting.id, OWNER, {"title": "Plumber"}, expected_version=1)
    assert revised.version == 2


async def test_a_closed_posting_is_not_edited(ports, posting):
    await board.close(ports, posting.id, OWNER)
    with pytest.raises(Conflict):
        await board.revise(ports, posting.id, OWNER, {"title": "x"}, expected_version=None)


async def test_of_racing_guarded_revisions_one_wins(ports, posting):
    results = await asyncio.gather(
        *(
            board.revise(ports, posting.id, OWNER, {"title": f"T {n}"}, expected_version=1)
            for n in range(8)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(result, VersionConflict) for result in results) == 7
