"""Passages: their sentences, and those that speak of something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.evidence import Passage

WORDS = ("remote", " fee", "b2b", "on-site", "x", "é", ". A")
PIECES = st.lists(
    st.sampled_from(
        (*WORDS, "Remote", "REMOTE", " ", ". ", "? ", "\n", "min. ", "U.S. ", "İ", "Feb. 5", "a")
    ),
    max_size=30,
).map("".join)
SHORT = PIECES.map(lambda text: Passage("description", text))
LONG = PIECES.map(lambda text: Passage("description", "filler of no meaning\n" * 30 + text))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?\n\n  Four ", ["One.", "Two!", "Three?", "Four"]),
        ("From Feb. 5 on. Then 5. Januar.", ["From Feb. 5 on.", "Then 5. Januar."]),
        ("The U.S. office. Min. 2 years", ["The U.S. office.", "Min. 2 years"]),
        ("Acme Inc. and Rs. 500, ca. 3 p.m. daily", None),
        ("Version 3.5 of it...", None),
        ("word " * 250, ["word " * 200, "word " * 50]),
        (" \n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str] | None) -> None:
    found = [text[start:end] for start, end in Passage("description", text).sentences]
    assert found == ([text] if sentences is None else [said.strip() for said in sentences])


@given(passage=st.one_of(SHORT, LONG), words=st.lists(st.sampled_from(WORDS), max_size=4))
def test_saying(passage: Passage, words: list[str]) -> None:
    """A sentence says a word that begins in it, or in the white space before it."""
    begun, expected = 0, []
    for start, end in passage.sentences:
        heads = range(begun, end)
        if any(passage.lowered.startswith(word, at) for word in words for at in heads):
            expected.append((start, end))
        begun = end
    assert list(passage.saying(tuple(words))) == expected


@given(passage=st.one_of(SHORT, LONG), words=st.lists(st.sampled_from(WORDS), max_size=4))
def test_mentions(passage: Passage, words: list[str]) -> None:
    assert passage.mentions(tuple(words)) == any(word in passage.lowered for word in words)


@given(st.text())
def test_lower_case_stands_at_the_same_offsets(text: str) -> None:
    passage = Passage("title", text)
    assert len(passage.lowered) == len(text)
    assert passage.evidence(1, 3, "x@1").text == text[1:3]
