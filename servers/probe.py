"""Whether a server answers in its own protocol: a listening socket alone proves nothing."""

import http.client
import socket
import struct

from servers.ports import HOST

TIMEOUT_S = 5.0
# Length, id of the request, id of the one answered, kind of message.
HEADER = struct.Struct("<iiii")
OP_MSG = 2013
# BSON {hello: 1, $db: "admin"}; https://bsonspec.org/spec.html
HELLO = b"\x10hello\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0"


def http_get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body of one GET. Raises OSError or HTTPException where nothing answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def mongo_answers(port: int) -> bool:
    """Say hello in MongoDB's wire protocol and see whether an OP_MSG comes back."""
    answer = _exchange(port, hello(), HEADER.size)
    return len(answer) == HEADER.size and HEADER.unpack(answer)[3] == OP_MSG


def hello() -> bytes:
    """An OP_MSG with the command `{hello: 1, $db: "admin"}`: header, no flags, one section."""
    document = struct.pack("<i", len(HELLO) + 5) + HELLO + b"\0"
    body = bytes(4) + b"\0" + document
    return HEADER.pack(HEADER.size + len(body), 1, 0, OP_MSG) + body


def redis_answers(port: int) -> bool:
    """PING in Redis's protocol."""
    return _exchange(port, b"*1\r\n$4\r\nPING\r\n", 7) == b"+PONG\r\n"


def _exchange(port: int, request: bytes, size: int) -> bytes:
    """Send, then read `size` bytes or what comes before the end."""
    with socket.create_connection((HOST, port), timeout=TIMEOUT_S) as connection:
        connection.sendall(request)
        answer = b""
        while len(answer) < size and (more := connection.recv(size - len(answer))):
            answer += more
        return answer
