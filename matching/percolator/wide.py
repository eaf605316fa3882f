"""Questions whether a posting says yes to one of many others: long lists of alternatives.

Their values are atoms themselves. Of the thousands that a posting may say yes to (it reaches every
lower floor of pay) few stand in such a list, and only those are looked up.
"""

import numpy as np
from numpy.typing import NDArray

from matching.percolator.atoms import Answers, Atoms, Ids
from matching.percolator.facts import FactQuestions


class WideQuestions:
    def __init__(self, atoms: Atoms) -> None:
        self._asked = FactQuestions(atoms, "wide", "")
        self._members: dict[int, frozenset[int]] = {}
        self._is_listed: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return len(self._asked)

    def ask(self, atoms: frozenset[int], *, share: float) -> int:
        """The atom of the question whether one of these is said yes to; none of them is such a
        question itself (`members`), so that all are answered in one look."""
        highest = max(atoms)
        if highest >= len(self._is_listed):
            more = np.zeros(highest + 1, np.bool_)
            self._is_listed = np.concatenate([self._is_listed, more])
        self._is_listed[list(atoms)] = True
        atom = self._asked.ask(atoms, share=share)
        self._members[atom] = atoms
        return atom

    def members(self, atom: int) -> frozenset[int]:
        """The questions that this one is made of; of any other, that alone."""
        return self._members.get(atom) or frozenset([atom])

    def answer(self, atoms: Ids, answers: Answers) -> None:
        """The questions that a posting says yes to which says yes to these atoms."""
        known = atoms[atoms < len(self._is_listed)]
        self._asked.answer(known[self._is_listed[known]].tolist(), answers)
