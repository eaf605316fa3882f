"""Text to terms: the one analyzer of alerts, search and explanation.

A term is a run of letters and digits, folded: Unicode NFKC, case folding (Unicode 3.13), accents
off, the letters that carry no separable accent (ł, ø, æ, …) written in ASCII. Everything else
separates, so `full-time` is the two terms `full time` and `l'ingénieur` is `l ingenieur`, and a
query that is analysed the same way meets both spellings. Exceptions are the names of our field
that punctuation belongs to: `c++ c# f# .net asp.net node.js r&d`; the number of a version behind
one is a term of its own (`.NET8` is `.net 8`). The possessive 's is no term (`bachelor's degree` is
`bachelor degree`). Scripts that write no spaces (Han, kana) give one term
per character, so that a phrase finds any part of a run.

Terms are surface forms: what prefixes are compared with and what the normal form of a query keeps.
Words and phrases are compared by their stems (`matching.stemming`).

Two paths, one meaning. ASCII text is lowered as a whole. Other text is first folded character for
character where the folded form is again one character, which keeps offsets; what folds to more or
fewer characters (ß, ligatures, separate accents) is folded token by token. Either way spans point
into the original text. Analysing a term gives that term again.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from matching.stemming import ENGLISH, GERMAN

ANALYZER_VERSION = 3
"""Rises whenever the same text would give other terms or stems; an index of another version is
rebuilt."""

TERM_MAX = 64
"""Letters of one term; a longer run (base64 in an advert) is cut into several terms."""


@dataclass(frozen=True, slots=True)
class Token:
    """One term, standing at [start, end) of the original text (characters)."""

    term: str
    start: int
    end: int


_ASCII_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"}
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_INVISIBLE = "\u00ad\u200c\u200d\u2060"  # soft hyphen, joiners: inside words, without meaning
_INVISIBLES = re.compile(f"[{_INVISIBLE}]")


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKD", _INVISIBLES.sub("", text)).casefold()
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", text).translate(_ASCII_LETTERS)


def fold(text: str) -> str:
    """NFKC, case and accents folded; folding a folded text changes nothing."""
    folded = _fold_once(text)
    while folded != text:
        text, folded = folded, _fold_once(folded)
    return folded


class _SameLength(dict[int, str]):
    """A translate table that fills itself: each character's folded form, where it is one
    character; the character itself otherwise."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = fold(char)
        self[code] = char = folded if len(folded) == 1 else char
        return char


_SAME_LENGTH = _SameLength()


def _marks() -> str:
    """The combining marks as regex ranges: part of the word they follow (Python's \\w has none)."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges)


def _pattern(letter: str, marks: str = "", alone: str = "") -> re.Pattern[str]:
    """The term pattern: runs of `letter` (a character class), within which `marks` may stand;
    characters of `alone` are terms by themselves."""
    char = f"(?:{letter}|[{marks}])" if marks else letter
    before, after = f"(?<!{char})", f"(?!{char})"
    version = f"(?:(?=[0-9])|{after})"  # .net8 is .net 8, as c++17 is c++ 17
    suffixes = (
        r"\+\+"  # c++
        rf"|(?<={before}[a-z])\#{after}"  # c#
        rf"|\.js{version}"  # node.js
        rf"|(?:(?<={before}asp)|(?<={before}vb)|(?<={before}ado))\.net{version}"
        rf"|(?:(?<={before}[a-z])|(?<={before}[a-z][a-z]))&[a-z]{{1,2}}{after}"  # r&d, at&t
    )
    word = f"{letter}{{1,{TERM_MAX}}}"
    if marks:
        word += f"(?:[{marks}]{letter}{{0,{TERM_MAX}}}){{0,{TERM_MAX}}}"
    word += rf"(?:(?=[.+\#&])(?:{suffixes}))?"
    single = f"[{alone}][{marks}]*|" if alone else ""
    possessive = rf"s(?<={char}['’]s){after}"
    return re.compile(rf"{single}(?!{possessive}){word}|{before}\.net{version}")


_KANA = "\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ASCII_WORD = _pattern("[a-z0-9]")
_WORD = _pattern(rf"[^\W_{_KANA}{_HAN}]", _marks() + _INVISIBLE, _KANA + _HAN)


def analyze(text: str) -> list[Token]:
    """The terms of a text in order, with their spans. Never raises; 2 MB/s and more."""
    if text.isascii():
        return [Token(m[0], m.start(), m.end()) for m in _ASCII_WORD.finditer(text.lower())]
    tokens: list[Token] = []
    for m in _WORD.finditer(text.translate(_SAME_LENGTH)):
        word = m[0]
        if word.isascii():
            tokens.append(Token(word, m.start(), m.end()))
        else:
            tokens.extend(Token(term, m.start(), m.end()) for term in _folded_terms(word))
    return tokens


def spans(text: str) -> Iterator[tuple[int, int]]:
    """The spans of `analyze` without its terms; of a text in ASCII each only when asked for."""
    if text.isascii():
        return map(re.Match.span, _ASCII_WORD.finditer(text.lower()))
    return ((token.start, token.end) for token in analyze(text))


@lru_cache(maxsize=4096)
def _folded_terms(word: str) -> tuple[str, ...]:
    """A word that may not be in folded form yet: folding can split it (½ is 1⁄2) or empty it."""
    folded = fold(word)
    if folded == word:
        return () if not any(c.isalnum() for c in word) else (word,)
    return tuple(token.term for token in analyze(folded))


class _Pieces(dict[str, tuple[str, ...]]):
    """The terms of a piece of text, remembered. Forgets all when full, which bounds it; a long
    piece, which hardly comes again, is not kept."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        found = tuple(token.term for token in analyze(piece))
        if len(piece) <= TERM_MAX:
            if len(self) >= _PIECES_MAX:
                self.clear()
            self[piece] = found
        return found


_PIECES = _Pieces()
_PIECES_MAX = 1 << 16
# No term reaches over any other ASCII character, and none is told by what stands beyond one.
_WITHIN_PIECES = "a-zA-Z0-9.+#&'"
_ASCII_CUTS = str.maketrans(
    {chr(code): " " for code in range(128) if not re.match(f"[{_WITHIN_PIECES}]", chr(code))}
)
_PIECE = re.compile(rf"[{_WITHIN_PIECES}\x80-\U0010ffff]+")


def words(text: str) -> list[str]:
    """The terms of `analyze` without their spans, at ten times its speed on running text."""
    ascii_ = text.isascii()
    pieces = text.translate(_ASCII_CUTS).lower().split() if ascii_ else _PIECE.findall(text)
    return list(chain.from_iterable(map(_PIECES.__getitem__, pieces)))


@lru_cache(maxsize=8192)
def terms(text: str) -> tuple[str, ...]:
    """The terms of a short text (a query's word or phrase), remembered."""
    return tuple(token.term for token in analyze(text))


@lru_cache(maxsize=8192)
def spellings(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the words of a query stand in postings: as English stems in most, as German stems in a
    German one. Both are empty where the text has no term."""
    found = terms(text)
    return tuple(ENGLISH[term] for term in found), tuple(GERMAN[term] for term in found)
