"""When the load sends again, and what it counts as failed: asked of a server that hangs up."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx2
import pytest

from tests.cluster.load import sent

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CUT = WHOLE[:-1]
NOTHING = b""


@contextmanager
def server(answers: Sequence[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Gives each connection the next of these and hangs up; what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    asked.append(connection.recv(65536))
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        thread.join(timeout=10)


@pytest.mark.parametrize("answers", [(WHOLE,), (NOTHING, WHOLE)])
def test_what_was_not_answered_at_all_is_sent_once_more(answers: Sequence[bytes]) -> None:
    with server(answers) as (url, asked):
        assert sent(lambda: httpx2.get(url)).text == "ok"
    assert len(asked) == len(answers)


@pytest.mark.parametrize("answers", [(CUT,), (NOTHING, NOTHING), (NOTHING, CUT)])
def test_a_cut_answer_and_a_second_silence_are_failures(answers: Sequence[bytes]) -> None:
    with server(answers) as (url, asked), pytest.raises(httpx2.RemoteProtocolError):
        sent(lambda: httpx2.get(url))
    assert len(asked) == len(answers)
