"""What may be answered while the documents are away."""

from collections import Counter

import pytest

from chaos.rows_backends import wrong_answers


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        ({503: 6}, []),
        ({503: 1, 409: 1, 429: 3}, []),
        ({503: 6, 202: 1}, ["1 answers of 202 while the documents were away"]),
        ({503: 6, 500: 3}, ["3 answers of 500 while the documents were away"]),
        ({503: 6, 504: 1}, ["1 answers of 504 while the documents were away"]),
        ({503: 6, 0: 3}, ["3 requests without an answer while the documents were away"]),
        ({}, ["nobody was answered 503 while the documents were away"]),
    ],
)
def test_503_and_nothing_else_is_right(answered: dict[int, int], said: list[str]) -> None:
    assert wrong_answers(Counter(answered)) == said
