"""Postings and criteria out of one small vocabulary, so that random ones collide in every way."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from matching.language import normalise
from matching.place_names import find_place
from matching.subject import Subject
from models.criteria import (
    And,
    Criteria,
    EmploymentIn,
    HasSkill,
    In,
    LanguageIn,
    LevelIn,
    ModeIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    VisaIs,
    Words,
)
from models.money import AnnualPay, Period
from models.posting import (
    Derived,
    EmploymentType,
    Evidence,
    Given,
    Level,
    Mode,
    Place,
    Posting,
    Status,
    Visa,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
WORDS = ("data", "engineer", "python", "senior", "C++", "R&D", "ingénieur", "開発", "full-time")
SKILLS = ("Python", "SQL", "C++", "Machine Learning")
PAYS = (50_000.0, 70_000.0, 90_000.0)


@cache
def place(text: str) -> Place:
    return find_place(text)


@cache
def cities() -> tuple[Place, ...]:
    return tuple(map(place, ("Leeds, GB", "York, GB", "Paris, FR", "Paris, Texas, US")))


@cache
def all_places() -> tuple[Place, ...]:
    return (*cities(), place("England, GB"), place("United Kingdom"), place("France"))


def posting(id_: str = "p1", **facts: Any) -> Posting:
    """A published posting; `facts` go into its derived part by their name, apart from `title`,
    `company`, `given_skills`, `posted_at` and `first_seen_at`."""
    seen = facts.pop("first_seen_at", NOW - timedelta(hours=1))
    return Posting(
        id=id_,
        owner_id="owner",
        given=Given(
            title=facts.pop("title", "Engineer"),
            company=facts.pop("company", "Acme"),
            posted_at=facts.pop("posted_at", None),
            skills=facts.pop("given_skills", ()),
        ),
        derived=Derived(html="", text=facts.pop("text", ""), **facts),
        status=Status.PUBLISHED,
        created_at=seen,
        updated_at=seen,
        first_seen_at=seen,
    )


def subject(**facts: Any) -> Subject:
    return Subject.of(posting(**facts))


def pay(least: float | None, most: float | None) -> AnnualPay:
    return AnnualPay(min=least, max=most, currency="USD", usd_min=least, usd_max=most)


def evidence(field: Any, start: int, text: str) -> tuple[Evidence, ...]:
    return (Evidence(field=field, start=start, end=start + len(text), text=text, by="test@1"),)


def _texts(longest: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=longest).map(" ".join)


def _some(values: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(list(values)), max_size=2, unique=True).map(tuple)


def _maybe(values: Any) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(list(values))


_ranges = st.tuples(st.sampled_from(PAYS), st.sampled_from(PAYS)).map(sorted)
_pays = st.one_of(
    st.none(),
    _ranges.map(lambda r: pay(*r)),
    st.sampled_from(PAYS).map(lambda least: pay(least, None)),
    st.sampled_from(PAYS).map(lambda most: pay(None, most)),
)
_moments = st.sampled_from([NOW - timedelta(hours=h) for h in (-5, 0, 1, 24, 25, 200)])


def subjects() -> st.SearchStrategy[Subject]:
    """Random postings, with every fact sometimes not stated."""
    return st.fixed_dictionaries(
        {
            "title": _texts(3),
            "text": st.just("") | _texts(6),
            "company": _texts(2),
            "given_skills": _some(SKILLS),
            "skills": _some(SKILLS),
            "places": st.deferred(lambda: _some(all_places())),
            "mode": _maybe(Mode),
            "remote_countries": _some(("GB", "DE")),
            "level": _maybe(Level),
            "employment_type": _maybe(EmploymentType),
            "visa": _maybe(Visa),
            "language": _maybe(("en", "de")),
            "pay_annual": _pays,
            "posted_at": st.none() | _moments,
            "first_seen_at": _moments,
        }
    ).map(lambda facts: subject(**facts))


def _levels() -> st.SearchStrategy[LevelIn]:
    ordered = st.tuples(st.sampled_from(Level), st.sampled_from(Level)).map(
        lambda pair: sorted(pair, key=lambda level: level.rank)
    )
    return st.builds(
        lambda pair, hard: LevelIn(min=pair[0], max=pair[1], hard=hard), ordered, _hard
    )


def _pay_tests() -> st.SearchStrategy[Pay]:
    ends = st.one_of(
        st.sampled_from(PAYS).map(lambda least: (least, None)),
        st.sampled_from(PAYS).map(lambda most: (None, most)),
        _ranges.map(tuple),
    )
    return st.builds(
        lambda ends, currency, period, hard: Pay(
            min=ends[0], max=ends[1], currency=currency, period=period, hard=hard
        ),
        ends,
        st.sampled_from(["USD", "GBP"]),
        st.sampled_from(Period),
        _hard,
    )


def _sets(values: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(list(values)), min_size=1, max_size=3).map(tuple)


_hard = st.booleans()
_fields = st.sampled_from(["any", "title", "description", "company"])
leaves: st.SearchStrategy[Criteria] = st.one_of(
    st.builds(Words, field=_fields, kind=st.sampled_from(["word", "phrase"]), text=_texts(2)),
    st.builds(
        Words,
        field=_fields,
        kind=st.just("prefix"),
        text=st.sampled_from(["da", "eng", "pyth", "c++", "Ingé"]),
    ),
    st.builds(HasSkill, skill=st.sampled_from(SKILLS), hard=_hard),
    _levels(),
    st.builds(EmploymentIn, values=_sets(EmploymentType), hard=_hard),
    st.builds(ModeIn, values=_sets(Mode), hard=_hard),
    st.builds(
        Near,
        place=st.deferred(lambda: st.sampled_from(cities())),
        km=st.sampled_from([0.5, 40.0, 500.25]),
        hard=_hard,
    ),
    st.builds(In, place=st.deferred(lambda: st.sampled_from(all_places())), hard=_hard),
    st.builds(RemoteFrom, country=st.none() | st.sampled_from(["GB", "FR", "NA"]), hard=_hard),
    _pay_tests(),
    st.builds(VisaIs, value=st.sampled_from(["offered", "refused"]), hard=_hard),
    st.builds(LanguageIn, values=_sets(["en", "de", "fr"]), hard=_hard),
    st.builds(
        PostedWithin,
        field=st.sampled_from(["posted", "first_seen"]),
        hours=st.sampled_from([0.5, 1, 24, 36, 1000]),
        hard=_hard,
    ),
)


def _joined(inner: st.SearchStrategy[Criteria]) -> st.SearchStrategy[Criteria]:
    items = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Not, item=inner), st.builds(And, items=items), st.builds(Or, items=items)
    )


trees: st.SearchStrategy[Criteria] = st.recursive(leaves, _joined, max_leaves=10)
"""Any tree, in normal form or not."""
normal_trees = trees.map(normalise)
