"""Real servers for tests and for trying things out, without containers.

The package starts Pulsar, two servers that speak MongoDB's wire protocol, Redis and an S3, each
bound to the loopback interface. What they need is downloaded and built once into `.cache/servers`.

A test that only talks to a server asks for the shared one: `running(name)`. A test that kills,
pauses or fills a server launches a private one: `launch(name, folder)`. `python -m servers` starts
and stops the shared ones by hand.

MongoDB itself is in no package registry. mongo-java-server (on H2) and FerretDB (on SQLite) were
written independently of each other, and what both do the same is taken for what MongoDB does.
"""

from pathlib import Path

from servers.kinds import NAMES, kind_of
from servers.process import ServerError
from servers.server import Server
from servers.shared import admin_url, running

__all__ = ("NAMES", "Server", "ServerError", "admin_url", "launch", "missing", "running")


def launch(name: str, folder: Path, *, port: int = 0, auth: bool = False) -> Server:
    """A private server, running and healthy, with its data and its log in `folder`.

    `port` 0 takes a free one. It is killed when this process ends, if it was not stopped before;
    data found in the folder is used. `auth` (Pulsar only) asks clients for a token and offers TLS.
    Raises ServerError with the end of its log, or with what this machine lacks.
    """
    kind = kind_of(name, auth=auth)
    kind.prepare()
    server = Server(kind, folder, port=port)
    server.start()
    return server


def missing(name: str) -> str | None:
    """What this machine lacks for the server, as "needs go (1.24 or newer)"; None if nothing."""
    return kind_of(name).missing()
