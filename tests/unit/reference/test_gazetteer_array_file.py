"""Arrays in a file: they come back as they were, and no other file is taken for one."""

import os
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.array_file import FINGERPRINT_BYTES, map_arrays, write_arrays

MADE_OF = bytes(range(FINGERPRINT_BYTES))
MAGIC, VERSION, PADDING, HEADER_BYTES, ENTRY_BYTES = 0, 8, range(60, 64), 64, 40
ARRAYS = {
    "names": memoryview(bytearray("Zürich".encode())),
    "ids": memoryview(array("i", [7, -7])),
    "none": memoryview(array("Q")),
    "lats": memoryview(array("f", [47.5])),
    "packed": memoryview(array("Q", [2**64 - 1, 0])),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "not there yet" / "some.arrays"
    write_arrays(path, MADE_OF, ARRAYS)
    return path


def test_arrays_come_back_in_place(path):
    found = map_arrays(path, MADE_OF)
    assert list(found) == list(ARRAYS)
    for name, values in ARRAYS.items():
        assert (found[name].tolist(), found[name].format) == (values.tolist(), values.format)
        assert found[name].readonly


@given(st.lists(st.tuples(st.sampled_from("bBhHiIqQ"), st.lists(st.integers(0, 127)))))
def test_any_arrays_come_back(tmp_path_factory, given_arrays):
    path = tmp_path_factory.getbasetemp() / "any.arrays"
    arrays = {str(n): memoryview(array(*a)) for n, a in enumerate(given_arrays)}
    write_arrays(path, MADE_OF, arrays)
    found = map_arrays(path, MADE_OF)
    assert {n: a.tolist() for n, a in found.items()} == {n: a.tolist() for n, a in arrays.items()}


def test_others_may_read_it_and_no_draft_stays(path):
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(path.parent) == [path.name]


def test_a_map_outlives_its_replacement(path):
    before = map_arrays(path, MADE_OF)
    write_arrays(path, MADE_OF, {"ids": memoryview(array("i", [1]))})
    assert before["ids"].tolist() == [7, -7]
    assert map_arrays(path, MADE_OF)["ids"].tolist() == [1]


def test_a_failed_write_leaves_what_was_there(path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_arrays(path, MADE_OF, {})
    assert os.listdir(path.parent) == [path.name]
    assert map_arrays(path, MADE_OF)["ids"].tolist() == [7, -7]


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        map_arrays(tmp_path / "none", MADE_OF)


def test_another_source_is_refused(path):
    with pytest.raises(ValueError, match="another source"):
        map_arrays(path, bytes(FINGERPRINT_BYTES))


@pytest.mark.parametrize("offset_of", [MAGIC, VERSION])
def test_another_format_is_refused(path, offset_of):
    _flip(path, offset_of)
    with pytest.raises(ValueError, match="another format"):
        map_arrays(path, MADE_OF)


def test_a_file_cut_anywhere_is_refused(path):
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError):
            map_arrays(path, MADE_OF)


def test_a_longer_file_is_refused(path):
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ValueError, match="damaged"):
        map_arrays(path, MADE_OF)


def test_damage_in_the_header_or_table_is_refused(path):
    whole = path.read_bytes()
    table_end = HEADER_BYTES + ENTRY_BYTES * len(ARRAYS)
    for offset in set(range(table_end)) - set(PADDING):
        path.write_bytes(whole)
        _flip(path, offset)
        with pytest.raises(ValueError):
            map_arrays(path, MADE_OF)


def _flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0xFF
    path.write_bytes(data)
