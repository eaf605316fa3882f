"""Every example of docs/alert-language.md parses to the normal form that the page shows."""

import re
from pathlib import Path

import pytest

from matching.check import check
from matching.language import parse, to_text
from models.errors import InvalidQuery

PAGE = Path(__file__).parents[3] / "docs" / "alert-language.md"
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \| \S", re.MULTILINE)
EXAMPLES = ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 30


@pytest.mark.parametrize(("query", "normal"), EXAMPLES)
def test_documented_queries(query: str, normal: str) -> None:
    parsed = parse(query)
    assert to_text(parsed.criteria, parsed.unknown) == normal
    assert parse(normal) == parsed


@pytest.mark.parametrize(
    "query",
    ["-php", "posted<7d", "python -python", "level:junior level:senior", "remote:GB mode:onsite"],
)
def test_documented_refusals(query: str) -> None:
    assert f"`{query}`" in PAGE.read_text(encoding="utf-8")
    with pytest.raises(InvalidQuery):
        check(parse(query).criteria)
