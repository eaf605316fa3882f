"""The folder of an index: its owner, and which folders of other generations may go."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from backends.search.base import Owner
from backends.search.folder import discard, forget_others, owner_of, prepare, set_owner
from backends.search.tantivy import TantivySearchIndex
from tests.worlds import posting

OWNER = Owner("store", 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "index" / "1" / "0"
    prepare(folder, {"schema": 1})
    return folder


def test_the_owner_is_what_was_written_last(folder: Path) -> None:
    assert owner_of(folder) is None
    for owner in (OWNER, Owner("store", 4)):
        set_owner(folder, owner)
        assert owner_of(folder) == owner
    assert not prepare(folder, {"schema": 1})
    assert owner_of(folder) == Owner("store", 4)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"epoch": 3}', '{"store": 1, "epoch": 3}']
)
def test_an_owner_that_cannot_be_read_is_none(folder: Path, text: str) -> None:
    set_owner(folder, OWNER)
    (folder / "owner.json").write_text(text)
    assert owner_of(folder) is None


def test_a_folder_of_another_format_has_no_owner(folder: Path) -> None:
    set_owner(folder, OWNER)
    assert prepare(folder, {"schema": 2})
    assert owner_of(folder) is None


def test_the_owner_is_replaced_in_one_step(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError("no space left")

    set_owner(folder, OWNER)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        set_owner(folder, Owner("store", 4))
    assert owner_of(folder) == OWNER


def test_what_is_thrown_away_is_gone(folder: Path) -> None:
    discard(folder)
    assert not folder.exists()
    assert list(folder.parent.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        discard(folder)


async def _index(folder: Path) -> TantivySearchIndex:
    index = TantivySearchIndex(folder)
    await index.open()
    await index.upsert([posting("a")])
    await index.commit()
    return index


def _found(folder: Path, pattern: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.glob(pattern))


async def test_only_other_generations_that_nobody_has_open_are_forgotten(tmp_path: Path) -> None:
    indexes = {
        name: await _index(tmp_path / name) for name in ("1/0", "1/1", "2/0", "3/0", "3/1", "9/0")
    }
    for name in ("1/0", "1/1", "3/0"):
        await indexes[name].close()
    (tmp_path / "1" / "0.broken").mkdir()
    (tmp_path / "4").mkdir()
    (tmp_path / "note").write_text("not a generation")

    assert forget_others(tmp_path, keep={"2", "9"}) == ["1", "4"]
    assert _found(tmp_path, "*/*") == ["2/0", "3/1", "9/0"]
    for name in ("2/0", "3/1", "9/0"):
        assert await indexes[name].count() == 1
        await indexes[name].upsert([posting("b")])
        await indexes[name].commit()
        await indexes[name].close()

    assert forget_others(tmp_path, keep={"2", "9"}) == ["3"]
    again = await _index(tmp_path / "2/0")
    assert await again.count() == 2
    await again.close()
    assert _found(tmp_path, "*") == ["2", "9", "note"]


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["absent", "empty"])
def test_there_may_be_nothing_to_forget(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "index")
    assert forget_others(tmp_path / "index", keep={"1"}) == []


def test_what_cannot_be_deleted_is_not_reported_as_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "rmtree", lambda path, **_: None)
    assert forget_others(folder.parent.parent, keep=()) == []
    assert folder.exists()
