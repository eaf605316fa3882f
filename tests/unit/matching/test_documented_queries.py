"""Every example of docs/alert-language.md is what the page says it is: the normal forms of the
tables, the refusals, and the worked examples with adverts that are processed like real ones."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from matching.check import check, from_json
from matching.evaluate import holds
from matching.language import parse, to_text
from matching.lists import BUILT_IN, Lists, NamedList
from matching.subject import Subject
from models.criteria import Leaf, UnknownPolicy
from models.errors import InvalidQuery
from models.posting import EmploymentType, Given, Level, Posting, Source, Status
from processing.derive import derive
from reference.categories import CATEGORIES
from reference.places import countries_of
from services.alerting.known_lists import NAMED_MAX, leaves
from services.alerting.lists import ITEMS_MAX
from services.alerting.queries import QueryInput, Wanted

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PAGE = (Path(__file__).parents[3] / "docs" / "alert-language.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \| \S", re.MULTILINE)
REFUSED = re.compile(r"^\| `([^`]+)` \| (?!`)[^|]+ \|$", re.MULTILINE)
BLOCK = re.compile(r"^```alert\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JSON_BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JSON_ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| [^|]+ \| `([^|]+)` \|$", re.MULTILINE)
POSTED = re.compile(r"(\d+) days ago")
LISTS: Lists = {
    **BUILT_IN,
    "frontend": NamedList("skill", ("React", "Vue.js", "TypeScript")),
    "watched": NamedList("company", ("Initech",)),
}


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


EXAMPLES = ROW.findall(PAGE.split("\n## As JSON\n")[0])
REFUSALS = REFUSED.findall(_section("What is refused"))
WORKED = BLOCK.findall(_section("Examples"))
VERDICTS = [
    (block.split("\n= ")[0], line[0] == "+", line[2:])
    for block in WORKED
    for line in block.splitlines()
    if line.startswith(("+ ", "- "))
]


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 45
    assert len(REFUSALS) >= 20
    assert len(WORKED) >= 20
    for query in (block.split("\n= ")[0] for block in WORKED):
        assert {caught for asked, caught, _ in VERDICTS if asked == query} == {True, False}


def test_the_page_lists_every_value() -> None:
    facts = " ".join(_section("Facts").split())
    for values in (Level, EmploymentType, CATEGORIES):
        *others, last = values
        assert f"{', '.join(others)} and {last}" in facts


@pytest.mark.parametrize(("query", "normal"), EXAMPLES)
def test_documented_queries(query: str, normal: str) -> None:
    parsed = parse(query, LISTS)
    assert to_text(parsed.criteria, parsed.unknown) == normal
    assert parse(normal, LISTS) == parsed


@pytest.mark.parametrize("query", REFUSALS)
def test_documented_refusals(query: str) -> None:
    with pytest.raises(InvalidQuery):
        check(parse(query).criteria)


def test_the_documented_json_is_the_query_above_it() -> None:
    section = _section("As JSON")
    (body,) = map(json.loads, JSON_BLOCK.findall(section))
    (query,) = re.findall(r"^`(python [^`]+)` is this body", section, re.MULTILINE)
    given = QueryInput.model_validate(body)
    assert Wanted.of(given) == Wanted.of(QueryInput(query=" ".join(query.split())))
    assert from_json(given.criteria) == parse(query).criteria


def test_every_test_is_documented_as_json() -> None:
    rows = dict(JSON_ROW.findall(_section("As JSON")))
    ops = {op: text for names, text in rows.items() for op in re.findall(r"`(\w+)`", names)}
    models = {get_args(leaf.model_fields["op"].annotation)[0]: leaf for leaf in get_args(Leaf)}
    assert ops.keys() == models.keys() | {"and", "or", "not"}
    for op, text in ops.items():
        fields = {test.op for test in leaves(parse(text).criteria)}
        assert op in fields or op in ("and", "or", "not", "employment", "language", "source")


def test_the_documented_limits_are_those_held() -> None:
    section = _section("As JSON")
    assert f"at most {ITEMS_MAX} names" in section
    assert NAMED_MAX == 5
    assert "at most five of" in section
    assert len(countries_of("EU") or ()) == 27


@pytest.mark.parametrize("block", WORKED)
def test_worked_examples_are_alerts_in_all_their_forms(block: str) -> None:
    query, normal, *_ = re.split(r"\n= |\n\+ ", block)
    parsed = parse(query, LISTS)
    check(parsed.criteria)
    assert to_text(parsed.criteria, parsed.unknown) == normal
    assert parse(normal, LISTS) == parsed
    assert from_json(parsed.criteria.model_dump(mode="json"), lists=LISTS) == parsed.criteria


@pytest.mark.parametrize(("query", "caught", "advert"), VERDICTS)
def test_worked_examples_catch_what_they_say(query: str, caught: bool, advert: str) -> None:
    parsed = parse(query, LISTS)
    policy = parsed.unknown or UnknownPolicy.PASS
    assert holds(parsed.criteria, policy, Subject.of(_posting(advert)), NOW) is caught


def _posting(advert: str) -> Posting:
    """The published posting of a line "title · company · place · text · key: value …"."""
    title, company, place, text, *more = advert.split(" · ")
    said = dict(part.split(": ", 1) for part in more)
    given = Given(
        title=title,
        company=company,
        locations=(place,),
        description=f"<p>{text}</p>",
        category=said.pop("category", None),
        posted_at=_posted(said.pop("posted", None)),
    )
    source = Source(name="import", url=said.pop("source", None), seen_at=NOW)
    assert not said
    return Posting(
        id="p",
        owner_id="o",
        given=given,
        derived=derive(given, today=NOW.date()).derived,
        status=Status.PUBLISHED,
        sources=(source,),
        **_seen(NOW),
    )


def _posted(said: str | None) -> datetime | None:
    days = POSTED.fullmatch(said) if said else None
    return NOW - timedelta(days=int(days[1])) if days else None


def _seen(at: datetime) -> dict[str, Any]:
    return dict.fromkeys(("created_at", "updated_at", "first_seen_at"), at)
