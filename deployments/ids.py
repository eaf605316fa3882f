"""Ids in paths: ours are UUIDs, so anything else names nothing and is answered 404 at once."""

import re
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

from models.errors import NotFound

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def ours(text: str) -> str:
    """The id in lower case. Raises NotFound where it cannot be one of ours."""
    lowered = text.lower()
    if _UUID.fullmatch(lowered) is None:
        raise NotFound
    return lowered


PathId = Annotated[
    str, Path(alias="id", json_schema_extra={"format": "uuid"}), AfterValidator(ours)
]
