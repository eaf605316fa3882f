"""An object store that speaks S3, by moto's server mode; all in memory."""

import importlib.metadata
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from servers import probe
from servers.kind import Kind, Place
from servers.ports import HOST


class S3(Kind):
    name = "s3"

    def missing(self) -> str | None:
        found = all(importlib.util.find_spec(name) for name in ("moto", "flask"))
        return None if found else "needs the Python package moto[server]"

    @property
    def version(self) -> str:
        return importlib.metadata.version("moto")

    def command(self, place: Place) -> Sequence[str]:
        port = str(place.ports["server"])
        return (sys.executable, "-m", "moto.server", "--host", HOST, "--port", port)

    def is_healthy(self, place: Place) -> bool:
        status, buckets = probe.http_get(place.ports["server"], "/")
        return status == HTTPStatus.OK and b"ListAllMyBucketsResult" in buckets

    def addresses(self, place: Place) -> Mapping[str, str]:
        return {"url": f"http://{HOST}:{place.ports['server']}"}
