"""What may be answered while documents or stream are away."""

from collections import Counter
from typing import Any

import pytest

from chaos import rows_backends
from chaos.rows_backends import ROWS, wrong_answers
from tests.unit.chaos.trials import Answered


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


@pytest.mark.parametrize(
    ("name", "statuses", "is_right"),
    [
        ("documents", [503, 503], True),
        ("documents", [503, 202], False),
        ("stream", [202, 202], True),
        ("stream", [202, 503], False),
        ("stream", [202, 0], False),
        ("stream", [429], False),
    ],
)
def test_an_outage_is_judged_by_what_was_answered(
    monkeypatch: pytest.MonkeyPatch, name: str, statuses: list[int], is_right: bool
) -> None:
    monkeypatch.setattr(rows_backends, "POLL_S", 0.02)
    monkeypatch.setattr(rows_backends, "SHORT_DOWN_S", 0.03)
    (row,) = (row for row in ROWS if row.name == name)
    trial: Any = Answered(statuses)
    outcome = row.run(trial)
    assert (outcome.faults == ()) is is_right
    assert str(statuses[-1] or "no answer") in outcome.note
