"""Whether two postings tell of one vacancy: what speaks for it, and what alone forbids it."""

from datetime import date
from typing import Any

import pytest

from models.money import Money, Period
from models.posting import EmploymentType, Given, Level, Mode
from processing.copies.employers import employer_key
from processing.copies.fingerprint import Marks, marks
from processing.copies.similarity import likeness
from processing.derive import derive
from tests.unit.services.clusters.test_clustering import text

TEXT = text(1)
LONDON, LEEDS = "London, United Kingdom", "Leeds, United Kingdom"


def seen(title: str = "Data Engineer", *, said: str = TEXT, **stated: Any) -> Marks:
    fields: dict[str, Any] = {
        "company": "Acme",
        "locations": (LONDON,),
        "url": "https://jobs.lever.co/acme/1",
    }
    what = Given(title=title, description=f"<p>{said}</p>", **(fields | stated))
    return marks(what, derive(what, today=date(2026, 11, 21)).derived, owner_id="o")


def like(a: Marks, b: Marks) -> float | None:
    found = likeness(a.traits, b.traits)
    assert found == likeness(b.traits, a.traits), "who is asked first does not count"
    return found


ELSEWHERE = {"url": "https://board.example/7"}


@pytest.mark.parametrize(
    "other",
    [
        seen(**ELSEWHERE),
        seen("Data Engineer (m/f/d) - London", **ELSEWHERE),
        seen(said=TEXT[: len(TEXT) // 3]),
        seen(said=f"Found for you today by our board. {TEXT} Apply with one click, it is free."),
        seen(said=" ".join((*TEXT.split()[:57], "changed", *TEXT.split()[60:]))),
        seen(locations=()),
        seen(locations=(LONDON, LEEDS)),
        seen(locations=("United Kingdom",)),
        seen(locations=("Remote, UK",), mode=Mode.REMOTE),
        seen(company="ACME Ltd."),
        seen(company="acme.com"),
        seen("Data Engineer, Payments", **ELSEWHERE),
        seen(said=""),
    ],
    ids=[
        "another source",
        "title reworded",
        "excerpt",
        "framed",
        "some words changed",
        "no place",
        "one more place",
        "the country",
        "remote in the country",
        "legal form",
        "domain",
        "a word more in the title of another source",
        "no text, same place",
    ],
)
def test_one_vacancy(other: Marks) -> None:
    assert like(seen(), other) is not None
    assert not set(seen().lookups).isdisjoint(other.bands), "it would not be looked at"
    assert not set(other.lookups).isdisjoint(seen().bands), "it would not be looked at"


@pytest.mark.parametrize(
    "other",
    [
        seen("Senior Data Engineer"),
        seen("Data Engineer II"),
        seen("Data Analyst"),
        seen("Data Engineer, Payments"),
        seen("Data Engineer, Payments", **ELSEWHERE, said=TEXT[: len(TEXT) // 2]),
        seen("Data Engineer, Payments Platform", **ELSEWHERE),
        seen(locations=(LEEDS,)),
        seen(locations=("Remote, US",), mode=Mode.REMOTE),
        seen(locations=(LEEDS,), said=""),
        seen(locations=("United Kingdom",), said=""),
        seen(locations=(), said=""),
        seen(company="Acme Robotics"),
        seen(said=text(2)),
        seen(employment_type=EmploymentType.INTERNSHIP),
        seen(level=Level.JUNIOR),
    ],
    ids=[
        "rank",
        "numbered rank",
        "title",
        "a word more in the title of one source",
        "a word more, and half of the text",
        "two words more",
        "city",
        "remote elsewhere",
        "city, no text",
        "only the country, no text",
        "nothing, no text",
        "employer",
        "text",
        "employment",
        "level",
    ],
)
def test_two_vacancies(other: Marks) -> None:
    one = seen(employment_type=EmploymentType.FULL_TIME, level=Level.MID)
    assert like(one, other) is None


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        (("Hunker, PA",), ("York, PA",), False),
        (("Hunker, PA",), ("Hunker, PA",), True),
        (("Hunker, PA",), ("PA",), True),
        (("Moon Base",), ("moon  base",), True),
        (("Moon Base",), ("Mars Base",), False),
        (("Moon Base",), (LONDON,), True),
        ((LONDON, LEEDS), (LEEDS, "Paris, France"), True),
        (("United States",), ("Paris, France",), False),
    ],
)
def test_places(one: tuple[str, ...], other: tuple[str, ...], are_one: bool) -> None:
    found = like(seen(locations=one), seen(locations=other, **ELSEWHERE))
    assert (found is not None) is are_one


def paid(least: float, most: float) -> dict[str, Money]:
    return {"salary": Money(min=least, max=most, currency="GBP", period=Period.YEAR)}


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        (paid(40_000, 45_000), paid(140_000, 145_000), False),
        (paid(40_000, 45_000), paid(40_000, 50_000), True),
        (paid(40_000, 45_000), paid(46_000, 50_000), True),
        (paid(40_000, 45_000), {}, True),
        ({"mode": Mode.HYBRID}, {"mode": Mode.REMOTE}, False),
        ({"mode": Mode.HYBRID}, {"mode": Mode.REMOTE} | ELSEWHERE, True),
        ({"mode": Mode.HYBRID}, {"mode": Mode.ONSITE}, True),
        ({"mode": Mode.HYBRID}, {}, True),
        ({"locations": ("12 Lake St, Leeds",)}, {"locations": ("900 King Road, Leeds",)}, False),
        ({"locations": ("12 Lake St, Leeds",)}, {"locations": ("12 Lake Street, Leeds",)}, True),
        ({"locations": ("12 Lake St, Leeds",)}, {"locations": (LEEDS,)}, True),
    ],
)
def test_what_is_stated_besides(one: dict[str, Any], other: dict[str, Any], are_one: bool) -> None:
    assert (like(seen(**one), seen(**other)) is not None) is are_one


def test_the_more_of_the_text_is_the_same_the_more_alike() -> None:
    exact = like(seen(), seen(**ELSEWHERE))
    cut = like(seen(), seen(said=TEXT[: len(TEXT) // 2]))
    assert exact is not None
    assert cut is not None
    assert exact > cut


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("Acme, Inc.", "ACME", True),
        ("Open AI", "OpenAI", True),
        ("Remote.com", "Remote.com, Inc.", True),
        ("https://www.apollo.io/", "Apollo", True),
        ("Acme", "Acme Robotics", False),
        ("!!!", "???", False),
    ],
)
def test_employers(one: str, other: str, are_one: bool) -> None:
    assert (employer_key(one) == employer_key(other)) is are_one


def test_an_address_that_is_none_stands_for_no_site() -> None:
    assert seen(url="http://[broken/1").traits.site is None
