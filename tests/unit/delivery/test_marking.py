"""Marks: the pieces are the text again, and exactly the spans are marked."""

from hypothesis import given
from hypothesis import strategies as st

from delivery.marking import mark


def test_words_are_marked_in_order() -> None:
    assert mark("Senior Data Engineer", [(12, 20), (0, 6)]) == [
        ("Senior", True),
        (" Data ", False),
        ("Engineer", True),
    ]


def test_a_span_outside_of_the_text_is_ignored() -> None:
    assert mark("short", [(10, 20), (3, 99)]) == [("sho", False), ("rt", True)]


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40))))
def test_the_pieces_are_the_text_and_mark_what_the_spans_cover(
    text: str, spans: list[tuple[int, int]]
) -> None:
    pieces = mark(text, spans)
    assert "".join(piece for piece, _ in pieces) == text
    marks = [marked for piece, marked in pieces for _ in piece]
    covered = [any(a <= place < b for a, b in spans) for place in range(len(text))]
    assert marks == covered
