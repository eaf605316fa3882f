"""What the load counts as failed: asked of a server that hangs up."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from tests.cluster.load import client, failure

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
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

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked


def test_each_request_has_a_connection_of_its_own() -> None:
    with server((WHOLE, WHOLE)) as (url, asked), client(url, "token") as person:
        assert [failure(lambda: person.get("/alerts")) for _ in range(2)] == ["", ""]
    assert [b"connection: close" in request.lower() for request in asked] == [True, True]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (NOTHING, "without sending a response"),
        (CUT, "without sending complete message body"),
        (REFUSED, "503 busy"),
    ],
)
def test_what_was_not_answered_whole_is_a_failure_and_not_sent_again(
    answer: bytes, said: str
) -> None:
    with server((answer, WHOLE)) as (url, asked), client(url, "token") as person:
        assert said in failure(lambda: person.get("/alerts"))
    assert len(asked) == 1
