"""Starting and ending as a person does."""

import os
import signal
import socket
from pathlib import Path

import psutil
import pytest

from chaos.people import Person, wait_until
from chaos.running import Running


def _family(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_within_five_seconds(tmp_path: Path, number: int) -> None:
    running = Running(tmp_path / "system").start()
    family = _family(running.pid)
    assert len(family) > 5
    assert running.stop(number) < 5.0
    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


def test_down_ends_it_and_a_second_up_is_refused(tmp_path: Path) -> None:
    running = Running(tmp_path / "system").start()
    refused = running.run("up")
    assert refused.returncode == 1
    assert "another Jobray" in refused.stderr
    down = running.run("down")
    assert down.returncode == 0
    assert "Stopped" in down.stdout
    assert "Nothing runs" in running.run("down").stdout
    os.waitpid(running.pid, 0)


def test_two_systems_run_side_by_side_and_keep_their_secrets(tmp_path: Path) -> None:
    first = Running(tmp_path / "one").start()
    second = Running(tmp_path / "two").start()
    try:
        seeker = Person(first.url, "seeker")
        there = Person(second.url, "seeker")
        there.http.headers["Authorization"] = f"Bearer {seeker.token}"
        assert there.http.get("/users/me").status_code == 401
        made = ("ray.token",) if "JOBRAY_SECRET_KEY" in os.environ else ("secret.key", "ray.token")
        for name in made:
            assert (first.folder / name).stat().st_mode & 0o777 == 0o600
        assert first.folder.stat().st_mode & 0o777 == 0o700
    finally:
        first.stop()
        second.stop()


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    running = Running(tmp_path / "system", JOBRAY_CACHE_URL="memcached://127.0.0.1")
    running.folder.mkdir()
    refused = running.run("up")
    assert refused.returncode == 1
    assert "JOBRAY_CACHE_URL: expected memory:" in refused.stderr


def test_a_port_in_use_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    running = Running(tmp_path / "system")
    running.folder.mkdir()
    with socket.socket() as other:
        other.bind(("127.0.0.1", running.port))
        other.listen()
        refused = running.run("up", timeout_s=10.0)
    assert refused.returncode == 1
    assert f"127.0.0.1:{running.port} cannot be used" in refused.stderr
    assert "Ray" not in refused.stderr


def test_the_demo_shows_matches_and_ends_within_five_seconds(tmp_path: Path) -> None:
    """With Ray's dashboard, as a person starts it."""
    running = Running(tmp_path / "system", JOBRAY_RAY_DASHBOARD="true")
    running.start("demo", "--postings", "40", "--every-s", "0.3")
    wait_until(lambda: "match " in running.log(), timeout_s=60.0)
    said = running.log()
    for address in ("Page", "API docs", "Kept mail", "Ray dashboard"):
        assert address in said
    family = _family(running.pid)
    assert running.stop() < 5.0
    assert "Traceback" not in running.log()
    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
