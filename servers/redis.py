"""Redis, or Valkey in its place, from the system's packages; it keeps nothing."""

import shutil
from collections.abc import Mapping, Sequence

from servers import probe
from servers.kind import Kind, Place
from servers.ports import HOST
from servers.process import ServerError

PROGRAMS = ("redis-server", "valkey-server")
NEEDS = "needs redis-server (Debian's package of that name) or valkey-server"


class Redis(Kind):
    name = "redis"
    version = "system"

    def missing(self) -> str | None:
        return None if _program() else NEEDS

    def command(self, place: Place) -> Sequence[str]:
        program = _program()
        if program is None:
            raise ServerError(NEEDS)
        return (
            program,
            *("--port", str(place.ports["server"])),
            *("--bind", HOST),
            *("--save", ""),
            *("--appendonly", "no"),
            *("--dir", str(place.folder)),
        )

    def is_healthy(self, place: Place) -> bool:
        return probe.redis_answers(place.ports["server"])

    def addresses(self, place: Place) -> Mapping[str, str]:
        return {"url": f"redis://{HOST}:{place.ports['server']}"}


def _program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)
