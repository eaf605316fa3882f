"""Pairs of postings of which it is known whether they tell of one vacancy, made from real ones.

Employer, title and locations are those of a real posting; the text is made for it. One side is
then told again as another board would tell it, alone or in several ways at once, or changed into
another vacancy. Seeded: the same pairs each time.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.clustering.texts import advert, html
from models.money import Money, Period
from models.posting import Given

Change = Callable[[Given, random.Random], Given | None]
"""A posting told in another way; None where this one cannot be."""

ANOTHER_TEAM = "another team, same title"
_TOWN = re.compile(r"(?!.*(?:remote|hybrid|office|home|distributed))[^,;]+,[^;]+", re.IGNORECASE)
"""A location that names a town and where it lies."""
ELSEWHERE = (
    "Leeds, United Kingdom",
    "Lyon, France",
    "Osaka, Japan",
    "Denver, CO",
    "Poznań, Poland",
)
_ABBREVIATED = (
    ("Senior ", "Sr. "),
    ("Sr. ", "Senior "),
    ("Junior ", "Jr. "),
    ("Manager", "Mgr"),
    ("Full Stack", "Full-Stack"),
    (" and ", " & "),
    (" & ", " and "),
    ("Representative", "Rep"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """`kind` names what was done to the second."""

    kind: str
    first: Given
    second: Given
    is_one: bool


def with_text(given: Given, *, shared: float) -> Given:
    """The real posting with a text of its own; `shared` is the employer's part of it."""
    team = " ".join(given.locations)
    return _said(given, advert(given.company, given.title, team, shared=shared))


def pairs(postings: Sequence[Given], seed: int) -> Iterator[Pair]:
    """For each posting every way of telling it again, and every other vacancy, that it allows."""
    for number, given in enumerate(postings):
        chance = random.Random(seed + number)
        first = with_text(given, shared=chance.uniform(0.2, 0.6))
        for changes, is_one in ((SAME, True), (OTHER, False)):
            for kind, change in changes.items():
                second = change(first, chance)
                if second is not None:
                    yield Pair(kind, first, second, is_one)
        other = postings[(number + 1) % len(postings)]
        if other.company == given.company and other.title != given.title:
            text = with_text(other, shared=0.6)
            yield Pair("another title", first, _copy(text, locations=first.locations), False)
        if given.locations and all(map(_TOWN.fullmatch, given.locations)):
            for kind, (one, another) in TWINS.items():
                yield Pair(kind, _changed(first, one), _changed(first, another), False)


def _copy(given: Given, **changes: object) -> Given:
    return Given.model_validate(given.model_dump() | changes)


def _said(given: Given, sentences: list[str]) -> Given:
    return _copy(given, description=html(sentences))


def _sentences(given: Given) -> list[str]:
    text = given.description.replace("<p>", "").replace("</p>", " ")
    return [f"{sentence.strip(' .')}." for sentence in text.split(". ") if sentence.strip(" .")]


def _elsewhere(given: Given, chance: random.Random) -> Given:
    number = chance.randrange(10_000, 99_999)
    return _copy(given, url=f"https://board.example/{number}", external_id=f"x{number}")


def _retitled(given: Given, chance: random.Random) -> Given:
    title = given.title
    for long, short in _ABBREVIATED:
        if long in title:
            title = title.replace(long, short)
            break
    where = given.locations[0] if given.locations else "Remote"
    number = chance.randrange(10_000, 99_999)
    frames = (
        f"{title} (m/f/d)",
        f"{title} - {where}"[:300],
        f"{title} (R-{number})",
        f"{title} | {given.company}",
        f"{title} - Full-time",
        title.upper(),
    )
    return _copy(_elsewhere(given, chance), title=chance.choice(frames)[:300])


def _reordered(given: Given, chance: random.Random) -> Given | None:
    head, comma, tail = given.title.partition(", ")
    if not comma or "," in tail or "(" in given.title:
        return None
    return _copy(_elsewhere(given, chance), title=f"{tail} - {head}")


def _excerpt(given: Given, chance: random.Random) -> Given:
    said = _sentences(given)
    return _said(
        _elsewhere(given, chance), said[: max(6, int(len(said) * chance.uniform(0.2, 0.6)))]
    )


def _framed(given: Given, chance: random.Random) -> Given:
    before = advert("JobBoard", "any", "before", shared=0.5)[:5]
    after = advert("JobBoard", "any", "after", shared=0.5)[:7]
    return _said(_elsewhere(given, chance), [*before, *_sentences(given), *after])


def _edited(given: Given, chance: random.Random) -> Given:
    said = [sentence for sentence in _sentences(given) if chance.random() > 0.1]
    at = chance.randrange(len(said))
    new = advert(given.company, given.title, "edit")[-12:-10]
    return _said(_elsewhere(given, chance), [*said[:at], *new, *said[at:]])


def _placeless(given: Given, chance: random.Random) -> Given:
    return _copy(_elsewhere(given, chance), locations=())


def _one_place(given: Given, chance: random.Random) -> Given | None:
    if len(given.locations) < 2:
        return None
    return _copy(_elsewhere(given, chance), locations=(chance.choice(given.locations),))


def _retitled_excerpt(given: Given, chance: random.Random) -> Given:
    return _excerpt(_retitled(given, chance), chance)


def _textless(given: Given, chance: random.Random) -> Given:
    return _copy(_elsewhere(given, chance), description="")


def _company_respelled(given: Given, chance: random.Random) -> Given:
    frames = (f"{given.company}, Inc.", given.company.upper(), f"{given.company} Ltd")
    return _copy(_elsewhere(given, chance), company=chance.choice(frames))


SAME: dict[str, Change] = {
    "another source": _elsewhere,
    "title reworded": _retitled,
    "title in another order": _reordered,
    "excerpt of the text": _excerpt,
    "preamble and footer": _framed,
    "a tenth rewritten": _edited,
    "no place": _placeless,
    "one of its places": _one_place,
    "reworded, and an excerpt": _retitled_excerpt,
    "no text": _textless,
    "employer spelled otherwise": _company_respelled,
}


def _other_city(given: Given, chance: random.Random) -> Given | None:
    if not given.locations or not all(map(_TOWN.fullmatch, given.locations)):
        return None  # a country, or remote: the other city may well be in it
    said = " ".join(given.locations)
    others = [place for place in ELSEWHERE if place.partition(",")[0] not in said]
    return _copy(_elsewhere(given, chance), locations=(chance.choice(others),))


def _other_level(given: Given, chance: random.Random) -> Given:
    title = given.title
    for rank in ("Senior ", "Sr. ", "Sr ", "Staff ", "Principal ", "Lead ", "Junior "):
        if rank in title:
            return _copy(_elsewhere(given, chance), title=title.replace(rank, ""))
    return _copy(_elsewhere(given, chance), title=f"Senior {title}"[:300])


def _other_team(given: Given, chance: random.Random) -> Given:
    said = advert(given.company, given.title, f"team {chance.random()}", shared=0.6)
    return _said(_elsewhere(given, chance), said)


def _other_speciality(given: Given, chance: random.Random) -> Given:
    """The employer's template with one word of the title changed, on its own board."""
    words = [word for word in ("Payments", "Dental", "Retail") if word not in given.title]
    return _copy(given, title=f"{given.title} {chance.choice(words)}"[:300])


def _other_company(given: Given, chance: random.Random) -> Given:
    name = f"{given.company} {chance.choice(('Foods', 'Robotics', 'Partners'))}"
    return _copy(_elsewhere(given, chance), company=name)


OTHER: dict[str, Change] = {
    "another city": _other_city,
    "another level": _other_level,
    ANOTHER_TEAM: _other_team,
    "another speciality, same text": _other_speciality,
    "another employer, same text": _other_company,
}

TWINS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "another shop, same text": ({"title": "Store #1204"}, {"title": "Store #1377"}),
    "another arrangement, one site": ({"title": "Hybrid"}, {"title": "Remote"}),
    "another street, same text": ({"street": "12 Lake St"}, {"street": "900 Michigan Ave"}),
    "another pay, same text": ({"pay": "40000-45000"}, {"pay": "140000-145000"}),
}
"""What one side of two vacancies with one text has, and what the other."""


def _changed(given: Given, told: dict[str, str]) -> Given:
    changes: dict[str, object] = {}
    if "title" in told:
        changes["title"] = f"{given.title[:270]} - {told['title']}"
    if "street" in told:
        changes["locations"] = tuple(f"{told['street']}, {each}" for each in given.locations)
    if "pay" in told:
        least, most = map(float, told["pay"].split("-"))
        changes["salary"] = Money(min=least, max=most, currency="USD", period=Period.YEAR)
    return _copy(given, **changes)
