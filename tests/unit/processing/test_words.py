"""Words that stand in a text are found as by looking for each of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.words import runs, standing

LETTERS = "ab \n-éİſ😀\ud800"
TEXTS = st.one_of(st.text(max_size=60), st.text(alphabet=LETTERS, max_size=60))
WORDS = st.lists(st.one_of(st.text(max_size=6), st.text(alphabet=LETTERS, max_size=6)), max_size=8)


@given(text=TEXTS, words=WORDS)
def test_as_if_each_were_sought(text: str, words: list[str]) -> None:
    found = list(standing(tuple(words), text, runs(text)))
    assert found == [word for word in words if word in text]


@given(before=TEXTS, word=st.text(max_size=12), after=TEXTS)
def test_what_stands_there_is_never_missed(before: str, word: str, after: str) -> None:
    text = before + word + after
    assert list(standing((word,), text, runs(text))) == [word]


@pytest.mark.parametrize(
    ("absent", "present"),
    [("remotely", "remote"), ("on-site", "on site"), ("sick", "physics like"), ("hrs", "hours")],
)
def test_few_others_are_sought(absent: str, present: str) -> None:
    """A text with none of a word's runs is not searched for it."""

    class Unsearchable(str):
        def __contains__(self, word: str) -> bool:
            raise AssertionError(word)

    text = Unsearchable(present)
    assert list(standing((absent,), text, runs(text))) == []


def test_no_words_are_none() -> None:
    assert list(standing((), "text", runs("text"))) == []
