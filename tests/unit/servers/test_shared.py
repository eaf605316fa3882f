import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from servers import process, shared
from servers.kinds import NAMES
from servers.process import ServerError
from servers.shared import Entry


def entry(pid: int = 4_000_000, started: float = 12.34, admin_url: str | None = None) -> Entry:
    ports = {"server": 20_001}
    return Entry(
        url="x://1", admin_url=admin_url, pid=pid, started=started, version="v1", ports=ports
    )


def test_entries_come_back_as_they_were_written(tmp_path: Path) -> None:
    pulsar, redis = entry(admin_url="http://2"), entry(7)
    shared.write_entry("redis", redis, tmp_path)
    shared.write_entry("pulsar", pulsar, tmp_path)
    assert shared.entries(tmp_path) == {"pulsar": pulsar, "redis": redis}
    shared.write_entry("redis", None, tmp_path)
    assert shared.entries(tmp_path) == {"pulsar": pulsar}


def test_where_nothing_was_started_there_is_nothing(tmp_path: Path) -> None:
    assert shared.entries(tmp_path / "none") == {}
    assert not shared.stop("redis", tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"redis": {"url": "x"}}', '{"redis": 7}'])
def test_a_file_that_is_not_ours_is_refused_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text(text)
    with pytest.raises(ServerError, match=r"servers\.json cannot be read"):
        shared.entries(tmp_path)


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    together = threading.Barrier(len(NAMES))

    def write(name: str) -> None:
        together.wait()
        for pid in range(1, 20):
            shared.write_entry(name, entry(pid), tmp_path)

    with ThreadPoolExecutor(len(NAMES)) as pool:
        list(pool.map(write, NAMES))
    assert {name: found.process.pid for name, found in shared.entries(tmp_path).items()} == (
        dict.fromkeys(NAMES, 19)
    )


def test_a_stop_leaves_the_program_that_has_the_pid_now_alone(tmp_path: Path) -> None:
    this = process.find(os.getpid())
    assert this
    shared.write_entry("redis", entry(this.pid, this.started - 60.0), tmp_path)
    assert not shared.stop("redis", tmp_path)
    assert shared.entries(tmp_path) == {}
