"""Shares as part of the package, and equity that is something else."""

import pytest

from processing.evidence import Passage
from processing.facts.equity import equity


def read(text: str):
    found = equity(Passage("description", text))
    return found is not None and found[1].text


@pytest.mark.parametrize(
    "text, words",
    [
        ("Salary plus meaningful equity (0.5%)", "equity"),
        ("You get stock options.", "stock options"),
        ("Base, bonus and RSUs", "RSUs"),
        ("48,000 EUR plus phantom shares", "phantom shares"),
    ],
)
def test_equity(text, words):
    assert read(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "Diversity, equity and inclusion matter to us.",
        "A private equity firm",
        "You cover equity research.",
        "We care for health equity.",
        "We do not offer equity.",
        "The shop has plenty of stock.",
        "",
    ],
)
def test_no_equity(text):
    assert read(text) is False
