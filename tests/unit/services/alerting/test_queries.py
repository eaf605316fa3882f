"""Queries as clients send them: what is wrong is told by where it stands in the body."""

import pytest
from pydantic import TypeAdapter, ValidationError

from matching.bounds import TEXT_MAX
from models.errors import InvalidQuery
from services.alerting.lists import ListName
from services.alerting.queries import QueryInput, Wanted


@pytest.mark.parametrize(
    ("text", "size", "position"),
    [("x" * (TEXT_MAX + 1), 2049, 2048), ("é " * 700, 2100, 1365), ("x" * 50_000, 50_000, 2048)],
)
def test_a_long_text_is_told_its_bytes(text: str, size: int, position: int) -> None:
    with pytest.raises(InvalidQuery) as refused:
        Wanted.of(QueryInput(query=text))
    (error,) = refused.value.errors
    assert (error.pointer, error.expected) == ("/query", "at most 2048 bytes of text")
    assert (error.got, error.position) == (f"{size} bytes", position)


def test_the_schema_tells_the_length() -> None:
    (text, _) = QueryInput.model_json_schema()["properties"]["query"]["anyOf"]
    assert text["maxLength"] == TEXT_MAX


def test_the_name_of_a_list() -> None:
    assert TypeAdapter(ListName).validate_python("watched-2_b") == "watched-2_b"


@pytest.mark.parametrize("name", ["", "Watched", "two words", "-a", "a" * 41, "é"])
def test_another_name_of_a_list_is_told_what_it_can_be(name: str) -> None:
    with pytest.raises(ValidationError, match="at most 40 of a-z, 0-9, - and _"):
        TypeAdapter(ListName).validate_python(name)
