"""Questions on stated facts: is one of the posting's values among those that were asked for?

Skills, places, levels, modes, companies on a list and the like are all of this kind.
"""

from collections.abc import Hashable, Iterable

from matching.percolator.atoms import Answers, Atoms


class FactQuestions:
    """The questions on one kind of fact."""

    def __init__(self, atoms: Atoms, family: str, kind: str) -> None:
        self._atoms = atoms
        self._family, self._kind = family, kind
        self._asked: dict[frozenset[Hashable], int] = {}
        self._yes: dict[Hashable, list[int]] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def ask(self, values: frozenset[Hashable], *, share: float) -> int:
        """The atom of the question whether one of the values is stated. `share` is a guess at how
        many postings say yes."""
        atom = self._asked.get(values)
        if atom is None:
            question = self._family, self._kind, sorted(values, key=str)
            atom = self._asked[values] = self._atoms.new(question, share)
            for value in values:
                self._yes.setdefault(value, []).append(atom)
        return atom

    def answer(self, values: Iterable[Hashable], answers: Answers) -> None:
        """The questions that a posting with these values says yes to."""
        yes = self._yes
        for value in values:
            found = yes.get(value)
            if found is not None:
                answers.add(found)
