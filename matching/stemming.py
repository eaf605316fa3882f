"""Light stemming: the inflected forms of one word meet in one stem, English and German.

A term of letters a-z is stemmed; one with a digit, punctuation or another script (`c++`, `node.js`,
`k8s`) and one of fewer than four letters (`aws`, `css`, `ios`) stays as it is.

English is the S-stemmer of Donna Harman, *How effective is suffixing?*, JASIS 42(1), 1991: plurals
only, the first rule that fits. Light on purpose: `engineers` is `engineer`, but `engineering` stays
another word, as people who search for jobs expect. Ours are two exceptions: `ties` is `tie`, no
`ty`, and a few words that only look like the plural of another are left alone. (The possessive 's
is no term: analyzer.)

German is the light stemmer of Jacques Savoy, *Light stemming approaches for the French, Portuguese,
German and Hungarian languages*, SAC 2006 (https://doi.org/10.1145/1141277.1141523), for words whose
umlauts are already folded. Its two steps are repeated until nothing changes, which makes a stem
its own stem: `Entwicklern` and `Entwickler` are `entwickl`.

Stems of the two languages never meet: the term of a German posting is written `de:STEM`, any other
as the plain stem. No term of the analyzer has a colon.
"""

import re
from collections.abc import Callable

GERMAN_MARK = "de:"

_PLAIN = re.compile(r"[a-z]{4,}")
_NO_PLURALS = frozenset({"canvas", "customs", "goods", "lens", "news", "rails", "windows"})
_GERMAN_BEFORE_S_OR_ST = frozenset("bdfghklmnt")
_REMEMBERED = 1 << 16


class Stems(dict[str, str]):
    """The terms of one language by word, remembered: `stems[word]`. Forgets all when full, which
    bounds it at `_REMEMBERED` words. The empty word, a gap, stays empty."""

    def __init__(self, stem: Callable[[str], str], mark: str = "") -> None:
        super().__init__()
        self._stem = stem
        self._mark = mark

    def __missing__(self, word: str) -> str:
        term = self._mark + self._stem(word) if word else ""
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = term
        return term


def english(word: str) -> str:
    """The English stem of a folded word."""
    if not word.endswith("s") or not _PLAIN.fullmatch(word) or word in _NO_PLURALS:
        return word
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    # Harman's second rule ("es" to "e") takes off an "s" too, so the third covers both.
    return word if word.endswith(("us", "ss")) else word[:-1]


def german(word: str) -> str:
    """The German stem of a folded word."""
    if not _PLAIN.fullmatch(word):
        return word
    while (stem := _inflection_off(_ending_off(word))) != word:
        word = stem
    return word


def _ending_off(word: str) -> str:
    """Savoy's step 1: the endings of case and number."""
    if len(word) > 5 and word.endswith("ern"):
        return word[:-3]
    if len(word) > 4 and word.endswith(("em", "en", "er", "es")):
        return word[:-2]
    if len(word) > 3 and word.endswith("e"):
        return word[:-1]
    if len(word) > 3 and word[-1] == "s" and word[-2] in _GERMAN_BEFORE_S_OR_ST:
        return word[:-1]
    return word


def _inflection_off(word: str) -> str:
    """Savoy's step 2: the endings of comparison and of verbs."""
    if len(word) > 5 and word.endswith("est"):
        return word[:-3]
    if len(word) > 4 and word.endswith(("er", "en")):
        return word[:-2]
    if len(word) > 4 and word.endswith("st") and word[-3] in _GERMAN_BEFORE_S_OR_ST:
        return word[:-2]
    return word


ENGLISH = Stems(english)
GERMAN = Stems(german, GERMAN_MARK)


def stems_of(language: str | None) -> Stems:
    """How a posting in this language (ISO 639-1) is read; one that states none as English."""
    return GERMAN if language == "de" else ENGLISH
