"""Facts as foreign sources write them: what is read, and what is left out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.money import Money, Period
from models.posting import DESCRIPTION_MAX, EmploymentType, Given
from sources import facts
from tests.examples import examples


@pytest.mark.parametrize(
    "text, line",
    [
        ("  R&amp;amp;D\n Lead\t", "R&D Lead"),
        ("Cook\x00\x07\x7f", "Cook"),
        ("\x1b[1mCook", "[1mCook"),
        (None, ""),
    ],
)
def test_one_line(text: str | None, line: str) -> None:
    assert facts.one_line(facts.one_line(text)) == line


@pytest.mark.parametrize("text, name", [("Acme ", "Acme"), ("", None), (None, None)])
def test_a_name(text: str | None, name: str | None) -> None:
    assert facts.name(text) == name
    assert facts.name("x" * 201) is None


def test_more_places_than_are_kept() -> None:
    found = facts.places(";".join(f"Town {n}" for n in range(1000)))
    assert (len(found), found[-1]) == (200, "Town 199")


@pytest.mark.parametrize(
    "parts, place",
    [
        (("Seattle", "WA", "us"), "Seattle, WA, United States"),
        (("Seattle", "WA", "USA"), "Seattle, WA, United States"),
        (("Utrecht", "Utrecht", "NL"), "Utrecht, Netherlands"),
        (("Köln", None, "Deutschland"), "Köln, Germany"),
        (("", "N/A", "xx"), "xx"),
        ((None, None, None), ""),
    ],
)
def test_a_place_of_parts(parts: tuple[str | None, str | None, str | None], place: str) -> None:
    assert facts.place(*parts) == place


@pytest.mark.parametrize(
    "text, kind",
    [
        ("International Contractor", EmploymentType.CONTRACT),
        ("Permanent contract", EmploymentType.FULL_TIME),
        ("contrato / tempo indeterminado", None),
        ("Partner", None),
        ("full-or-part-time", None),
        ("Full time or part time", None),
        ("Part-time / Full-time", None),
        ("Regular Full Time (Salary)", EmploymentType.FULL_TIME),
        ("fulltime_fixed_term", EmploymentType.CONTRACT),
        ("parttime_minijob", EmploymentType.PART_TIME),
        ("working_student", EmploymentType.INTERNSHIP),
        ("Internship", EmploymentType.INTERNSHIP),
        ("TEMPORARY", EmploymentType.TEMPORARY),
    ],
)
def test_the_kind_of_employment(text: str, kind: EmploymentType | None) -> None:
    assert facts.employment_type(text) is kind


def test_a_moment_with_its_zone_spelled_out() -> None:
    assert facts.moment("2026-08-01 09:00:00 UTC") == datetime(2026, 8, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [None, -1, 1, 1e18, float("inf"), float("nan")])
def test_seconds_of_no_posting(seconds: float | None) -> None:
    assert facts.since_epoch(seconds) is None


def test_seconds_since_1970() -> None:
    assert facts.since_epoch(1790000000) == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "low, high, currency, period",
    [
        (None, None, "USD", Period.YEAR),
        (0, 0, "USD", Period.YEAR),
        (90000, 80000, "USD", Period.YEAR),
        (80000, 90000, "XYZ", Period.YEAR),
        (80000, 90000, "USD", None),
        (80000, 90000, "USD", Period.HOUR),
        (10, 20, "USD", Period.YEAR),
        (-5, 90000, "USD", Period.YEAR),
        (1, 1e13, "AFN", Period.YEAR),
    ],
)
def test_a_salary_that_is_left_out(
    low: float | None, high: float | None, currency: str, period: Period | None
) -> None:
    assert facts.salary(low, high, currency, period) is None


def test_a_salary() -> None:
    assert facts.salary(0, 90000, " usd ", Period.YEAR) == Money(max=90000, currency="USD")


def test_the_widest_of_the_ranges_that_are_alike() -> None:
    def pay(low: float | None, high: float | None, currency: str = "USD") -> Money:
        return Money(min=low, max=high, currency=currency)

    assert facts.widest([]) is None
    assert facts.widest([None, pay(2, 4), pay(1, 3), pay(0, 9, "EUR")]) == pay(1, 4)
    assert facts.widest([pay(2, 4), pay(3, None)]) == pay(2, None)
    hourly = Money(min=1, max=9, currency="USD", period=Period.HOUR)
    assert facts.widest([pay(2, 4), hourly]) == pay(2, 4)


def test_tags_that_are_skills() -> None:
    tags = ["golang", " Go", "Team Green", "k8s", "C++", ""]
    assert facts.known_skills(tags) == ("Go", "Kubernetes", "C++")


@pytest.mark.parametrize(
    "plain, html",
    [
        ("A\nB\r\n\r\nC < D", "<p>A<br>B</p>\n<p>C &lt; D</p>"),
        ("\n \n", ""),
        ("A\n\n \n\nB", "<p>A</p>\n<p>B</p>"),
        (None, ""),
    ],
)
def test_paragraphs(plain: str | None, html: str) -> None:
    assert facts.paragraphs(plain) == html


def test_sections() -> None:
    parts = ((None, "<p>A</p>"), ("Q & A", " B "), ("Empty", " "), ("None", None), ("", "C"))
    assert facts.sections(*parts) == "<p>A</p>\n<h3>Q &amp; A</h3>\nB\nC"


@pytest.mark.parametrize(
    "text, kept", [("http://a b", "http://a%20b"), ("http://a\x01", None), ("mailto:a@b", None)]
)
def test_an_address(text: str, kept: str | None) -> None:
    assert facts.address(text) == kept


def test_an_id_that_cannot_be_kept_has_one_that_stands_for_it() -> None:
    assert facts.external_id(" a-1 ") == "a-1"
    for odd in ("x" * 201, "a\x01"):
        found = facts.external_id(odd)
        assert found is not None
        assert found == facts.external_id(odd) != facts.external_id(odd + "y")
        assert len(found) == 36


@given(st.text(), st.text(max_size=3) | st.none(), st.floats(), st.floats())
@settings(max_examples=examples(500), deadline=None)
def test_what_is_read_can_be_kept(text: str, code: str | None, low: float, high: float) -> None:
    kept = Given(
        title="Cook",
        company=facts.name(text) or "Acme",
        description=facts.sections((text, text * 2000)),
        locations=facts.places(facts.with_country(text, code), facts.place(text, code, text)),
        employment_type=facts.employment_type(text),
        salary=facts.salary(low, high, code, Period.YEAR),
        skills=facts.known_skills([text]),
        category=facts.name(text),
        url=facts.address(f"https://a.example/{text}"),
        external_id=facts.external_id(text),
        posted_at=facts.moment(text) or facts.since_epoch(low),
    )
    assert Given.model_validate_json(kept.model_dump_json()) == kept
    assert len(kept.description) <= DESCRIPTION_MAX


@pytest.mark.parametrize(
    "said, last",
    [
        ("2026-12-31", datetime(2027, 1, 1, tzinfo=UTC)),
        (" 20261231 ", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-12-31T17:00:00Z", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("9999-12-31", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_day_without_a_time_lasts_to_its_end(said: str | None, last: datetime | None) -> None:
    assert facts.last_moment(said) == last
