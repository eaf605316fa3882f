"""CSV: quoting, encodings, delimiters, lists, formulas, and cut or crooked files."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.money import Money, Period
from sources.base import RECORD_MAX_BYTES, Parsed, parse
from sources.formats.csv import CsvParser
from tests.examples import examples


def read(*chunks: bytes) -> list[Parsed]:
    return list(parse(CsvParser(), chunks))


def only(document: bytes) -> Parsed:
    (parsed,) = read(document)
    return parsed


FULL = (
    "title,company,locations,skills,remote_countries,mode,salary_min,salary_max,salary_currency,"
    "salary_period,description,external_id\n"
    'Data Engineer,Acme,"Leeds, GB|York, GB",Python; SQL ,GB|IE,hybrid,60000,70000,GBP,year,'
    '"<p>He said ""hi"",\nand left</p>",a-1\n'
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_whole_row(newline: str, bom: bytes) -> None:
    posting = only(bom + FULL.replace("\n", newline).encode()).given
    assert posting is not None
    assert posting.locations == ("Leeds, GB", "York, GB")
    assert posting.skills == ("Python", "SQL")
    assert posting.remote_countries == ("GB", "IE")
    assert posting.salary == Money(min=60000, max=70000, currency="GBP", period=Period.YEAR)
    assert posting.description == f'<p>He said "hi",{newline}and left</p>'
    assert posting.external_id == "a-1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_header_s(delimiter: str) -> None:
    rows = [["Title", "Company", "Apply URL"], ["A; B, C\t", "Acme", "https://a.example/1"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    posting = only(text.getvalue().encode()).given
    assert posting is not None
    assert (posting.title, posting.apply_url) == ("A; B, C", "https://a.example/1")


def test_latin_1_is_read_as_such_row_by_row() -> None:
    rows = ["Köchin,Café – Süd".encode("cp1252"), "Köchin,Café – Süd".encode()]
    found = read(b"title,company\n" + b"\n".join(rows))
    assert [(p.given.title, p.given.company) for p in found if p.given] == [
        ("Köchin", "Café – Süd")
    ] * 2


def test_lines_count_the_lines_inside_quotes_and_blank_ones() -> None:
    found = read(b'title,company\n\n"A\n\nB",Acme\nC,Acme\n"",Acme\nD,Acme')
    assert [(p.line, p.given is not None) for p in found] == [
        (3, True),
        (6, True),
        (7, False),
        (8, True),
    ]


@pytest.mark.parametrize(
    "row, pointer, expected, got",
    [
        ("=HYPERLINK(1),Acme,,", "/title", "a value, not a formula", '"=HYPERLINK(1)"'),
        (",Acme,,", "/title", "a value", "nothing"),
        ("A,Acme,sometimes,", "/mode", "'onsite', 'hybrid' or 'remote'", '"sometimes"'),
        (
            "A,Acme,,much",
            "/salary/min",
            "a valid number, unable to parse string as a number",
            '"much"',
        ),
        ("A,Acme,,1,2", "", "at most 4 cells", "5 cells"),
        ('"A"B,Acme,,', "", "a CSV record", "',' expected after '\"'"),
    ],
)
def test_a_bad_row_is_named_and_costs_only_itself(
    row: str, pointer: str, expected: str, got: str
) -> None:
    header = "title,company,mode,salary_min"
    before, bad, after = read(f"{header}\nX,Acme\n{row}\nY,Acme\n".encode())
    assert before.given is not None
    assert after.given is not None
    assert (bad.line, bad.broken) == (3, False)
    error = bad.errors[0]
    assert (error.pointer, error.expected, error.got) == (pointer, expected, got)


@pytest.mark.parametrize("cell, title", [("'=1+1", "=1+1"), ("'@home", "@home"), ("'s", "'s")])
def test_the_guard_before_a_formula_is_taken_away(cell: str, title: str) -> None:
    posting = only(f"title,company\n{cell},Acme".encode()).given
    assert posting is not None
    assert posting.title == title


@pytest.mark.parametrize(
    "document, kept, line, expected",
    [
        (b"title,wages\nA,1\n", 0, 1, "columns among"),
        (b"\ntitle,title,company\n", 0, 2, "each column once"),
        (b"title,mode\nA,\n", 0, 1, "a column company"),
        (b"", 0, 1, "a header line with column names"),
        (b'title,company\nA,Acme\n"B,Acme\nC,Acme\n', 1, 3, "a closing quote"),
        (
            b'title,company\nA,Acme\n"' + b"x\n" * RECORD_MAX_BYTES,
            1,
            3,
            "a record of at most 1 MiB",
        ),
    ],
)
def test_a_broken_file_says_where_and_keeps_what_came_before(
    document: bytes, kept: int, line: int, expected: str
) -> None:
    *before, last = read(document)
    assert len([p for p in before if p.given]) == len(before) == kept
    assert (last.broken, last.line) == (True, line)
    assert last.errors[0].expected.startswith(expected)


def test_a_quote_inside_a_cell_is_a_character() -> None:
    found = read(b'title,company\n5" screens "",Acme "X"\nB,Acme\n')
    assert [p.given.title for p in found if p.given] == ['5" screens ""', "B"]


CELLS = st.text(alphabet='ab",;|\t\n\r é', max_size=8).map(lambda t: f"x{t}x")


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), st.data())
@settings(max_examples=examples(150), deadline=None)
def test_rows_are_cut_as_the_csv_module_cuts_them_wherever_the_chunks_end(
    rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("title", "company"), *rows])
    document = text.getvalue().encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(document)), max_size=5)))
    chunks = [document[a:b] for a, b in zip([0, *cuts], [*cuts, len(document)], strict=True)]
    found = read(*chunks)
    assert [(p.given.title, p.given.company) for p in found if p.given] == rows
    assert len(found) == len(rows)
