"""Our own JSON, as lines and as an array: records, faults, and where they are."""

import json
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.posting import Mode
from sources.base import RECORD_MAX_BYTES, Parsed, Parser, parse
from sources.formats import api_json
from sources.validation import shown
from tests.examples import examples

GOOD = {"title": "Data Engineer", "company": "Acme", "locations": ["Leeds, GB"], "mode": "hybrid"}


def read(parser: Parser, *chunks: bytes) -> list[Parsed]:
    return list(parse(parser, chunks))


def faults(parsed: Parsed) -> list[tuple[str | None, str, str]]:
    return [(error.pointer, error.expected, error.got) for error in parsed.errors]


def array_of(*records: object) -> bytes:
    return b"[\n" + b",\n".join(orjson.dumps(record) for record in records) + b"\n]\n"


def lines_of(*records: object) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


FORMS = [
    pytest.param(api_json.lines_parser, lines_of, 1, id="lines"),
    pytest.param(api_json.array_parser, array_of, 2, id="array"),
]
Make = Callable[[], Parser]
Write = Callable[..., bytes]


@pytest.mark.parametrize("make, write, first", FORMS)
@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_records_and_their_lines(
    make: Make, write: Write, first: int, prefix: bytes, newline: bytes
) -> None:
    document = prefix + write(GOOD, {**GOOD, "title": "Chef"}).replace(b"\n", newline)
    found = read(make(), document)
    assert [(p.line, p.given.title if p.given else None) for p in found] == [
        (first, "Data Engineer"),
        (first + 1, "Chef"),
    ]
    assert found[0].given is not None
    assert found[0].given.mode is Mode.HYBRID


@pytest.mark.parametrize(
    "record, fault",
    [
        ({"company": "Acme"}, ("/title", "a value", "nothing")),
        ({**GOOD, "title": 7}, ("/title", "a valid string", "7")),
        ({**GOOD, "title": ""}, ("/title", "at least 1 character", '""')),
        ({**GOOD, "title": "x" * 301}, ("/title", "at most 300 characters", "301 characters")),
        ({**GOOD, "owner_id": "me"}, ("/owner_id", "a field of a posting", '"me"')),
        ({**GOOD, "title": {"$gt": ""}}, ("/title", "a valid string", '{"$gt":""}')),
        (
            {**GOOD, "url": "javascript:1"},
            ("/url", "an http or https address", '"javascript:1"'),
        ),
        ({**GOOD, "a/b~c": 1}, ("/a~1b~0c", "a field of a posting", "1")),
        (
            {**GOOD, "description": "x" * 100_001},
            ("/description", "at most 100000 characters", "100001 characters"),
        ),
        ([1], ("", "a JSON object", "[1]")),
        (None, ("", "a JSON object", "null")),
    ],
)
@pytest.mark.parametrize("make, write, first", FORMS)
def test_a_bad_record_is_named_and_costs_only_itself(
    make: Make, write: Write, first: int, record: object, fault: tuple[str, str, str]
) -> None:
    before, bad, after = read(make(), write(GOOD, record, GOOD))
    assert before.given == after.given is not None
    assert (bad.line, bad.given, bad.broken) == (first + 1, None, False)
    assert faults(bad) == [fault]


@pytest.mark.parametrize("make, write, first", FORMS)
@pytest.mark.parametrize(
    "text", [b'{"title": }', b'{"title": "a" "b"}', b"\xff", b'{"salary": NaN}', b'"\\ud800"']
)
def test_broken_json_in_one_record(make: Make, write: Write, first: int, text: bytes) -> None:
    document = write(GOOD, "HERE", GOOD).replace(b'"HERE"', text)
    before, bad, after = read(make(), document)
    assert before.given == after.given is not None
    assert (bad.line, bad.broken, bad.errors[0].expected) == (first + 1, False, "a JSON object")
    assert bad.errors[0].position is not None


@pytest.mark.parametrize("make, write, first", FORMS)
def test_a_record_that_is_too_long_is_not_kept(make: Make, write: Write, first: int) -> None:
    huge = json.dumps({**GOOD, "description": "x" * (3 * RECORD_MAX_BYTES)}).encode()
    document = write(GOOD, "HERE", GOOD).replace(b'"HERE"', huge)
    parser = make()
    found = []
    for start in range(0, len(document), 50_000):
        found += parser.feed(document[start : start + 50_000])
        assert len(parser._buffer) <= RECORD_MAX_BYTES + 50_000
    before, bad, after = found + parser.close()
    assert before.given == after.given is not None
    assert bad.line == first + 1
    assert bad.errors[0].got == "a longer one"
    assert after.line == first + 2


def test_lines_after_a_long_array_element_stay_right() -> None:
    huge = b'{"title":\n\n\n"' + b"x" * (2 * RECORD_MAX_BYTES) + b'"\n}'
    found = read(api_json.array_parser(), b"[\n\n" + huge + b",\n" + orjson.dumps(GOOD) + b"]")
    assert [p.line for p in found] == [3, 8]


@pytest.mark.parametrize("location, expected", [("Leeds", ("Leeds",)), (None, ())])
def test_a_single_location(location: str | None, expected: tuple[str, ...]) -> None:
    (found,) = read(
        api_json.lines_parser(), lines_of({"title": "A", "company": "B", "location": location})
    )
    assert found.given is not None
    assert found.given.locations == expected


@pytest.mark.parametrize("currency", ["QQQ", "pounds", "gbp", "XTS"])
def test_a_currency_that_nobody_pays_in_is_a_fault(currency: str) -> None:
    salary = {"min": 1, "currency": currency}
    (found,) = read(api_json.lines_parser(), lines_of({**GOOD, "salary": salary}))
    assert faults(found) == [
        ("/salary/currency", "an ISO 4217 currency code", f'"{currency}"'),
    ]


def test_location_beside_locations_is_a_fault() -> None:
    (found,) = read(api_json.lines_parser(), lines_of({**GOOD, "location": "Leeds"}))
    assert faults(found) == [("/location", "a field of a posting", '"Leeds"')]


@pytest.mark.parametrize(
    "document, kept, line, expected, got",
    [
        (array_of(GOOD, GOOD)[:-30], 1, 3, "a JSON array closed by ]", "the end of the file"),
        (b"[", 0, 1, "a JSON array closed by ]", "the end of the file"),
        (b"", 0, 1, "a JSON array closed by ]", "the end of the file"),
        (b'\n{"title": 1}', 0, 2, "a JSON array", '"{\\"title\\": 1}"'),
        (array_of(GOOD) + b"[]", 1, 4, "nothing after the array", "more text"),
    ],
)
def test_a_broken_array_keeps_what_came_before(
    document: bytes, kept: int, line: int, expected: str, got: str
) -> None:
    parser = api_json.array_parser()
    *before, last = read(parser, document)
    assert len(before) == kept
    assert all(p.given for p in before)
    assert (last.broken, last.line) == (True, line)
    assert faults(last) == [("", expected, got)]
    assert parser.feed(b"[1]") == []


@pytest.mark.parametrize(
    "document, lines",
    [(b"[]", []), (b" [ \n ] \n", []), (b"[1,]", [1, 1]), (b"[,1]", [1, 1]), (b"[\n1,\n]", [2, 3])],
)
def test_empty_elements(document: bytes, lines: list[int]) -> None:
    found = read(api_json.array_parser(), document)
    assert [p.line for p in found] == lines
    assert not any(p.broken for p in found)


def test_blank_lines_are_passed_over_and_a_last_line_needs_no_end() -> None:
    document = b"\n\r\n" + lines_of(GOOD).strip()
    assert [p.line for p in read(api_json.lines_parser(), document)] == [3]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(alphabet='a"\\[]{},\n:é', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("a]\\", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(JSON_VALUES, max_size=6), st.sampled_from([None, 1]), st.data())
@settings(max_examples=examples(150), deadline=None)
def test_the_array_is_cut_as_json_cuts_it_wherever_the_chunks_end(
    values: list[object], indent: int | None, data: st.DataObject
) -> None:
    document = json.dumps(values, indent=indent, ensure_ascii=False).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(document)), max_size=5)))
    chunks = [document[a:b] for a, b in zip([0, *cuts], [*cuts, len(document)], strict=True)]
    whole = read(api_json.array_parser(), document)
    assert read(api_json.array_parser(), *chunks) == whole
    assert len(whole) == len(values)
    assert not any(p.broken for p in whole)


def test_a_value_nested_too_deeply_is_told_by_its_kind() -> None:
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    assert shown(deep) == "an array"
    assert shown({"a": 1}) == '{"a":1}'
