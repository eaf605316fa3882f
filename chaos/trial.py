"""What a row is given: a seed of its own, the stage, and the load that it puts on a system."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from chaos.inbox import Inbox
from chaos.load import USUAL, Load, Shape, System
from chaos.stage import Stage


@dataclass(frozen=True)
class Trial:
    """One run of one row. `short`: inject less often, and for less long."""

    row: str
    seed: int
    stage: Stage
    short: bool

    @property
    def random(self) -> Random:
        """The row's own randomness: the same whichever rows run beside it."""
        return Random(f"{self.row}-{self.seed}")

    @property
    def folder(self) -> Path:
        """Where the row may keep what it needs."""
        return self.stage.folder / "rows" / self.row

    @property
    def inbox(self) -> Inbox:
        return self.stage.inbox

    def load(self, system: System, shape: Shape = USUAL) -> Load:
        """Traffic on the system; a context manager."""
        return Load(system, self.folder, self.random, self.inbox, shape)
