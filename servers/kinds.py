"""Every server by its name, in the order in which they are listed."""

from servers.ferretdb import FerretDB
from servers.kind import Kind
from servers.mongo_java import MongoJava
from servers.process import ServerError
from servers.pulsar import Pulsar, SecuredPulsar
from servers.redis import Redis
from servers.s3 import S3

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (Pulsar(), MongoJava(), FerretDB(), Redis(), S3())
}
NAMES = tuple(KINDS)


def kind_of(name: str, *, auth: bool = False) -> Kind:
    """Raises ServerError for a name that is none, and for `auth` where there is no such thing."""
    if name not in KINDS:
        raise ServerError(f"no server is called {name!r}; there are {', '.join(NAMES)}")
    if not auth:
        return KINDS[name]
    if name != Pulsar.name:
        raise ServerError(f"{name} is not run with authentication here")
    return SecuredPulsar()
