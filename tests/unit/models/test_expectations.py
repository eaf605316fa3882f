"""What pydantic finds wrong, told in the words of JSON."""

from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, Field, ValidationError

from models.base import Model
from models.expectations import expectation


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("an even number")
    return number


class Inner(Model):
    id: int


class Outer(Model):
    inner: Inner = Inner(id=1)
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    more: list[int] = Field(default=[])
    facts: dict[str, int] = Field(default={})
    code: Annotated[str, Field(pattern="^[A-Z]$")] = "A"
    text: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    km: Annotated[float, Field(gt=0, le=9)] = 1.0
    hours: Annotated[float, Field(ge=1, lt=9)] = 1.0
    even: Annotated[int, AfterValidator(_even)] = 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"inner": "x"}, "an object"),
        ({"inner": {}}, "a value"),
        ({"other": 1}, "no field of this name"),
        ({"names": "x"}, "an array"),
        ({"names": []}, "an array of at least 1"),
        ({"names": ["a", "b", "c"]}, "an array of at most 2"),
        ({"text": 1}, "a valid string"),
        ({"more": 1}, "an array"),
        ({"facts": []}, "an object"),
        ({"code": "a"}, "a string that matches ^[A-Z]$"),
        ({"text": "a"}, "a string of at least 2 characters"),
        ({"text": "abcd"}, "a string of at most 3 characters"),
        ({"km": 0}, "a number greater than 0.0"),
        ({"km": 10}, "a number of at most 9.0"),
        ({"hours": 0}, "a number of at least 1.0"),
        ({"hours": 9}, "a number less than 9.0"),
        ({"even": 3}, "an even number"),
    ],
)
def test_expectations(body: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Outer.model_validate(body)
    (fault,) = refused.value.errors()
    assert expectation(fault) == expected
