"""The folder of the tantivy adapter: kept, made anew, moved aside, held, lost."""

import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from backends.search.base import IndexLost, SearchRequest
from backends.search.tantivy import TantivySearchIndex
from models.errors import Unavailable
from tests.worlds import NOW, posting

EVERYTHING = SearchRequest(None, NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "indexes" / "0"


@pytest.fixture
async def index(folder: Path) -> AsyncIterator[TantivySearchIndex]:
    index = TantivySearchIndex(folder)
    await index.open()
    await index.upsert([posting("a")])
    await index.commit()
    yield index
    await index.close()


async def _count_of_reopened(folder: Path) -> int:
    """How many postings a new process finds; it can also write."""
    index = TantivySearchIndex(folder)
    await index.open()
    try:
        found = await index.count()
        await index.upsert([posting(f"new {found}")])
        await index.commit()
        assert await index.count() == found + 1
        return found
    finally:
        await index.close()


async def test_what_was_committed_is_there_after_a_restart(
    index: TantivySearchIndex, folder: Path
) -> None:
    await index.upsert([posting("never committed")])
    await index.close()
    assert await _count_of_reopened(folder) == 1


@pytest.mark.parametrize("name", ["schema", "analyzer", "library"])
async def test_an_index_of_another_format_is_made_anew(
    index: TantivySearchIndex, folder: Path, name: str
) -> None:
    await index.close()
    marker = folder / "format.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {name: "another"}))
    assert await _count_of_reopened(folder) == 0
    assert await _count_of_reopened(folder) == 1


def _spoil_meta(folder: Path) -> None:
    (folder / "meta.json").write_text("{")


def _spoil_marker(folder: Path) -> None:
    (folder / "format.json").write_bytes(b"\xff")


def _truncate(folder: Path) -> None:
    for file in folder.iterdir():
        if file.suffix in (".idx", ".term", ".store", ".fast", ".pos", ".fieldnorm"):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _lose_a_segment(folder: Path) -> None:
    next(folder.glob("*.term")).unlink()


def _scribble(folder: Path) -> None:
    for file in folder.glob("*.term"):
        file.write_bytes(b"\xff" * file.stat().st_size)


def _put_a_file_in_its_place(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


@pytest.mark.parametrize(
    "spoil",
    [
        _spoil_meta,
        _spoil_marker,
        _truncate,
        _lose_a_segment,
        _scribble,
        _put_a_file_in_its_place,
        shutil.rmtree,
    ],
)
async def test_a_broken_folder_is_made_anew(
    index: TantivySearchIndex, folder: Path, spoil: Callable[[Path], None]
) -> None:
    await index.close()
    spoil(folder)
    assert await _count_of_reopened(folder) == 0


async def test_only_the_last_broken_folder_is_kept(index: TantivySearchIndex, folder: Path) -> None:
    await index.close()
    for round_ in range(2):
        (folder / "meta.json").write_text(f"broken {round_}")
        await _count_of_reopened(folder)
    assert (folder.parent / "0.broken" / "meta.json").read_text() == "broken 1"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["0", "0.broken"]


async def test_one_folder_has_one_owner(index: TantivySearchIndex, folder: Path) -> None:
    second = TantivySearchIndex(folder)
    with pytest.raises(Unavailable, match="another process"):
        await second.open()
    with pytest.raises(Unavailable):
        await second.count()
    await index.close()
    await second.open()
    assert await second.count() == 1
    await second.close()


async def test_a_folder_lost_while_it_is_used_heals_by_opening_again(
    index: TantivySearchIndex, folder: Path
) -> None:
    shutil.rmtree(folder)
    await index.upsert([posting("lost")])
    with pytest.raises(IndexLost):
        await index.commit()
    await index.close()
    await index.open()
    assert await index.count() == 0
    await index.upsert([posting("b")])
    await index.commit()
    hits = (await index.search(EVERYTHING)).hits
    assert [hit.posting_id for hit in hits] == ["b"]


async def test_a_closed_index_says_so(index: TantivySearchIndex) -> None:
    await index.close()
    for verb in (
        index.count(),
        index.search(EVERYTHING),
        index.histogram(EVERYTHING, 3),
        index.upsert([posting("b")]),
        index.remove(["a"]),
        index.commit(),
    ):
        with pytest.raises(IndexLost, match="not open"):
            await verb
