"""What the system acknowledged, on disk before anything else is done with it.

One JSON object a line, each fsynced: a harness that dies still knows what it was promised. Times
are seconds of this machine's monotonic clock, so that two lines of one run can be compared.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Posted(BaseModel):
    """A posting, or a revision of one, that was answered with 2xx. `body` is all that was stated;
    `vacancy` is the number that copies and revisions share."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["posted"] = "posted"
    id: str
    owner_id: str
    vacancy: int
    body: dict[str, Any]
    revision: int
    begun: float
    answered: float


class Saved(BaseModel):
    """An alert that was answered with 201."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["saved"] = "saved"
    id: str
    user_id: str
    name: str
    query: str
    channels: tuple[str, ...]
    answered: float


Line = Annotated[Posted | Saved, Field(discriminator="kind")]
_LINES: TypeAdapter[Posted | Saved] = TypeAdapter(Line)


class Ledger:
    """The file of one row; `append` may be called by several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()
        self.path = path

    def append(self, line: Posted | Saved) -> None:
        """Returns when the line is on the disk."""
        with self._lock:
            self._file.write(line.model_dump_json().encode() + b"\n")
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Posted | Saved]:
    """Every line in order; one that a crash cut off at the end was never promised to be there.
    Raises ValidationError for any other that is none."""
    with path.open("rb") as file:
        for text in file:
            if text.endswith(b"\n"):
                yield _LINES.validate_json(text)
