import os
import signal
from pathlib import Path

from servers import process
from servers.process import OWNER, Process


def this() -> Process:
    found = process.find(os.getpid())
    assert found
    return found


def somebody_elses() -> Process:
    """What an entry looks like whose pid was given to another program since."""
    return Process(os.getpid(), this().started - 60.0)


def test_a_process_is_known_by_its_pid_and_start() -> None:
    assert process.alive(this())
    assert process.find(os.getpid()) == this()


def test_a_pid_that_was_given_away_is_not_the_process() -> None:
    assert not process.alive(somebody_elses())


def test_another_program_is_never_signalled() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))
    try:
        assert not process.send(somebody_elses(), signal.SIGUSR1)
        assert heard == []
        assert process.send(this(), signal.SIGUSR1)
        assert heard == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_stop_and_kill_of_what_is_gone_do_nothing() -> None:
    process.stop(somebody_elses(), timeout_s=0.0)
    process.kill(somebody_elses())


def test_a_server_is_an_orphan_once_its_owner_is_gone() -> None:
    gone = somebody_elses()
    assert not process.is_orphan({OWNER: f"{this().pid}:{this().started}"})
    assert process.is_orphan({OWNER: f"{gone.pid}:{gone.started}"})
    assert not process.is_orphan({"HOME": "/"})


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert process.tail(log) == ""
    log.write_bytes(b"one\ntwo \xff\nthree\n")
    assert process.tail(log, lines=2) == "two \ufffd\nthree"
