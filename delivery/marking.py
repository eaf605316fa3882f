"""Marks the words of a text that decided a match."""

from collections.abc import Iterable

Piece = tuple[str, bool]
"""A stretch of text, and whether it is marked."""


def mark(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """The text cut into marked and plain pieces; joined, they are the text again.

    Spans are [start, end) in characters, in any order; overlaps are merged and what lies outside
    the text is ignored, since a text may have changed after it was matched.
    """
    pieces: list[Piece] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if at < start:
            pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces
