"""Names that look like a misspelt one: at most two slips away, and at most a third of its letters.

A slip is a letter too many, too few or wrong, or two that are swapped: the distance of F. J.
Damerau, *A technique for computer detection and correction of spelling errors*, CACM 7(3), 1964, in
its restricted form (no letter is touched twice). The plural of a name is no slip.
"""

from collections.abc import Iterable

from matching.analyzer import spellings

SLIPS_MAX = 2
LETTERS_OF_A_SLIP = 3
SUGGESTED_MAX = 3


def near(text: str, names: Iterable[str]) -> list[str]:
    """At most three of the names (in lower case) that `text` may have meant, the nearest first."""
    typed = text.casefold()
    most = slips_allowed(typed)
    found = {name: slips for name in names if (slips := _slips(typed, name, most)) <= most}
    return sorted(found, key=found.__getitem__)[:SUGGESTED_MAX]


def slips_allowed(name: str) -> int:
    """How many slips a name of this length may hold."""
    return min(SLIPS_MAX, len(name) // LETTERS_OF_A_SLIP)


def _slips(typed: str, name: str, most: int) -> int:
    if abs(len(typed) - len(name)) <= SLIPS_MAX and _singular(typed) == _singular(name):
        return 0
    return distance(typed, name, most)


def _singular(name: str) -> tuple[str, ...]:
    return spellings(name)[0] or (name,)


def distance(one: str, other: str, most: int) -> int:
    """The slips between two words; any number above `most` where there are more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(above[to] + 1, row[to - 1] + 1, above[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = above
    return row[-1]
