"""Postings of one vacancy on the board: one stands for all, with the places and sources of all;
whoever leaves, another takes its place; and alerts hear of each vacancy once."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.documents.base import Insert
from backends.documents.collections import FEEDS, POSTINGS
from backends.documents.filters import And, Eq
from models.errors import Conflict, InvalidInput, NotFound
from models.events import JOB_EVENTS, POSTING_CHANGED, POSTING_PUBLISHED, POSTING_SUBMITTED
from models.feed import Feed
from models.posting import Derived, Given, Place, Posting, Source, Status
from models.user import Role, User
from processing.copies.canonical import Backing, Member, is_aggregated
from processing.derive import Derivation
from services.clusters import merging, regrouping
from services.clusters.merging import MEMBERS_MAX, Cluster
from services.intake import board, postings, publishing
from services.representations import posting_view
from tests.unit.services.clusters.test_clustering import NOW, text

OWN, COPY = "https://jobs.lever.co/orb/1", "https://remotive.com/jobs/1"
LEEDS, YORK, OSLO = (
    Place(id=n, name=name, kind="city", country="GB", lat=0.0, lon=0.0)
    for n, name in enumerate(("Leeds", "York", "Oslo"), 1)
)


async def polled(ports, name, *, added_by=None, platform="lever", token="orb"):
    """A source that is polled, which the operator chose or an account; whose its postings are."""
    feed = Feed(
        id=name,
        url=f"https://{name}.example/",
        platform=platform,
        token=token,
        host="",
        name=name,
        owner_id=f"feed:{name}",
        added_by=added_by,
        interval_s=300,
        created_at=NOW,
        next_at=NOW,
    )
    await ports.documents.insert_absent(FEEDS, [Insert(name, feed.model_dump(mode="json"))])
    return feed.owner_id


async def publish(
    ports, events, *where, url=OWN, title="Welder", said=None, name="feed", owner=None, **more
):
    """A posting taken through processing, of an owner or of a source that the operator polls; its
    id."""
    what = Given(title=title, company="Orb", url=url, **more)
    owner_id = owner or await polled(ports, name)
    posting = await postings.submit(ports, owner_id=owner_id, given=what, source=name)
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


def member(id, *, backing=Backing.OPERATOR, url=OWN, seen=0, where=(), name="feed"):
    posting = Posting(
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
    return Member(posting, backing)


def arranged(members):
    """What each of these is to the others, by id."""
    cluster = Cluster()
    for each in members:
        cluster.add(each)
    return {each.id: cluster.standing(each.id) for each in members}


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
    assert is_aggregated(member("a", url=url).posting) is expected


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
        assert (merged.members, merged.count) == (("copy", "late", "own"), 3)
        assert {place.name for place in merged.places} == {"York", "Oslo"}
        assert {source.name for source in merged.sources} == {"remotive", "late"}


def test_who_is_alone_stands_for_itself():
    assert arranged([member("a")]) == {"a": (None, None)}
    assert Cluster().standing("a") == (None, None)
    assert Cluster().shown == []


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (member("b", url=COPY, seen=1), member("a", backing=Backing.CLAIM)),
        (member("b", backing=Backing.BOARD, seen=1), member("a", backing=Backing.CLAIM)),
        (member("b", backing=Backing.BOARD, seen=1), member("a", url=COPY)),
        (member("b", seen=1), member("a", backing=Backing.BOARD)),
        (
            member("b", backing=Backing.CLAIM, url=COPY),
            member("a", backing=Backing.CLAIM, seen=1),
        ),
        (member("a"), member("b")),
    ],
)
def test_what_is_known_counts_before_what_is_claimed_then_the_board_then_the_time(better, worse):
    for order in permutations([better, worse]):
        assert arranged(order)[worse.id][0] == better.id


def test_a_claim_adds_nothing_to_what_was_polled_and_a_board_does():
    claim = member("claim", backing=Backing.CLAIM, where=(OSLO,), name="api")
    board_ = member("board", backing=Backing.BOARD, where=(YORK,), name="lever")
    merged = arranged([claim, board_, member("copy", url=COPY, where=(LEEDS,))])["board"][1]
    assert merged.members == ("board", "claim", "copy")
    assert {place.name for place in merged.places} == {"Leeds"}
    assert {source.name for source in merged.sources} == {"feed"}
    other = member("other", backing=Backing.CLAIM, seen=1, where=(YORK,), name="import")
    merged = arranged([claim, other])["claim"][1]
    assert {place.name for place in merged.places} == {"York"}, "nothing is known of either"


@given(st.permutations(range(130)))
@settings(max_examples=20)
def test_who_stands_for_very_many_is_the_best_of_all_in_whatever_order_they_come(order):
    cluster = Cluster()
    for number in order:
        cluster.add(member(f"{number:03}", url=OWN if number == 129 else COPY))
    assert cluster.first.id == "129"
    assert [each.id for each in cluster.shown[1:]] == [f"{n:03}" for n in range(MEMBERS_MAX - 1)]
    assert cluster.standing("129")[1].count == 130
    assert cluster.standing("128") == ("129", None)


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


async def insert(ports, *members, **of_each):
    """Members of cluster "c" as they are before anybody has looked at it."""
    placed = {"cluster_id": "c", "published_at": NOW, **of_each}
    bodies = [each.posting.model_copy(update=placed).model_dump(mode="json") for each in members]
    await ports.documents.insert_absent(POSTINGS, [Insert(body["id"], body) for body in bodies])


async def test_two_that_joined_at_the_same_moment_find_each_other(ports):
    """Neither was on the board when the other was placed."""
    await insert(ports, member("a"), member("b"))
    await merging.reconcile(ports.documents, ["c"], clock=ports.clock)
    first, second = await stored(ports, "a"), await stored(ports, "b")
    assert (first.canonical_id, second.canonical_id) == (None, "a")
    assert first.merged is not None
    assert second.merged is None


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


async def stranger(ports, events, **more):
    return await publish(ports, events, LEEDS, OSLO, owner="an account", name="api", **more)


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_stranger_s_copy_does_not_stand_before_what_was_polled(
    ports, events, clock, is_first
):
    """Somebody takes the text of an advert, puts his own address under it and the employer's name
    above it. Neither the address nor his places are shown as the employer's."""
    evil = "https://orb-jobs.example/apply"
    if is_first:
        copy = await stranger(ports, events, url=evil)
        clock.advance(1)
    true = await publish(ports, events, LEEDS, url=COPY, name="remotive")
    clock.advance(1)
    if not is_first:
        copy = await stranger(ports, events, url=evil)
    await settle(ports, events)
    assert (await stored(ports, copy)).canonical_id == true
    view = posting_view((await ports.documents.get(POSTINGS, true)).body)
    assert view["url"] == COPY
    assert [place["name"] for place in view["places"]] == ["Leeds"]
    assert [source["url"] for source in view["sources"]] == [COPY]
    assert view["cluster"]["members"] == sorted([copy, true])


@pytest.mark.parametrize(
    ("platform", "token", "stands"),
    [
        ("lever", "orb", True),
        ("lever", "orb-jobs", False),
        ("recruitee", "orb.dev", False),
        ("rss", "https://orb.example/jobs.rss", False),
    ],
)
async def test_what_an_account_has_polled_stands_only_as_the_board_of_that_name(
    ports, events, clock, platform, token, stands
):
    copy = await publish(ports, events, LEEDS, url=COPY, name="remotive")
    clock.advance(1)
    owner = await polled(ports, "own", added_by="an account", platform=platform, token=token)
    own = await publish(ports, events, LEEDS, YORK, owner=owner, name="own")
    await settle(ports, events)
    assert (await stored(ports, own)).canonical_id == (None if stands else copy)
    first = await stored(ports, own if stands else copy)
    assert [place.name for place in first.all_places] == (
        ["Leeds", "York"] if stands else ["Leeds"]
    )


async def test_a_vacancy_of_very_many_postings_has_one_that_stands_for_it(ports):
    """The best of 250 is the last that came: beyond every page."""
    copies = [f"{number:03}" for number in range(249)]
    members = [member(id, url=COPY, where=(LEEDS,)) for id in copies]
    await insert(ports, *members, member("own"), owner_id=await polled(ports, "feed"))
    await merging.reconcile(ports.documents, ["c"], clock=ports.clock)
    assert await standing_for_all(ports) == ["own"]
    shown = (await stored(ports, "own")).merged
    assert (shown.members, shown.count) == ((*copies[: MEMBERS_MAX - 1], "own"), 250)
    last = (await ports.documents.get(POSTINGS, "248")).body
    assert posting_view(last)["cluster"] == {
        "id": "c",
        "canonical_id": "own",
        "members": ["248", "own"],
        "count": None,
    }
    joining = member("999").posting
    place = await merging.standing(ports.documents, joining, "c")
    assert place["canonical_id"] == "own"
    await board.close(ports, "own", admin(ports))
    await merging.reconcile(ports.documents, ["c"], clock=ports.clock)
    assert await standing_for_all(ports) == ["000"]


async def standing_for_all(ports):
    """The postings on the board that say of themselves that no other stands for them."""
    alone = And((Eq("status", Status.PUBLISHED.value), Eq("canonical_id", None)))
    return [document.id for document in (await ports.documents.find(POSTINGS, alone)).items]
