"""Questions on texts: does the posting have this word, this phrase, a word that begins so?

A word is asked for with two spellings, the English and the German stem (`analyzer.spellings`),
of which a posting has terms of one kind only; so one dictionary of terms serves both.
"""

from collections.abc import Iterable, Mapping, Set

from matching.percolator.atoms import Answers, Atoms

Spellings = tuple[tuple[str, ...], ...]
"""The terms of a text by language."""

_MEMO_MAX = 100_000
"""Words whose prefixes are remembered."""


class WordQuestions:
    """The words asked for in one field."""

    def __init__(self, atoms: Atoms, field: str) -> None:
        self._atoms, self._field = atoms, field
        self._one: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}
        """Further atoms of a term: words that differ in one language and not in the other."""

    def ask(self, terms: tuple[str, ...], *, share: float) -> int:
        """The atom of one word, given by its term in each language."""
        known = set.intersection(*(set(self._of(term)) for term in terms))
        if known:
            return known.pop()
        atom = self._atoms.new(("words", self._field, terms), share)
        for term in set(terms):
            if self._one.setdefault(term, atom) != atom:
                self._more.setdefault(term, []).append(atom)
        return atom

    def _of(self, term: str) -> Iterable[int]:
        first = self._one.get(term)
        return () if first is None else (first, *self._more.get(term, ()))

    def answer(self, terms: Set[str], answers: Answers) -> None:
        answers.add(filter(None, map(self._one.get, terms)))  # ALWAYS is nobody's word
        for term in terms & self._more.keys():
            answers.add(self._more[term])


class _State:
    """A beginning of phrases: the words that lead here, and those that go on. `shorter` is the
    longest other beginning that ends in the same words, as of when `known` phrases were asked."""

    __slots__ = ("atoms", "before", "known", "next", "shorter", "word")

    def __init__(self, before: "_State | None", word: str) -> None:
        self.before, self.word = before, word
        self.next: dict[str, _State] = {}
        self.atoms: list[int] = []
        self.shorter, self.known = before, 0


class PhraseQuestions:
    """The phrases asked for in one field: an automaton over words (Aho and Corasick, 1975).

    A posting costs the number of its terms, whatever the phrases are and however often they come:
    each beginning of a phrase is looked at once. What shorter beginnings a beginning ends in is
    found when a posting gets there, because phrases are asked for between any two postings.
    """

    def __init__(self, atoms: Atoms, field: str) -> None:
        self._atoms, self._field = atoms, field
        self._asked: dict[Spellings, int] = {}
        self._root = _State(None, "")

    def __len__(self) -> int:
        return len(self._asked)

    def ask(self, spellings: Spellings, *, share: float) -> int:
        """The atom of a phrase, given by its terms in each language."""
        atom = self._asked.get(spellings)
        if atom is None:
            atom = self._asked[spellings] = self._atoms.new(
                ("phrases", self._field, spellings), share
            )
            for terms in set(spellings):
                self._enter(terms).atoms.append(atom)
        return atom

    def _enter(self, terms: tuple[str, ...]) -> _State:
        state = self._root
        for term in terms:
            if term not in state.next:
                state.next[term] = _State(state, term)
            state = state.next[term]
        return state

    def answer(self, terms: tuple[str, ...], answers: Answers) -> None:
        """`terms` in order, with "" for a gap."""
        root = self._root
        beginnings = root.next.keys() & terms
        if not beginnings:
            return
        state, seen = root, {root}
        for term in terms:
            if state is root and term not in beginnings:
                continue
            state = ending = self._after(state, term)
            while ending not in seen:
                seen.add(ending)
                answers.add(ending.atoms)
                ending = self._shorter(ending)

    def _after(self, state: _State, term: str) -> _State:
        """The longest beginning that the words of `state` and then `term` end in."""
        while (found := state.next.get(term)) is None:
            if state is self._root:
                return state
            state = self._shorter(state)
        return found

    def _shorter(self, state: _State) -> _State:
        # A state is asked for after the one before it, so that this goes no deeper than that one.
        if state.known != len(self._asked):
            before = state.before
            assert before is not None, "the root ends in nothing shorter"
            is_first = before is self._root
            state.shorter = before if is_first else self._after(self._shorter(before), state.word)
            state.known = len(self._asked)
        assert state.shorter is not None
        return state.shorter


class PrefixQuestions:
    """The prefixes asked for in one field; what each word begins with is remembered."""

    def __init__(self, atoms: Atoms, field: str) -> None:
        self._atoms, self._field = atoms, field
        self._asked: dict[str, int] = {}
        self._lengths: tuple[int, ...] = ()
        self._memo: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def ask(self, prefix: str, *, share: float) -> int:
        """The atom of the question whether a word begins so."""
        atom = self._asked.get(prefix)
        if atom is None:
            atom = self._asked[prefix] = self._atoms.new(("prefixes", self._field, prefix), share)
            self._lengths = tuple(sorted({*self._lengths, len(prefix)}))
            self._memo.clear()
        return atom

    def answer(self, words: Set[str], answers: Answers) -> None:
        memo = self._memo
        if len(memo) > _MEMO_MAX:
            memo.clear()
        for word in words:
            found = memo.get(word)
            if found is None:
                found = memo[word] = self._prefixes(word)
            if found:
                answers.add(found)

    def _prefixes(self, word: str) -> tuple[int, ...]:
        asked = self._asked
        starts = (word[:length] for length in self._lengths if length <= len(word))
        return tuple(asked[start] for start in starts if start in asked)


def guess(terms: tuple[str, ...], field: str) -> float:
    """A first guess at the share of postings that have the terms in the field: long words are
    rare, titles are short, a company is one of thousands."""
    rarest = min(_COMMON_SHARE if term in COMMON_WORDS else 0.3 / len(term) for term in terms)
    return rarest * _FIELD_WEIGHT.get(field, 1.0)


_COMMON = """
a an and are as at be by for from have in is of on or our that the this to we will with you your
ability about all also any based business company customer customers data design develop
development engineer engineering environment experience full including job join know learn
looking manage management manager may more new not opportunity other people product products
remote requirement requirements role sale sales senior skill skills software support system systems
team teams technical time tool tools us user using well who work working world year years
"""
COMMON_WORDS = frozenset(_COMMON.split())
"""Words of a large part of all adverts in English: poor anchors in a description."""
_FIELD_WEIGHT: Mapping[str, float] = {"title": 0.1, "company": 0.01}
_COMMON_SHARE = 0.5
