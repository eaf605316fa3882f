"""Programs: the formulas of alerts as flat arrays that a kernel can run on a posting's atoms.

A program is a row of units, one for each clause of the alert, all of which must hold. A unit is the
short-circuit code of its formula, a literal a word of 32 bits:

    atom << 9  |  distance << 3  |  SPARE  |  MISS  |  FALL

The posting says yes or no to the atom. Where that is as FALL says, the next literal is next;
otherwise the run goes on `distance` words further, and with MISS the unit has failed there, whose
end that is. In a unit of more than NEAR_MAX literals the distance is 0, and a second word has it.

A run that reaches the end has matched. A *spare* unit follows from the others; it is there because
it is a plain `or`, under which an alert can be filed, and counts for nothing when failures are.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.percolator.atoms import ATOM_BITS
from matching.percolator.formula import TRUE, Formula

FALL, MISS, SPARE = 1, 2, 4
FLAG_BITS = 3
ATOM_AT = 32 - ATOM_BITS
NEAR_MAX = (1 << (ATOM_AT - FLAG_BITS)) - 1
ANCHOR_MAX = NEAR_MAX // 2 * 2
"""Atoms that an alert can be filed under: two for each literal of a plain unit, which must be near
ones when they are a unit themselves (filing.py)."""
LENGTH_MAX = 1 << 15
"""Words of one program; an alert of 200 tests has at most some 800."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Program i is [starts[i], starts[i + 1]) of `words`."""

    starts: NDArray[np.int64]
    words: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The programs of all parts, one after the other."""
        offsets = np.cumsum([0, *(int(part.starts[-1]) for part in parts)])
        starts = [part.starts[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
        words = [part.words[: part.starts[-1]] for part in parts]
        return cls(np.concatenate([*starts, offsets[-1:]]), np.concatenate(words))


class Program:
    """One program under construction; `words` is what it is in the end."""

    def __init__(self) -> None:
        self.words = array("I")
        self._literals: list[tuple[int, _Label]] = []

    @classmethod
    def of(cls, clauses: Sequence[Formula], spare: Formula | None = None) -> Self:
        """The program of an alert all of whose clauses must hold; `spare` follows from them.
        Raises ValueError for one that is longer than LENGTH_MAX."""
        program = cls()
        for clause in clauses:
            if clause != TRUE:
                program._unit(clause)
        if spare is not None:
            program._unit(spare, spare=SPARE)
        if len(program.words) >= LENGTH_MAX:
            raise ValueError(f"a program of {len(program.words)} words is too long")
        return program

    def _unit(self, formula: Formula, *, spare: int = 0) -> None:
        if isinstance(formula, int):
            # Most clauses are one literal; this is what the general way makes of it.
            fall = 1 - (formula & 1)
            self.words.append(formula >> 1 << ATOM_AT | 1 << FLAG_BITS | spare | MISS | fall)
            return
        held, missed = _Label(), _Label()
        self._emit(formula, held, missed, fall=held)
        literals, self._literals = self._literals, []
        held.at = missed.at = len(literals)
        far = len(literals) > NEAR_MAX
        for at, (word, label) in enumerate(literals):
            word |= spare | (MISS if label is missed else 0)
            if far:
                self.words.extend((word, 2 * (label.at - at)))
            else:
                self.words.append(word | (label.at - at) << FLAG_BITS)

    def _emit(self, formula: Formula, yes: "_Label", no: "_Label", *, fall: "_Label") -> None:
        """Code that goes to `yes` or `no`; `fall` is that of the two which stands behind it."""
        if isinstance(formula, int):
            falls_on_yes = (formula & 1 == 0) == (fall is yes)
            word = formula >> 1 << ATOM_AT | (FALL if falls_on_yes else 0)
            self._literals.append((word, no if fall is yes else yes))
            return
        *others, last = formula.items
        for item in others:
            behind = _Label()
            if formula.kind == "all":
                self._emit(item, behind, no, fall=behind)
            else:
                self._emit(item, yes, behind, fall=behind)
            behind.at = len(self._literals)
        self._emit(last, yes, no, fall=fall)


class _Label:
    """A place in a unit that is not known yet: a literal's number."""

    at = 0
