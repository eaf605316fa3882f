"""Questions that are content with not knowing: is it true, or is nothing stated?

A lenient question is one atom, although a strict question and *the fact is not stated* say the same
together: so most clauses are a single atom. Nothing is ever filed under it (filing.py takes the two
instead), therefore a posting that states no place can say yes to every lenient question on places
without looking each of them up.
"""

from array import array
from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from matching.percolator.atoms import NO_ATOMS, Atoms, Ids


class LenientQuestions:
    def __init__(self, atoms: Atoms) -> None:
        self._atoms = atoms
        self._of: dict[int, int] = {}
        self._parts = array("I")
        """Lenient atom, strict atom, unstated atom, one after the other."""
        self._indexed = 0
        self._by_strict: Ids = np.zeros(0, np.uint32)
        self._by_unstated: dict[int, Ids] = {}

    def ask(self, strict: int, unstated: int, kind: str) -> int:
        """The atom of the lenient form of a strict question on a fact of this kind."""
        atom = self._of.get(strict)
        if atom is None:
            atom = self._of[strict] = self._atoms.new(("lenient", kind, strict), 0.0)
            self._parts.extend((atom, strict, unstated))
        return atom

    def answer(self, atoms: Ids, facts: Set[int]) -> Ids:
        """The lenient questions that a posting says yes to which says yes to these atoms, among
        them all of `facts`, where *unstated* is looked for."""
        if not self._of:
            return NO_ATOMS
        self._index()
        known = atoms[atoms < len(self._by_strict)]
        found = self._by_strict[known]
        unstated = [self._by_unstated[atom] for atom in self._by_unstated.keys() & facts]
        return np.concatenate([found[found > 0], *unstated])

    def _index(self) -> None:
        """By strict and by unstated atom, what was asked since the last time."""
        done, self._indexed = self._indexed, len(self._parts)
        if done == self._indexed:
            return
        new_parts = np.array(self._parts[done:], np.uint32).reshape(-1, 3)
        lenient, strict, unstated = new_parts.T
        if int(strict.max()) >= len(self._by_strict):
            more = np.zeros(len(self._atoms), np.uint32)
            self._by_strict = np.concatenate([self._by_strict, more])
        self._by_strict[strict] = lenient
        for atom in np.unique(unstated).tolist():
            new = lenient[unstated == atom]
            self._by_unstated[atom] = np.concatenate([self._by_unstated.get(atom, NO_ATOMS), new])

    def parts(self) -> NDArray[np.uint32]:
        """Lenient, strict and unstated atom of each, n × 3."""
        return np.frombuffer(self._parts.tobytes(), np.uint32).reshape(-1, 3)
