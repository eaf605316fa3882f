"""Records that are no posting: what is wrong with them, and whose they are all the same."""

from typing import Any

import pytest

from sources.validation import parsed

SOUND = {"title": "Cook", "company": "Acme", "external_id": "7"}
PAY = {"min": 1, "max": 2, "currency": "XXQ", "period": "year"}


@pytest.mark.parametrize(
    "wrong, pointer",
    [
        ({"title": None}, "/title"),
        ({"title": "x" * 10_000}, "/title"),
        ({"company": 7, "posted_at": "soon"}, "/company"),
        ({"salary": PAY}, "/salary/currency"),
        ({"cuisine": "French"}, "/cuisine"),
    ],
)
def test_a_faulty_record_says_whose_it_is(wrong: dict[str, Any], pointer: str) -> None:
    found = parsed(3, {**SOUND, **wrong})
    assert (found.line, found.given, found.external_id) == (3, None, "7")
    assert found.errors[0].pointer == pointer


@pytest.mark.parametrize("identity", [None, 7, "x" * 10_000, "a\0b", ["7"]])
def test_an_identity_that_is_a_fault_is_none(identity: Any) -> None:
    found = parsed(1, {**SOUND, "title": None, "external_id": identity})
    assert (found.given, found.external_id) == (None, None)


def test_a_record_without_an_identity_has_none() -> None:
    assert parsed(1, {"title": None}).external_id is None


def test_a_sound_record_says_it_in_the_posting() -> None:
    found = parsed(1, SOUND)
    assert found.given is not None
    assert (found.given.external_id, found.external_id, found.errors) == ("7", None, ())
