"""Free TCP ports on the loopback interface, outside the range the system hands to outgoing calls.

A client that keeps calling a server that is down is given a local port of its own each time, from
32768 up on Linux. Had the server a port of that range, the client would sooner or later be given
that very port, connect to itself, and the server could not come back. Ray's workers end at 19999.
"""

import secrets
import socket

HOST = "127.0.0.1"
FIRST, LAST = 20_000, 29_999

_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on and that this process was not given before.

    Raises OSError where none of a thousand tried was free.
    """
    for _ in range(1_000):
        port = FIRST + secrets.randbelow(LAST - FIRST + 1)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise OSError(f"no free port between {FIRST} and {LAST}")


def is_free(port: int) -> bool:
    """Whether a server could listen there now; closed connections that linger do not matter."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
