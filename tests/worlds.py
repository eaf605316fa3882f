"""Postings and criteria out of one small vocabulary, so that random ones collide in every way."""

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from matching.language import normalise
from matching.lists import BUILT_IN, Lists, NamedList
from matching.place_names import find_place
from matching.subject import Subject
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    LevelIn,
    ModeIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    VisaIs,
    Words,
)
from models.money import AnnualPay, Period
from models.posting import (
    Clearance,
    Derived,
    EmploymentType,
    Evidence,
    Given,
    Level,
    Mode,
    Place,
    Posting,
    Source,
    Status,
    Visa,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
WORDS = (
    "data", "engineer", "engineers", "engineering", "Ingenieur", "Ingenieure", "ingénieur",
    "python", "senior", "C++", "c", "Node.js", "R&D", "Straße", "開発", "full-time", "Bachelor's",
)  # fmt: skip
COMPANIES = ("Acme", "ACME, Inc.", "Hays plc", "Data Engineers Ltd", "R&D")
SKILLS = ("Python", "SQL", "C++", "Machine Learning")
CATEGORIES = ("engineering", "data", "design")
PAYS = (50_000.0, 70_000.0, 70_000.01, 90_000.0)
YEARS = (0.0, 0.5, 2.0, 5.0)
AGES_H = (-5.0, 0.0, 1.0, 24.0, 24.0001, 25.0, 200.0)
SOURCES = tuple(
    Source(name=name, url=url, seen_at=NOW)
    for name, url in (
        ("api", None),
        ("import", "https://boards.greenhouse.io/acme/jobs/1"),
        ("Feed-7", "https://jobs.acme.co.uk/1"),
    )
)
LISTS: Lists = {
    **BUILT_IN,
    "watched": NamedList("company", ("Acme GmbH", "data engineers")),
    "stack": NamedList("skill", ("Python", "C++")),
}


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
    `company`, `given_skills`, `posted_at`, `first_seen_at`, and `status`, `version`, `sources`."""
    seen = facts.pop("first_seen_at", NOW - timedelta(hours=1))
    own = {name: facts.pop(name) for name in ("status", "version", "sources") if name in facts}
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
        created_at=seen,
        updated_at=seen,
        first_seen_at=seen,
        **({"status": Status.PUBLISHED} | own),
    )


def subject(**facts: Any) -> Subject:
    return Subject.of(posting(**facts))


def pay(least: float | None, most: float | None) -> AnnualPay:
    return AnnualPay(min=least, max=most, currency="USD", usd_min=least, usd_max=most)


def evidence(field: Any, start: int, text: str) -> tuple[Evidence, ...]:
    return (Evidence(field=field, start=start, end=start + len(text), text=text, by="test@1"),)


def some_posting(random_: random.Random, id_: str = "p1") -> Posting:
    """A random posting, with every fact sometimes not stated."""

    def text(longest: int) -> str:
        return " ".join(random_.choices(WORDS, k=random_.randint(1, longest)))

    def maybe(values: Any) -> Any:
        return random_.choice([None, *values])

    def several(values: Any) -> Any:
        return tuple(random_.sample(values, k=random_.randint(0, 2)))

    least, most = sorted(random_.choices(PAYS, k=2))
    return posting(
        id_,
        title=text(3),
        text=random_.choice(["", text(6)]),
        company=random_.choice([*COMPANIES, text(2)]),
        given_skills=several(SKILLS),
        skills=several(SKILLS),
        places=several(all_places()),
        mode=maybe(Mode),
        remote_countries=several(("GB", "DE")),
        level=maybe(Level),
        experience_years=maybe(YEARS),
        employment_type=maybe(EmploymentType),
        visa=maybe(Visa),
        clearance=maybe(Clearance),
        category=maybe(CATEGORIES),
        language=maybe(("en", "de")),
        pay_annual=random_.choice([None, pay(least, most), pay(least, None), pay(None, most)]),
        sources=several(SOURCES),
        posted_at=maybe([NOW - timedelta(hours=h) for h in AGES_H]),
        first_seen_at=NOW - timedelta(hours=random_.choice(AGES_H)),
    )


def subjects() -> st.SearchStrategy[Subject]:
    """Random postings, as `some_posting` makes them."""
    return st.randoms(use_true_random=False).map(lambda r: Subject.of(some_posting(r)))


def _texts(longest: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=longest).map(" ".join)


def _sets(values: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(list(values)), min_size=1, max_size=3).map(tuple)


_hard = st.booleans()
_fields = st.sampled_from(["any", "title", "description", "company"])
_words = st.one_of(
    st.builds(Words, field=_fields, kind=st.sampled_from(["word", "phrase"]), text=_texts(2)),
    st.builds(
        Words,
        field=_fields,
        kind=st.just("prefix"),
        text=st.sampled_from(["da", "eng", "engineers", "Ingé", "pyth", "c++", "node"]),
    ),
)
_levels = st.builds(
    lambda pair, hard: LevelIn(min=pair[0], max=pair[1], hard=hard),
    st.tuples(st.sampled_from(Level), st.sampled_from(Level)).map(
        lambda pair: sorted(pair, key=lambda level: level.rank)
    ),
    _hard,
)
_experience = st.builds(
    lambda ends, hard: Experience(min=ends[0], max=ends[1], hard=hard),
    st.one_of(
        st.sampled_from(YEARS[1:]).map(lambda least: (least, None)),
        st.sampled_from(YEARS).map(lambda most: (None, most)),
        st.tuples(st.sampled_from(YEARS), st.sampled_from(YEARS)).map(sorted),
    ),
    _hard,
)
_pay_ends = st.one_of(
    st.sampled_from(PAYS).map(lambda least: (least, None)),
    st.sampled_from(PAYS).map(lambda most: (None, most)),
    st.tuples(st.sampled_from(PAYS), st.sampled_from(PAYS)).map(sorted),
)
_pays = st.builds(
    lambda ends, currency, period, hard: Pay(
        min=ends[0], max=ends[1], currency=currency, period=period, hard=hard
    ),
    _pay_ends,
    st.sampled_from(["USD", "GBP"]),
    st.sampled_from(Period),
    _hard,
)
_lists = st.builds(
    lambda name, hard: InList(
        field=LISTS[name].field, name=name, items=LISTS[name].items, hard=hard
    ),
    st.sampled_from(["agencies", "watched", "stack"]),
    _hard,
)
leaves: st.SearchStrategy[Criteria] = st.one_of(
    _words,
    _words,
    st.builds(HasSkill, skill=st.sampled_from(SKILLS), hard=_hard),
    _levels,
    _experience,
    st.builds(EmploymentIn, values=_sets(EmploymentType), hard=_hard),
    st.builds(ModeIn, values=_sets(Mode), hard=_hard),
    st.builds(
        Near,
        place=st.deferred(lambda: st.sampled_from(cities())),
        km=st.sampled_from([0.5, 35.0, 36.0, 500.25]),
        hard=_hard,
    ),
    st.builds(In, place=st.deferred(lambda: st.sampled_from(all_places())), hard=_hard),
    st.builds(RemoteFrom, country=st.none() | st.sampled_from(["GB", "FR", "NA"]), hard=_hard),
    _pays,
    st.builds(VisaIs, value=st.sampled_from(["offered", "refused"]), hard=_hard),
    st.builds(ClearanceIs, value=st.sampled_from(Clearance), hard=_hard),
    st.builds(CategoryIn, values=_sets(CATEGORIES), hard=_hard),
    st.builds(
        SourceIn,
        values=_sets(["api", "API", "feed-7", "greenhouse.io", "boards.greenhouse.io", "co.uk"]),
        hard=_hard,
    ),
    _lists,
    st.builds(LanguageIn, values=_sets(["en", "de", "fr"]), hard=_hard),
    st.builds(
        PostedWithin,
        field=st.sampled_from(["posted", "first_seen"]),
        hours=st.sampled_from([0.5, 1.0, 24.0, 36.0, 1000.0]),
        hard=_hard,
    ),
)
"""Every test of the language, in normal form or not."""

wild_leaves: st.SearchStrategy[Criteria] = st.one_of(
    leaves,
    st.builds(
        Words,
        field=_fields,
        kind=st.sampled_from(["word", "phrase", "prefix"]),
        text=_texts(2) | st.sampled_from(["e", "de", "n", "!!", "?"]),
        hard=_hard,
    ),
    st.builds(HasSkill, skill=st.just("?"), hard=_hard),
    st.builds(LevelIn, min=st.sampled_from(Level), max=st.sampled_from(Level), hard=_hard),
    st.builds(Experience, min=st.none() | st.just(3.0), max=st.none() | st.just(1.0), hard=_hard),
    st.builds(Pay, min=st.none() | st.just(1.0), currency=st.just("XXX"), hard=_hard),
    st.builds(InList, field=st.sampled_from(["company", "skill"]), name=st.just("?"), hard=_hard),
)
"""Also tests that no text can ask for, but a tree as JSON can state: they mean something too."""


def _joined(inner: st.SearchStrategy[Criteria]) -> st.SearchStrategy[Criteria]:
    items = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Not, item=inner), st.builds(And, items=items), st.builds(Or, items=items)
    )


trees: st.SearchStrategy[Criteria] = st.recursive(leaves, _joined, max_leaves=10)
"""Any tree, in normal form or not."""
wild_trees: st.SearchStrategy[Criteria] = st.recursive(wild_leaves, _joined, max_leaves=8)
normal_trees = trees.map(normalise)


def _bushy(chance: random.Random, depth: int) -> Criteria:
    """A tree of `depth` levels with groups of up to fourteen, and `not` anywhere."""
    if depth == 0 or chance.random() < 0.2:
        return _bushy_leaf(chance)
    if chance.random() < 0.25:
        return Not(item=_bushy(chance, depth - 1))
    size = chance.choice([2, 3, 14]) if depth > 1 else chance.choice([2, 14, 40])
    items = tuple(_bushy(chance, depth - 1) for _ in range(size))
    return chance.choice([And, Or])(items=items)


def _bushy_leaf(chance: random.Random) -> Criteria:
    field = chance.choice(["any", "title", "description", "company"])
    text = " ".join(chance.choices(WORDS, k=chance.choice([1, 1, 2])))
    hard = chance.random() < 0.3
    return chance.choice(
        [
            *[Words(field=field, kind="phrase", text=text)] * 6,
            HasSkill(skill=chance.choice(SKILLS), hard=hard),
            LevelIn(min=Level.JUNIOR, max=chance.choice([Level.JUNIOR, Level.SENIOR]), hard=hard),
            ModeIn(values=(chance.choice(list(Mode)),), hard=hard),
            Pay(min=chance.choice(PAYS), currency="USD", hard=hard),
            RemoteFrom(country=chance.choice([None, "GB"]), hard=hard),
            In(place=chance.choice(all_places()), hard=hard),
        ]
    )


bushy_trees: st.SearchStrategy[Criteria] = st.integers(0, 2**32).map(
    lambda seed: normalise(_bushy(random.Random(seed), seed % 4))
)
"""Trees as wide as an alert may be, which the others never are: long lists of alternatives, groups
of one kind made of the other kind by `not`, units with far jumps."""
