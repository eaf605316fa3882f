"""FerretDB: MongoDB's wire protocol on SQLite, built by Go from the module in this folder."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from servers import cache, probe
from servers.kind import Kind, Place
from servers.ports import HOST
from servers.process import ServerError

FOLDER = Path(__file__).parent
SOURCES = tuple(FOLDER / name for name in ("go.mod", "go.sum", "main.go"))
NEEDS = "needs go (1.24 or newer)"
# PostgreSQL's side is not wanted; neither are symbols, nor a C compiler.
BUILD = ("build", "-trimpath", "-mod=readonly", "-tags=ferretdb_no_postgresql", "-ldflags=-s -w")


class FerretDB(Kind):
    name = "ferretdb"

    def missing(self) -> str | None:
        if self._built.exists() or shutil.which("go"):
            return None
        return NEEDS

    @property
    def version(self) -> str:
        return cache.stamp(SOURCES, *BUILD)

    def prepare(self) -> None:
        super().prepare()
        cache.made(self.name, self.version, _build)

    def command(self, place: Place) -> Sequence[str]:
        data = place.folder / "data"
        data.mkdir(exist_ok=True)
        listen = f"{HOST}:{place.ports['server']}"
        return (str(self._built / "ferretdb"), "-listen", listen, "-data", str(data))

    def is_healthy(self, place: Place) -> bool:
        return probe.mongo_answers(place.ports["server"])

    def addresses(self, place: Place) -> Mapping[str, str]:
        return {"url": f"mongodb://{HOST}:{place.ports['server']}"}

    @property
    def _built(self) -> Path:
        return cache.path(self.name, self.version)


def _build(into: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise ServerError(NEEDS)
    command = (go, *BUILD, "-o", str(into / "ferretdb"), ".")
    cache.run(command, os.environ | {"CGO_ENABLED": "0"}, FOLDER)
