"""Postings and criteria out of a small vocabulary, so that random ones collide in every way."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

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
    Given,
    Level,
    Mode,
    Place,
    Posting,
    Status,
    Visa,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def _place(id_: int, name: str, kind: Any, lat: float, lon: float, *within: int) -> Place:
    return Place(
        id=id_, name=name, kind=kind, country="GB", lat=lat, lon=lon, within=within, region=None
    )


BRITAIN = _place(2635167, "United Kingdom", "country", 51.50853, -0.12574)
ENGLAND = _place(6269131, "England", "region", 52.16045, -0.70312, BRITAIN.id)
LEEDS = _place(2644688, "Leeds", "city", 53.79648, -1.54785, ENGLAND.id, BRITAIN.id)
YORK = _place(2633352, "York", "city", 53.95763, -1.08271, ENGLAND.id, BRITAIN.id)
LONDON = _place(2643743, "London", "city", 51.50853, -0.12574, ENGLAND.id, BRITAIN.id)
PLACES = (LEEDS, YORK, LONDON, ENGLAND, BRITAIN)

WORDS = (
    "data", "engineer", "engineering", "engine", "senior", "c++", "c", "C#", "Node.js", "R&D",
    "développeur", "developpeur", "Straße", "工程師", "full-time", "Go", "go-getter", ".NET",
)  # fmt: skip
SKILLS = ("Python", "Node.js", "data engineer", "C++", "Go")
AGES_H = (0.0, 1.0, 24.0, 24.0001, 200.0, -5.0)
PAYS = (50_000.0, 70_000.0, 70_000.01, 90_000.0)


def posting(id_: str, **facts: Any) -> Posting:
    """A published posting; `facts` go into its given or derived part by their name, its times
    (`posted_at`, `first_seen_at`) where they belong."""
    seen = facts.pop("first_seen_at", NOW - timedelta(hours=1))
    own = {name: facts.pop(name) for name in ("status", "version") if name in facts}
    given = {
        name: facts.pop(name)
        for name in ("title", "company", "posted_at", "given_skills")
        if name in facts
    }
    return Posting(
        id=id_,
        owner_id="owner",
        given=Given(
            title=given.get("title", "Engineer"),
            company=given.get("company", "Acme"),
            posted_at=given.get("posted_at"),
            skills=given.get("given_skills", ()),
        ),
        derived=Derived(html="", text=facts.pop("text", ""), **facts),
        created_at=seen,
        updated_at=seen,
        first_seen_at=seen,
        **({"status": Status.PUBLISHED} | own),
    )


def pay(least: float | None, most: float | None) -> AnnualPay:
    return AnnualPay(min=least, max=most, currency="USD", usd_min=least, usd_max=most)


def some_posting(random_: random.Random, number: int) -> Posting:
    """A random one of the vocabulary, with every fact sometimes not stated."""

    def text(longest: int) -> str:
        return " ".join(random_.choices(WORDS, k=random_.randint(1, longest)))

    def maybe(values: Any) -> Any:
        return random_.choice([None, *values])

    def several(values: Any) -> Any:
        return tuple(random_.sample(values, k=random_.randint(0, 2)))

    least, most = sorted(random_.choices(PAYS, k=2))
    stated = random_.choice([None, pay(least, most), pay(least, None), pay(None, most)])
    return posting(
        f"{number:08x}-{random_.getrandbits(32):08x}",
        title=text(3),
        text=random_.choice(["", text(8)]),
        company=text(2),
        given_skills=several(SKILLS),
        skills=several(SKILLS),
        places=several(PLACES),
        mode=maybe(Mode),
        remote_countries=several(("GB", "DE")),
        level=maybe(Level),
        employment_type=maybe(EmploymentType),
        visa=maybe(Visa),
        language=maybe(("en", "de")),
        pay_annual=stated,
        posted_at=maybe([NOW - timedelta(hours=h) for h in AGES_H]),
        first_seen_at=NOW - timedelta(hours=random_.choice(AGES_H)),
    )


def _subset(values: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(list(values)), min_size=1, max_size=3).map(tuple)


_texts = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(" ".join),
    st.sampled_from(["e", "eng", "d", "c", "node", "n", "!!", "?"]),
)
_hard = st.booleans()
_amounts = st.none() | st.sampled_from(PAYS)
leaves: st.SearchStrategy[Criteria] = st.one_of(
    st.builds(
        Words,
        field=st.sampled_from(["any", "title", "description", "company"]),
        kind=st.sampled_from(["word", "phrase", "prefix"]),
        text=_texts,
        hard=_hard,
    ),
    st.builds(HasSkill, skill=st.sampled_from([*SKILLS, "?"]), hard=_hard),
    st.builds(LevelIn, min=st.sampled_from(Level), max=st.sampled_from(Level), hard=_hard),
    st.builds(EmploymentIn, values=_subset(EmploymentType), hard=_hard),
    st.builds(ModeIn, values=_subset(Mode), hard=_hard),
    st.builds(
        Near,
        place=st.sampled_from(PLACES),
        km=st.sampled_from([0.001, 35.0, 36.0, 300.0, 20_000.0]),
        hard=_hard,
    ),
    st.builds(In, place=st.sampled_from(PLACES), hard=_hard),
    st.builds(RemoteFrom, country=st.none() | st.sampled_from(["GB", "FR"]), hard=_hard),
    st.builds(
        Pay,
        min=_amounts,
        max=_amounts,
        currency=st.sampled_from(["USD", "EUR", "XXX"]),
        period=st.sampled_from([Period.YEAR, Period.HOUR]),
        hard=_hard,
    ),
    st.builds(VisaIs, value=st.sampled_from(["offered", "refused"]), hard=_hard),
    st.builds(LanguageIn, values=_subset(["en", "de", "fr"]), hard=_hard),
    st.builds(
        PostedWithin,
        field=st.sampled_from(["posted", "first_seen"]),
        hours=st.sampled_from([0.5, 1.0, 24.0, 1000.0]),
        hard=_hard,
    ),
)


def _joined(inner: st.SearchStrategy[Criteria]) -> st.SearchStrategy[Criteria]:
    items = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Not, item=inner), st.builds(And, items=items), st.builds(Or, items=items)
    )


trees: st.SearchStrategy[Criteria] = st.recursive(leaves, _joined, max_leaves=8)
