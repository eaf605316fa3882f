"""A schema.org JobPosting -> the fields of `Given`. https://schema.org/JobPosting

What is stated so that it can only mean one thing becomes a field; the rest (a pay without its
period, an estimated pay) is left to the text, or left out.
"""

import re
from typing import Any
from urllib.parse import urljoin

from models.money import Money, Period
from models.posting import Mode
from sources import facts
from sources.boards.eligibility import eligible_countries
from sources.formats.json_page import number
from sources.formats.linked_data import Node, objects, texts
from sources.validation import Fields

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?")
_PERIODS = (
    ("hour", Period.HOUR),
    ("day", Period.DAY),
    ("daily", Period.DAY),
    ("week", Period.WEEK),
    ("month", Period.MONTH),
    ("year", Period.YEAR),
    ("annual", Period.YEAR),
    ("annum", Period.YEAR),
)
_OCCUPATION_CODE = re.compile(r"^\d{2}-\d{4}(?:\.\d{2})?\s*:?\s*")
_BETWEEN_SKILLS = re.compile(r"[,;|•]")


def fields_of(job: Node, *, external_id: str, page: str, company: str) -> Fields:
    """`job` has lower-case keys. `page` is where it was found, `company` whose it is where it
    names none. Never raises."""
    modes = filter(None, map(facts.mode, texts(job.get("joblocationtype"))))
    mode = next(modes, None)
    remote = mode is Mode.REMOTE
    eligible = texts(job.get("applicantlocationrequirements"))
    places = _places(job.get("joblocation"))
    url = _address(job.get("url"), page) or facts.address(page)
    return {
        "title": _line(job.get("title")) or _line(job.get("name")) or None,
        "company": _company(job) or company or None,
        "description": facts.sections((None, _markup(job.get("description")))),
        "locations": facts.places(*(places or (eligible if remote else ()))),
        "mode": mode,
        "remote_countries": eligible_countries(eligible) if remote else (),
        "employment_type": _employment(job.get("employmenttype")),
        "salary": _salary(job),
        "skills": _skills(job.get("skills")),
        "category": _category(job),
        "url": url,
        "apply_url": url if job.get("directapply") in (True, "true", "True") else None,
        "external_id": external_id,
        "posted_at": facts.moment(_line(job.get("dateposted"))),
        "closes_at": facts.last_moment(_line(job.get("validthrough"))),
    }


def _line(value: Any) -> str:
    """One text without tags and white space runs; of several the first."""
    return next(iter(texts(value)), "")


def _markup(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return facts.unescaped(first) if isinstance(first, str) else ""


def _company(job: Node) -> str:
    for organization in objects(job.get("hiringorganization")):
        if name := _line(organization.get("name")) or _line(organization.get("legalname")):
            return name
    return ""


def _address(value: Any, page: str) -> str | None:
    try:
        return facts.address(urljoin(page, value)) if isinstance(value, str) and value else None
    except ValueError:
        return None


def _places(value: Any) -> list[str]:
    """ "Leeds, West Yorkshire, GB" of each place: its address, else its name."""
    found = []
    for place in objects(value):
        addresses = [_address_line(address) for address in objects(place.get("address"))]
        if not any(addresses) and "addresslocality" in place:
            addresses = [_address_line(place)]
        found += [line for line in addresses if line] or texts(place.get("name"))
    return found


def _address_line(address: Node) -> str:
    named = ("addresslocality", "addressregion", "addresscountry")
    return facts.place(*(_line(address.get(part)) for part in named)) or _line(address.get("name"))


def _employment(value: Any) -> Any:
    found = (facts.employment_type(text) for text in texts(value))
    return next((kind for kind in found if kind is not None), None)


def _salary(job: Node) -> Money | None:
    """Only what the employer pays: an `estimatedSalary` is somebody's guess."""
    found = []
    for base in objects(job.get("basesalary")):
        currency = _line(base.get("currency")) or _line(job.get("salarycurrency"))
        for value in objects(base.get("value")) or [base]:
            period = _period(_line(value.get("unittext")) or _line(base.get("unittext")))
            low, high = _amount(value.get("minvalue")), _amount(value.get("maxvalue"))
            if low is None and high is None:
                low = high = _amount(value.get("value", value.get("name")))
            found.append(facts.salary(low, high, currency, period))
    return facts.widest(found)


def _amount(value: Any) -> float | None:
    """A number, also written "1,234.50"."""
    thousands = isinstance(value, str) and _THOUSANDS.fullmatch(value.strip())
    return number(value.replace(",", "") if thousands else value)


def _period(text: str) -> Period | None:
    words = text.lower()
    return next((period for sign, period in _PERIODS if sign in words), None)


def _skills(value: Any) -> tuple[str, ...]:
    return facts.known_skills(part for text in texts(value) for part in _BETWEEN_SKILLS.split(text))


def _category(job: Node) -> str | None:
    named = _line(job.get("occupationalcategory")) or _line(job.get("industry"))
    return facts.name(_OCCUPATION_CODE.sub("", named))
