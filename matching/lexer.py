"""The characters of a query: a cursor that reads keywords, quoted texts and bare values.

The alert language has no tokens apart from their context (`<` ends a place in `near:Leeds<40km`,
`-` is an exclusion only before an item), so the parser asks for what it can use next.
"""

import re
from dataclasses import dataclass

from matching.faults import Fault, invalid
from models.errors import InvalidQuery

QUOTES = '"“”„'
"""Keyboards of phones write curly quotes; all of them open and close a text."""
MINUSES = "-−–—"
QUOTED = rf"[{QUOTES}][^{QUOTES}]*[{QUOTES}]"
OPERATOR = r"(?::?(?:<=|>=|=<|=>|<|>|≤|≥)|:?==?|:)"
_WRITTEN_FOR = {"≤": "<=", "=<": "<=", "≥": ">=", "=>": ">=", "=": ":", "==": ":"}
_BARE = re.compile(rf"[^\s(),{QUOTES}]+")
_BARE_OF = {
    "near": re.compile(rf"[^\s(),<≤{QUOTES}]+"),  # a distance may follow
    "pay": re.compile(rf"(?:[^\s(),{QUOTES}]|(?<=\d),(?=\d))+"),  # 70,000
}
_FIELD = re.compile(rf"([A-Za-z_]+)({OPERATOR})")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a test: a field's name and its operator, one of : < <= > and >=.
    `length` is that of what was written, which may be `≥` or `:>=`."""

    name: str
    operator: str
    length: int
    equates: bool
    """Whether it is written with a plain =."""


class Scanner:
    """A position in a text. Positions count characters from 0."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def peek(self, ahead: int = 0) -> str:
        """The next character, empty at the end."""
        return self.text[self.position + ahead : self.position + ahead + 1]

    def at_space(self) -> bool:
        return self.at_end or self.peek().isspace()

    def skip_space(self) -> None:
        self.position = _SPACE.match(self.text, self.position).end()  # type: ignore[union-attr]  # it matches the empty text

    def take(self, literal: str) -> bool:
        """Go past the literal if it is next."""
        found = self.text.startswith(literal, self.position)
        self.position += len(literal) if found else 0
        return found

    def at_keyword(self, word: str) -> bool:
        """Whether AND, OR or NOT stands here as a word of its own, in capitals."""
        end = self.position + len(word)
        follows = self.text[end : end + 1]
        return self.text.startswith(word, self.position) and (
            not follows or follows.isspace() or follows in "()" or follows in QUOTES
        )

    def take_keyword(self, word: str) -> bool:
        found = self.at_keyword(word)
        self.position += len(word) if found else 0
        return found

    def take_minus(self) -> bool:
        """Go past a `-` that excludes the item right behind it. Phones write a dash for it."""
        follows = self.peek(1)
        return bool(follows) and not follows.isspace() and any(map(self.take, MINUSES))

    def peek_head(self) -> Head | None:
        """The field name and operator that stand here, if any: `level>=`."""
        found = _FIELD.match(self.text, self.position)
        if found is None:
            return None
        plain = found[2].removeprefix(":") or ":"
        operator = _WRITTEN_FOR.get(plain, plain)
        return Head(found[1], operator, len(found[0]), plain.startswith("="))

    def at_quote(self) -> bool:
        return bool(self.peek()) and self.peek() in QUOTES

    def quoted(self) -> str:
        """The text between quotes; a backslash takes the next character as it is."""
        opening = self.position
        self.position += 1
        found: list[str] = []
        while not self.at_end:
            char = self.peek()
            self.position += 1
            if char in QUOTES:
                return "".join(found)
            if char == "\\" and not self.at_end:
                char = self.peek()
                self.position += 1
            found.append(char)
        self.position = opening
        raise self.fault("a closing quote for this text", self.text[opening:])

    def bare(self, field: str = "") -> str:
        """Characters up to white space, parenthesis, comma or quote; empty if there are none."""
        found = _BARE_OF.get(field, _BARE).match(self.text, self.position)
        if found is None:
            return ""
        self.position = found.end()
        return found[0]

    def fault(self, expected: str, got: str | None = None) -> InvalidQuery:
        """The error that something else was expected here."""
        if got is None:
            found = _BARE.match(self.text, self.position)
            got = found[0] if found else "a space" if self.peek().isspace() else self.peek()
            got = got or "the end"
        return invalid(Fault(expected, got), position=self.position)
