import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from servers import cache
from servers.process import ServerError

OLD, NEW = "0" * 12, "a1b2c3d4e5f6"


def build(into: Path) -> None:
    (into / "program").write_text("whole")


def refuse(into: Path) -> None:
    raise AssertionError("built again")


def test_a_stamp_follows_names_contents_and_words(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("x")
    two.write_text("y")
    stamp = cache.stamp((one, two), "-O2")
    assert len(stamp) == 12
    assert cache.stamp((two, one), "-O2") == stamp
    one.write_text("xy")
    two.write_text("")
    moved = cache.stamp((one, two), "-O2")
    assert len({stamp, moved, cache.stamp((one, two), "-O3"), cache.stamp((one,), "-O2")}) == 4


def test_it_is_built_once(tmp_path: Path) -> None:
    first = cache.made("thing", NEW, build, tmp_path)
    assert first == cache.path("thing", NEW, tmp_path)
    assert cache.made("thing", NEW, refuse, tmp_path) == first
    assert (first / "program").read_text() == "whole"


def test_of_two_at_once_one_builds_and_the_other_waits(tmp_path: Path) -> None:
    builds: list[int] = []
    both = threading.Barrier(2)

    def slowly(into: Path) -> None:
        builds.append(1)
        time.sleep(0.05)
        build(into)

    def ask(_: int) -> str:
        both.wait()
        return (cache.made("thing", NEW, slowly, tmp_path) / "program").read_text()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, range(2))) == ["whole", "whole"]
    assert builds == [1]


def test_a_failed_build_is_not_kept_and_tried_again(tmp_path: Path) -> None:
    def fail(into: Path) -> None:
        (into / "half").touch()
        raise ServerError("no network")

    with pytest.raises(ServerError, match="no network"):
        cache.made("thing", NEW, fail, tmp_path)
    made = cache.made("thing", NEW, build, tmp_path)
    assert [file.name for file in made.iterdir()] == ["program"]


def test_earlier_versions_go_and_those_of_others_stay(tmp_path: Path) -> None:
    earlier = cache.made("thing", OLD, build, tmp_path)
    other = cache.made("thing-two", OLD, build, tmp_path)
    cache.made("thing", NEW, build, tmp_path)
    assert (earlier.exists(), other.exists()) == (False, True)


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="no-such-program"):
        cache.run(("no-such-program",), dict(os.environ), tmp_path)
