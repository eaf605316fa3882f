"""What the package knows of a server: what it needs, how it is built, started, and probed."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from servers.process import ServerError


@dataclass(frozen=True)
class Place:
    """Where one server runs: a folder of its own, and a port of the loopback interface for each of
    its kind's names."""

    folder: Path
    ports: Mapping[str, int]


class Kind(ABC):
    name: str
    ports: tuple[str, ...] = ("server",)
    """The first is the one clients connect to."""
    start_timeout_s: float = 60.0
    stop_timeout_s: float = 20.0

    @abstractmethod
    def missing(self) -> str | None:
        """What this machine lacks, as `needs …`; None where the server can be run."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Differs as soon as a server started before would not be the one started now."""

    def prepare(self) -> None:
        """Make sure that it can be started; a kind that is built here does so where the cache lacks
        it. Raises ServerError."""
        if lacks := self.missing():
            raise ServerError(lacks)

    @abstractmethod
    def command(self, place: Place) -> Sequence[str]:
        """The command line, after writing what it refers to into the folder."""

    @abstractmethod
    def is_healthy(self, place: Place) -> bool:
        """Whether it answers. May raise OSError or HTTPException, which mean no."""

    @abstractmethod
    def addresses(self, place: Place) -> Mapping[str, str]:
        """`url`, and by the names of `Server`'s properties what else clients are told."""
