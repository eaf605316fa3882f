import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from servers import process
from servers.kind import Kind, Place
from servers.process import Process, ServerError
from servers.server import Server, wait_healthy


class Slow(Kind):
    """Answers at the n-th question; until then nobody listens."""

    name = "slow"
    version = "1"
    start_timeout_s = 0.3

    def __init__(self, answers_at: int) -> None:
        self.left = answers_at

    def missing(self) -> str | None:
        return None

    def command(self, place: Place) -> Sequence[str]:
        return ("/no/such/program",)

    def is_healthy(self, place: Place) -> bool:
        self.left -= 1
        if self.left > 0:
            raise ConnectionRefusedError
        return self.left == 0

    def addresses(self, place: Place) -> Mapping[str, str]:
        return {"url": f"slow://127.0.0.1:{place.ports['server']}"}


@pytest.fixture
def this() -> Process:
    found = process.find(os.getpid())
    assert found
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "server.log"
    file.write_text("its last words\n")
    return file


def test_it_waits_until_the_server_answers(this: Process, log: Path) -> None:
    kind = Slow(answers_at=2)
    wait_healthy(kind, Place(log.parent, {}), this, log)
    assert kind.left == 0


def test_it_gives_up_in_time_with_the_end_of_the_log(this: Process, log: Path) -> None:
    with pytest.raises(ServerError, match=r"did not answer within 0 s:\nits last words"):
        wait_healthy(Slow(answers_at=99), Place(log.parent, {}), this, log)


def test_an_answer_counts_for_nothing_once_the_process_is_gone(this: Process, log: Path) -> None:
    gone = Process(this.pid, this.started - 60.0)
    with pytest.raises(ServerError, match=r"ended while starting:\nits last words"):
        wait_healthy(Slow(answers_at=1), Place(log.parent, {}), gone, log)


def test_a_server_not_started_has_an_address_and_no_process(tmp_path: Path) -> None:
    server = Server(Slow(1), tmp_path, port=20_001)
    assert server.url == "slow://127.0.0.1:20001"
    assert not server.is_alive()
    with pytest.raises(ServerError, match="slow does not run"):
        _ = server.pid
    with pytest.raises(ServerError, match="this slow has no admin_url"):
        _ = server.admin_url
    server.kill()
    server.stop()
