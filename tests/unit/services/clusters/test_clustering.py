"""One vacancy once: copies end in one cluster, whoever places them, in whatever order, whatever is
cut short."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.documents.base import Documents
from backends.documents.collections import DOCKETS, FINGERPRINTS, Collection
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from models.base import new_id
from models.errors import Unavailable
from models.posting import Derived, Given, Place, Posting
from services.clusters import clustering, dockets

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WORDS = [f"word{number}" for number in range(400)]
Found = tuple[Posting, Derived]


def city(number: int) -> Place:
    return Place(
        id=number, name=f"Town {number}", kind="city", country="GB", lat=0.0, lon=0.0, within=(9,)
    )


def text(start: int, count: int = 120) -> str:
    """Words in an order that no other start shares."""
    return " ".join(WORDS[(start * 97 + at * (start + 3)) % 400] for at in range(count))


def found(
    title: str = "Welder",
    *,
    said: str = "",
    where: Sequence[int] = (1,),
    company: str = "Orb",
    cluster_id: str | None = None,
    id: str | None = None,
    **stated: Any,
) -> Found:
    posting = Posting(
        id=id or new_id(),
        owner_id="owner",
        given=Given(title=title, company=company, **stated),
        cluster_id=cluster_id,
        created_at=NOW,
        updated_at=NOW,
        first_seen_at=NOW,
    )
    return posting, Derived(html="", text=said or text(1), places=tuple(map(city, where)))


async def place(documents: Any, *postings: Found) -> list[str]:
    """The clusters of these, in their order."""
    placed = await clustering.place(documents, postings)
    return [placed[posting.id].cluster_id for posting, _ in postings]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Documents]:
    documents = SqliteDocuments(Database(folder / "jobray.db"), [FINGERPRINTS, DOCKETS])
    await documents.open()
    try:
        yield documents
    finally:
        await documents.close()


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[Documents]:
    async with opened(tmp_path) as documents:
        yield documents


async def test_copies_in_one_batch_and_in_several_are_one_cluster(documents: Documents) -> None:
    first, copy = await place(documents, found(), found("Welder (m/f/d)", company="ORB Ltd"))
    [later] = await place(documents, found("WELDER - Remote", said=text(1)[:500]))
    assert first == copy == later


@pytest.mark.parametrize(
    "other",
    [
        found("Senior Welder"),
        found("Plumber"),
        found(said=text(2)),
        found(where=(2,)),
        found(company="Apex"),
    ],
    ids=["level", "title", "text", "city", "employer"],
)
async def test_other_vacancies_have_clusters_of_their_own(
    documents: Documents, other: Found
) -> None:
    first, second = await place(documents, found(), other)
    assert first != second


async def test_of_several_that_are_alike_the_most_alike_is_joined(documents: Documents) -> None:
    half = " ".join((*text(1).split(), *text(2).split()[:20]))
    first, second = await place(documents, found(), found(said=text(2)))
    assert first != second
    assert await place(documents, found(said=half)) == [first]


async def test_exact_copies_have_one_id_in_any_store(documents: Documents, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with opened(tmp_path / "other") as other:
        assert await place(documents, found()) == await place(other, found())


async def test_what_was_decided_stays_when_it_is_placed_again(documents: Documents) -> None:
    posting = found()
    [cluster] = await place(documents, posting)
    before = await documents.find(DOCKETS)
    assert await place(documents, posting) == [cluster]
    assert await documents.find(DOCKETS) == before, "nothing was new"


async def test_an_edit_keeps_the_cluster_and_copies_of_the_new_text_find_it(
    documents: Documents,
) -> None:
    posting = found()
    [cluster] = await place(documents, posting)
    edited = found("Brazier", said=text(5), id=posting[0].id, cluster_id=cluster)
    assert await place(documents, edited) == [cluster]
    assert await place(documents, found("Brazier", said=text(5))) == [cluster]


async def test_a_posting_of_before_is_found_once_it_is_seen_again(documents: Documents) -> None:
    old = found(cluster_id="of-before")
    assert await place(documents, old) == ["of-before"]
    assert await place(documents, found()) == ["of-before"]


async def test_what_a_person_decided_holds_for_later_copies(documents: Documents) -> None:
    posting, derived = found(said=text(7))
    [cluster] = await place(documents, (posting, derived))
    stored = posting.model_copy(update={"cluster_id": cluster, "derived": derived})
    await clustering.move(documents, stored, "elsewhere")
    await clustering.move(documents, stored, "elsewhere")
    assert await place(documents, found(said=text(7))) == ["elsewhere"]
    assert await place(documents, (stored, derived)) == ["elsewhere"]


async def test_a_posting_that_was_removed_and_comes_again_is_where_it_was(
    documents: Documents,
) -> None:
    first, taken = found(external_id="1"), found(external_id="2")
    [one, two] = await place(documents, first, taken)
    assert one == two
    await clustering.move(
        documents,
        taken[0].model_copy(update={"cluster_id": two, "derived": taken[1]}),
        "apart",
    )
    assert await place(documents, found(external_id="2")) == ["apart"]
    assert await place(documents, found(external_id="1")) == [one]


async def test_what_leaves_the_docket_is_filed_and_still_found(documents: Documents) -> None:
    count = dockets.DOCKET_MAX + 30
    many = [found(said=text(number), where=(number,)) for number in range(1, count)]
    clusters = [(await place(documents, one))[0] for one in many]
    assert len(set(clusters)) == len(many)
    assert 0 < await documents.count(FINGERPRINTS) < len(many)
    again = [found("Welder (f/m/d)", said=text(n), where=(n,)) for n in range(1, count)]
    assert [(await place(documents, one))[0] for one in again] == clusters
    [docket] = (await documents.find(DOCKETS)).items
    assert len(docket.body["entries"]) <= dockets.DOCKET_MAX


async def test_a_later_decision_replaces_the_filed_one(documents: Documents) -> None:
    posting = found()
    [cluster] = await place(documents, posting)

    async def push_out() -> None:
        for number in range(2, dockets.DOCKET_MAX + 3):
            await place(documents, found(f"Filler {number}", where=(number,)))

    await push_out()
    edited = found("Brazier", said=text(5), id=posting[0].id, cluster_id=cluster)
    await place(documents, edited)
    await push_out()
    assert await documents.get_many(FINGERPRINTS, [posting[0].id])
    assert await place(documents, found("Brazier", said=text(5))) == [cluster]


class Meeting:
    """A store in which two who decide meet once: each has read the docket before either goes on."""

    def __init__(self, documents: Documents, barrier: asyncio.Barrier) -> None:
        self._documents = documents
        self._barrier = barrier
        self._met = False

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._documents, verb)

    async def get_many(self, collection: Collection, ids: Sequence[str]) -> Any:
        found = await self._documents.get_many(collection, ids)
        if collection is DOCKETS and not self._met:
            self._met = True
            await self._barrier.wait()
        return found


@pytest.mark.parametrize("before", [0, 1, dockets.DOCKET_MAX * 2])
async def test_two_who_have_read_the_same_docket_agree(tmp_path: Path, before: int) -> None:
    words = text(1).split()
    near = " ".join(words[6:])
    async with opened(tmp_path) as first, opened(tmp_path) as second:
        for number in range(before):
            await place(first, found(f"Filler {number}", where=(number,)))
        barrier = asyncio.Barrier(2)
        clusters = await asyncio.gather(
            place(Meeting(first, barrier), found(), found("Miller", said=text(3))),
            place(Meeting(second, barrier), found("Welder (m/f/d)", said=near), found("Baker")),
        )
    (welder, miller), (copy, baker) = clusters
    assert welder == copy
    assert len({welder, miller, baker}) == 3


class Interrupted:
    """A store that hands the turn over before each step, in an order that a test chooses, and that
    is lost at the step it is told."""

    def __init__(self, documents: Documents, pauses: Sequence[int], lost_at: int | None) -> None:
        self._documents = documents
        self._pauses = list(pauses)
        self._lost_at = lost_at
        self._steps = 0

    def __getattr__(self, verb: str) -> Any:
        call = getattr(self._documents, verb)

        async def step(*arguments: Any, **options: Any) -> Any:
            for _ in range(self._pauses[self._steps % len(self._pauses)]):
                await asyncio.sleep(0)
            self._steps += 1
            if self._steps == self._lost_at:
                raise Unavailable("the processor is gone")
            return await call(*arguments, **options)

        return step


PAUSES = st.lists(st.integers(0, 6), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    pauses=st.tuples(PAUSES, PAUSES),
    lost_at=st.one_of(st.none(), st.integers(1, 8)),
    near=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=2, max_size=8),
    docket_max=st.sampled_from([2, 64]),
    data=st.data(),
)
def test_two_processors_agree_in_whatever_order_they_work(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    pauses: tuple[list[int], list[int]],
    lost_at: int | None,
    near: list[tuple[int, int]],
    docket_max: int,
    data: st.DataObject,
) -> None:
    monkeypatch.setattr(dockets, "DOCKET_MAX", docket_max)
    monkeypatch.setattr(dockets, "DOCKET_KEPT", 1)
    copies = [copy_of(vacancy, cut) for vacancy, cut in near]
    vacancies = {copy[0].id: vacancy for copy, (vacancy, _) in zip(copies, near, strict=True)}
    shuffled = data.draw(st.permutations(copies))
    halves = shuffled[::2], shuffled[1::2]
    clusters = asyncio.run(_race(tmp_path_factory.mktemp("race"), halves, pauses, lost_at))
    assert clusters.keys() == vacancies.keys()
    told = {(vacancies[id_], cluster) for id_, cluster in clusters.items()}
    assert len(told) == len(set(vacancies.values())) == len({cluster for _, cluster in told})


def copy_of(vacancy: int, cut: int) -> Found:
    """One of three vacancies, without its first words."""
    words = text(vacancy).split()[cut * 3 :]
    return found(f"Welder{' (m/f/d)' * (cut % 2)}", said=" ".join(words))


async def _race(
    folder: Path,
    halves: tuple[list[Found], list[Found]],
    pauses: tuple[list[int], list[int]],
    lost_at: int | None,
) -> dict[str, str]:
    """Two processors, each with a connection of its own; the second one is lost and begins anew."""
    async with opened(folder) as first, opened(folder) as second:
        ends = (Interrupted(first, pauses[0], None), Interrupted(second, pauses[1], lost_at))

        async def work(documents: Interrupted, batch: list[Found]) -> dict[str, str]:
            placed: dict[str, str] = {}
            for one in batch:
                try:
                    now = await clustering.place(documents, [one])
                except Unavailable:
                    now = await clustering.place(documents, [one])
                placed |= {id_: placement.cluster_id for id_, placement in now.items()}
            return placed

        both = await asyncio.gather(
            *(work(documents, batch) for documents, batch in zip(ends, halves, strict=True))
        )
        return both[0] | both[1]
