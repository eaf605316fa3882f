"""How names are compared: without case, accents and punctuation, with single spaces."""

import unicodedata

_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ə": "a"}
)
_DROPPED = "'’ʼ‘`.ʿʾ´"
_SPACED = '-–—_/\\()[]{},;:|!?*"“”«»•·\t\r\n'
_PUNCTUATION = str.maketrans({**dict.fromkeys(_DROPPED), **dict.fromkeys(_SPACED, " ")})


def lowered(text: str) -> str:
    """Lower case of the same length, so that offsets hold (`İ` lowers to two characters)."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def fold(text: str) -> str:
    """The comparison form: `"Saint-Étienne"` → `"saint etienne"`, `"U.S."` → `"us"`."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(text.casefold().translate(_PUNCTUATION).split())
