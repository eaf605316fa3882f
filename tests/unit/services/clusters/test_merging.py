"""Postings of one vacancy on the board: one stands for all, with the places and sources of all;
whoever leaves, another takes its place; and alerts hear of each vacancy once."""

from itertools import permutations

import pytest

from backends.documents.collections import POSTINGS
from models.errors import Conflict, InvalidInput, NotFound
from models.events import JOB_EVENTS, POSTING_CHANGED, POSTING_PUBLISHED, POSTING_SUBMITTED
from models.posting import Derived, Given, Place, Posting, Source, Status
from models.user import Role, User
from processing.canonical import arranged, is_aggregated
from processing.derive import Derivation
from services.clusters import merging, regrouping
from services.intake import board, postings, publishing
from services.representations import posting_view
from tests.unit.services.clusters.test_clustering import NOW, text

OWN, COPY = "https://jobs.lever.co/orb/1", "https://remotive.com/jobs/1"
LEEDS, YORK, OSLO = (
    Place(id=n, name=name, kind="city", country="GB", lat=0.0, lon=0.0)
    for n, name in enumerate(("Leeds", "York", "Oslo"), 1)
)


async def publish(ports, events, *where, url=OWN, title="Welder", said=None, name="feed", **more):
    """A posting taken through processing; its id."""
    what = Given(title=title, company="Orb", url=url, **more)
    posting = await postings.submit(ports, owner_id=f"of {name}", given=what, source=name)
    derived = Derived(html="", text=said or text(1), places=where)
    submitted = [e for e in await events(JOB_EVENTS) if e.type == POSTING_SUBMITTED]
    begun = await publishing.begin_many(ports, submitted[-1:])
    await publishing.finish_many(ports, [(begun[0], Derivation(derived, "publish", ()))])
    return posting.id


async def settle(ports, events):
    """What the processor does after each event."""
    log = await events(JOB_EVENTS)
    clusters = {e.data["posting"]["cluster_id"] for e in log if "posting" in e.data}
    await merging.reconcile(ports.documents, clusters, clock=ports.clock)


async def stored(ports, id):
    return Posting.model_validate((await ports.documents.get(POSTINGS, id)).body)


def admin(ports, id="admin"):
    return User(
        id=id,
        email="a@example.org",
        name="A",
        role=Role.ADMIN,
        password_hash="-",
        created_at=ports.clock(),
    )


def member(id, *, url=OWN, seen=0, where=(), name="feed"):
    return Posting(
        id=id,
        owner_id="o",
        given=Given(title="Welder", company="Orb", url=url),
        status=Status.PUBLISHED,
        derived=Derived(html="", text="", places=where),
        sources=(Source(name=name, seen_at=NOW),),
        created_at=NOW,
        updated_at=NOW,
        first_seen_at=NOW.replace(minute=seen),
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (OWN, False),
        (COPY, True),
        ("https://de.indeed.com/viewjob?jk=1", True),
        ("https://www.adzuna.co.uk/land/1", True),
        ("https://indeed.engineering.example/jobs", False),
        ("https://notremotive.com/jobs", False),
        (None, False),
    ],
)
def test_who_repeats_others(url, expected):
    assert is_aggregated(member("a", url=url)) is expected


def test_the_employer_s_own_stands_before_a_copy_that_was_earlier():
    members = [
        member("copy", url=COPY, seen=1, where=(LEEDS, OSLO), name="remotive"),
        member("late", seen=3, where=(YORK,), name="late"),
        member("own", seen=2, where=(LEEDS,), name="lever"),
    ]
    for order in permutations(members):
        places = arranged(order)
        assert {id: place[0] for id, place in places.items()} == {
            "own": None,
            "copy": "own",
            "late": "own",
        }
        merged = places["own"][1]
        assert merged.members == ("copy", "late", "own")
        assert {place.name for place in merged.places} == {"York", "Oslo"}
        assert {source.name for source in merged.sources} == {"remotive", "late"}


def test_who_is_alone_stands_for_itself():
    assert arranged([member("a")]) == {"a": (None, None)}
    assert arranged([]) == {}


async def test_a_copy_is_published_behind_the_first_and_adds_its_places(ports, events, clock):
    first = await publish(ports, events, LEEDS, name="lever")
    clock.advance(1)
    second = await publish(ports, events, LEEDS, YORK, url=COPY, name="remotive")
    told = (await events(JOB_EVENTS))[-1]
    assert (told.type, told.data["posting"]["canonical_id"]) == (POSTING_PUBLISHED, first)
    await settle(ports, events)
    shown = await stored(ports, first)
    assert [place.name for place in shown.all_places] == ["Leeds", "York"]
    assert [source.name for source in shown.all_sources] == ["lever", "remotive"]
    told = (await events(JOB_EVENTS))[-1]
    assert (told.type, told.subject) == (POSTING_CHANGED, first)
    assert told.data["posting"] == shown.model_dump(mode="json")
    view = posting_view((await ports.documents.get(POSTINGS, first)).body)
    assert [place["name"] for place in view["places"]] == ["Leeds", "York"]
    assert set(view["cluster"]["members"]) == {first, second}
    other = posting_view((await ports.documents.get(POSTINGS, second)).body)
    assert other["cluster"]["canonical_id"] == first


async def test_settling_again_changes_nothing(ports, events):
    for name in ("lever", "remotive", "arbeitnow"):
        await publish(ports, events, LEEDS, name=name)
    await settle(ports, events)
    count = len(await events(JOB_EVENTS))
    await settle(ports, events)
    assert len(await events(JOB_EVENTS)) == count


async def test_one_that_cannot_be_read_holds_up_nobody(ports, events, clock):
    broken = await publish(ports, events, LEEDS, name="lever")
    document = await ports.documents.get(POSTINGS, broken)
    body = document.body | {"given": {"title": 1}}
    await ports.documents.replace(POSTINGS, broken, body, expected_version=document.version)
    first, second = [
        await publish(ports, events, LEEDS, name=name) for name in ("remotive", "arbeitnow")
    ]
    await settle(ports, events)
    assert (await stored(ports, second)).canonical_id == first
    assert (await ports.documents.get(POSTINGS, broken)).body == body


async def test_a_better_source_takes_over(ports, events, clock):
    copy = await publish(ports, events, LEEDS, url=COPY, name="remotive")
    clock.advance(1)
    own = await publish(ports, events, YORK, LEEDS, name="lever")
    assert (await stored(ports, own)).canonical_id is None
    assert [place.name for place in (await stored(ports, own)).all_places] == ["York", "Leeds"]
    await settle(ports, events)
    assert (await stored(ports, copy)).canonical_id == own
    assert (await stored(ports, copy)).merged is None


async def test_who_closes_is_followed_by_another_until_all_are_closed(ports, events, clock):
    ids = []
    for name, where in (("lever", LEEDS), ("remotive", LEEDS), ("arbeitnow", LEEDS)):
        ids.append(await publish(ports, events, where, name=name))
        clock.advance(1)
    await settle(ports, events)
    await board.close(ports, ids[0], admin(ports))
    await settle(ports, events)
    second, third = await stored(ports, ids[1]), await stored(ports, ids[2])
    assert (second.canonical_id, third.canonical_id) == (None, ids[1])
    assert second.merged is not None
    assert second.merged.members == tuple(sorted(ids[1:]))
    await board.remove(ports, ids[1], admin(ports), expected_version=None)
    await settle(ports, events)
    last = await stored(ports, ids[2])
    assert (last.canonical_id, last.merged) == (None, None)
    view = posting_view((await ports.documents.get(POSTINGS, ids[0])).body)
    assert view["cluster"]["members"] == [ids[0]], "who is closed speaks for itself"


async def test_a_revision_keeps_what_the_others_add(ports, events, clock):
    first = await publish(ports, events, LEEDS, name="lever", external_id="1")
    clock.advance(1)
    await publish(ports, events, LEEDS, YORK, name="remotive")
    await settle(ports, events)
    again = await publish(
        ports, events, OSLO, LEEDS, name="lever", external_id="1", category="Metal"
    )
    assert again == first
    shown = await stored(ports, first)
    assert [place.name for place in shown.all_places] == ["Oslo", "Leeds", "York"]


async def test_two_that_joined_at_the_same_moment_find_each_other(ports, events):
    """Neither was on the board when the other was placed."""
    for name in ("lever", "remotive"):
        what = Given(title="Welder", company="Orb", url=OWN)
        await postings.submit(ports, owner_id=name, given=what, source=name)
    log = [e for e in await events(JOB_EVENTS) if e.type == POSTING_SUBMITTED]
    derivation = Derivation(Derived(html="", text=text(1), places=(LEEDS,)), "publish", ())
    begun = await publishing.begin_many(ports, log)
    done = await publishing.finish_many(ports, [(each, derivation) for each in begun])
    assert [each.canonical_id for each in done] == [None, None]
    await settle(ports, events)
    shown = [await stored(ports, each.id) for each in done]
    assert {each.canonical_id for each in shown} == {None, shown[0].id}
    assert shown[0].merged is not None


async def test_what_comes_again_after_it_was_closed_is_noted(ports, events, clock):
    first = await publish(ports, events, LEEDS, name="lever", external_id="1")
    await board.close(ports, first, admin(ports))
    clock.advance(60)
    second = await publish(ports, events, LEEDS, name="lever", external_id="2")
    third = await publish(ports, events, LEEDS, name="remotive", external_id="3")
    assert (await stored(ports, second)).repost_of == first
    assert (await stored(ports, third)).repost_of is None
    view = posting_view((await ports.documents.get(POSTINGS, second)).body)
    assert view["repost_of"] == first


async def test_a_split_holds_for_good(ports, events, clock):
    first = await publish(ports, events, LEEDS, name="lever", external_id="1")
    clock.advance(1)
    second = await publish(ports, events, LEEDS, YORK, name="remotive", external_id="2")
    await settle(ports, events)
    apart = await regrouping.split(ports, second, admin(ports))
    await settle(ports, events)
    assert apart.cluster_id != (await stored(ports, first)).cluster_id
    assert (await stored(ports, first)).merged is None
    assert (await stored(ports, second)).canonical_id is None
    told = [e for e in await events(JOB_EVENTS) if e.subject == second][-1]
    assert told.data["previous"]["cluster_id"] == (await stored(ports, first)).cluster_id
    assert await regrouping.split(ports, second, admin(ports)) == await stored(ports, second)
    await publish(ports, events, LEEDS, YORK, name="remotive", external_id="2", category="Metal")
    await settle(ports, events)
    assert (await stored(ports, second)).cluster_id == apart.cluster_id
    await board.remove(ports, second, admin(ports), expected_version=None)
    again = await publish(ports, events, LEEDS, YORK, name="remotive", external_id="2")
    assert (await stored(ports, again)).cluster_id == apart.cluster_id


async def test_a_merge_takes_the_whole_cluster_along_and_later_copies_too(ports, events, clock):
    one = await publish(ports, events, LEEDS, name="lever")
    clock.advance(1)
    moved = [
        await publish(ports, events, YORK, name=name, title="Brazier", said=text(5))
        for name in ("remotive", "arbeitnow")
    ]
    await settle(ports, events)
    await regrouping.merge(ports, moved[0], one, admin(ports))
    await settle(ports, events)
    shown = await stored(ports, one)
    assert shown.merged is not None
    assert shown.merged.members == tuple(sorted([one, *moved]))
    later = await publish(ports, events, YORK, name="x", title="Brazier", said=text(5))
    assert (await stored(ports, later)).canonical_id == one


async def test_what_cannot_be_regrouped_is_refused(ports, events):
    one = await publish(ports, events, LEEDS, name="lever")
    waiting = await postings.submit(
        ports, owner_id="o", given=Given(title="Cook", company="Orb"), source="api"
    )
    with pytest.raises(Conflict):
        await regrouping.split(ports, waiting.id, admin(ports))
    with pytest.raises(Conflict):
        await regrouping.merge(ports, one, waiting.id, admin(ports))
    with pytest.raises(InvalidInput):
        await regrouping.merge(ports, one, "nothing", admin(ports))
    with pytest.raises(NotFound):
        await regrouping.split(ports, "nothing", admin(ports))
    alone = await regrouping.split(ports, one, admin(ports))
    assert alone == await stored(ports, one), "there is nobody to be split from"
