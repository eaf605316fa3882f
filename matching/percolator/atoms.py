"""Atoms: the questions that alerts ask of a posting, as small integers.

`title has "python"`, `the level is senior or staff`, `the pay reaches 70,000 USD or is not stated`:
whatever alerts ask is one atom for all that ask it. A posting is the set of atoms it says yes to,
and an alert a formula over atoms, so that matching never looks at texts or facts again.
"""

from array import array
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

Ids = NDArray[np.uint32]
ALWAYS = 0
"""Every posting says yes to it."""
NEVER = 1
"""No posting says yes to it."""
NO_ATOMS: Ids = np.empty(0, dtype=np.uint32)

Question = tuple[str, str, Any]
"""The family of the question, the field or kind within it, and what is asked, as JSON."""

ATOM_BITS = 23
ATOMS_MAX = 1 << ATOM_BITS
"""Different questions that one shard can be asked: more than memory has room for."""
_BELIEF = 20.0
"""Postings that the first guess at an atom's share weighs as much as."""
_SEEN_MAX = 1_000_000
"""Postings after which older ones count half, so that shares follow the market."""


class Atoms:
    """How many atoms there are, what each asks, and how many postings say yes to each."""

    def __init__(self) -> None:
        self._guesses = array("f", [1.0, 0.0])
        self.log = bytearray()
        """What each atom asks, one JSON line each, in their order."""
        self._yes = np.zeros(1024, dtype=np.int64)
        self.seen = 0
        """Postings that `counts` are of; older ones count half."""
        self.seen_ever = 0

    def __len__(self) -> int:
        return len(self._guesses)

    def new(self, question: Question, share: float) -> int:
        """One more atom; `share` (0 to 1) is a guess at how many postings say yes.
        Raises OverflowError beyond ATOMS_MAX."""
        if len(self) == ATOMS_MAX:
            raise OverflowError(f"alerts ask more than {ATOMS_MAX} different questions")
        self._guesses.append(share)
        self.log += orjson.dumps([*question, share], option=orjson.OPT_APPEND_NEWLINE)
        return len(self._guesses) - 1

    def counts(self) -> NDArray[np.int64]:
        """Postings that said yes, by atom; at least as long as there are atoms. To be counted up
        in place, with `saw` once for each posting."""
        if len(self._yes) < len(self):
            self._yes = np.concatenate([self._yes, np.zeros(len(self), dtype=np.int64)])
        return self._yes

    def saw(self, postings: int) -> None:
        self.seen += postings
        self.seen_ever += postings
        if self.seen > _SEEN_MAX:
            self._yes //= 2
            self.seen //= 2

    def shares(self) -> NDArray[np.float32]:
        """The share of postings that say yes, by atom: what was seen, mixed with the guess.
        Lenient questions are not counted."""
        guessed = np.frombuffer(self._guesses.tobytes(), dtype=np.float32)
        seen = self.counts()[: len(self)]
        return ((seen + _BELIEF * guessed) / (self.seen + _BELIEF)).astype(np.float32)

    def restore(self, yes: NDArray[np.int64], seen: int, seen_ever: int) -> None:
        """Continue counting from what was seen before."""
        self._yes, self.seen, self.seen_ever = yes.copy(), seen, seen_ever


class Answers:
    """The atoms that one posting says yes to, as they are found; some may be found twice."""

    def __init__(self) -> None:
        self._found: list[int] = [ALWAYS]
        self._arrays: list[Ids] = []

    def add(self, atoms: Iterable[int]) -> None:
        self._found.extend(atoms)

    def add_array(self, atoms: Ids) -> None:
        if len(atoms):
            self._arrays.append(atoms)

    def few(self) -> set[int]:
        """Those that were added one by one, which all but limits are."""
        return set(self._found)

    def array(self) -> Ids:
        found = np.array(self._found, dtype=np.uint32)
        return np.concatenate([found, *self._arrays]) if self._arrays else found


class Answered(NamedTuple):
    """What one posting says yes to: `atoms`, under which alerts may be filed, and the `lenient`
    ones. Some may be there twice."""

    atoms: Ids
    lenient: Ids


class Knowledge(NamedTuple):
    """Of each atom: the share of postings that say yes, and of a lenient one its strict and its
    unstated atom (else 0, 0)."""

    shares: NDArray[np.float32]
    parts: NDArray[np.uint32]
