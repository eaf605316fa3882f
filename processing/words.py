"""Which of many words stand in a text, without looking for each of them.

A word can stand only where its runs of four letters do. Those of a text are noted once, in a table
of one byte for each hash; of a word the two rarest are looked up there, and only the few words that
pass are sought. Parsers ask for some five hundred words: to seek one that is nowhere in 4 KB takes
a microsecond, to look it up takes a twentieth of that.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import compress
from operator import and_, itemgetter

import numpy as np
from numpy.typing import NDArray

_TABLE = 1 << 15
"""Places: eight for each run of 4 KB, and no more, as a table is made for each text."""
_ALWAYS = _TABLE
"""Where the table says yes: the place of what is too short to be looked up."""
_FACTORS = tuple(np.uint16(factor) for factor in (1, 40_503, 34_283, 49_843))
_SHORT, _LONG = 3, 4
"""Letters of a run; the short ones are for words of three letters."""
_FREQUENT = " etaoinsrhldcumfpgwybvkxjqz"
"""The most frequent first; any other character is rarer."""

_Lookup = Callable[[bytes], tuple[int, ...]]
"""Of a table, what it says for each of many words."""


def runs(text: str) -> bytes:
    """The table of the runs of a text, in some 15 µs for 4 KB."""
    units = _units(text)
    table = np.zeros(_TABLE + 1, dtype=np.uint8)
    for length in (_SHORT, _LONG):
        table[_hashes(units, length)] = 1
    table[_ALWAYS] = 1
    return table.tobytes()


def standing(words: tuple[str, ...], text: str, table: bytes) -> Iterator[str]:
    """Those of the words that stand in the text, in their order; `table` is that of its runs."""
    first, second = _lookup(words)
    for word in compress(words, map(and_, first(table), second(table))):
        if word in text:
            yield word


@lru_cache(maxsize=512)
def _lookup(words: tuple[str, ...]) -> tuple[_Lookup, _Lookup]:
    """The places in the table of the two rarest runs of each word. There are as many to keep as
    parsers have lists of words."""
    places = [_places(word) for word in words]
    first, second = ([place[at] for place in places] for at in (0, 1))
    return itemgetter(*first, _ALWAYS, _ALWAYS), itemgetter(*second, _ALWAYS, _ALWAYS)


def _places(word: str) -> tuple[int, int]:
    length = _LONG if len(word) >= _LONG else _SHORT
    rarest = sorted((word[at : at + length] for at in range(len(word) - length + 1)), key=_rarity)
    if not rarest:
        return _ALWAYS, _ALWAYS
    one, other = (int(_hashes(_units(run), length)[0]) for run in (rarest[-1], rarest[-2:][0]))
    return one, other


def _rarity(run: str) -> int:
    ranks = (_FREQUENT.find(character) for character in run)
    return sum(len(_FREQUENT) if rank < 0 else rank for rank in ranks)


def _units(text: str) -> NDArray[np.uint16]:
    """A word stands in a text where its units of UTF-16 stand in those of the text."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)


def _hashes(units: NDArray[np.uint16], length: int) -> NDArray[np.intp]:
    """The place in the table of each run of so many units, in order; none of a shorter text."""
    count = max(0, len(units) - length + 1)
    hashes = units[:count].copy()
    for at in range(1, length):
        hashes += units[at : at + count] * _FACTORS[at]
    return (hashes % _TABLE).astype(np.intp)
