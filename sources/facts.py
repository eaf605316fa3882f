"""Facts as foreign sources write them. What cannot be read is left out: a posting with an odd date
or an unknown kind of contract is still a posting, and what is not stated is unknown.
"""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from models.base import derived_id
from models.money import Money, Period
from models.posting import DESCRIPTION_MAX, EmploymentType, Mode
from processing.facts.employment import kind_of_value
from processing.facts.pay import plausible
from reference import countries, skills
from reference.money import ISO_4217

_PLACEHOLDERS = frozenset({"", "-", "n/a", "none", "null", "location", "tbd", "unknown"})
_PLACE_MAX = 200
_PLACES_MAX = 200
_PLACES_TEXT_MAX = 40_000
_LINE_MAX = 1000
_NAME_MAX = 200
_PAY_MAX = 1e12
_DAY_ONLY = re.compile(r"\d{4}-?\d\d-?\d\d")
_EPOCH_FROM, _EPOCH_TO = 946_684_800, 4_102_444_800
"""The years 2000 to 2100, in seconds since 1970."""
_SKILLS_MAX = 100
_EXTERNAL_ID_MAX = 200
_ADDRESS_MAX = 2000
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"<[a-zA-Z/!]")
_ESCAPED_TAG = re.compile(r"&(?:amp;)*lt;/?[a-zA-Z]")
_CODE_MAX = len("USA")
_PLACE_PARTS = re.compile(r"[,;/()|]|\s[-–—]\s|\bor\b|\band\b")
_ALSO_PLACES = frozenset({"georgia", "jordan", "lebanon", "luxembourg", "panama", "mexico"})
"""Names of countries that are cities or states as well."""
_MODES = (
    ("hybrid", Mode.HYBRID),
    ("temporar", None),
    ("covid", None),
    ("remote", Mode.REMOTE),
    ("full", Mode.REMOTE),
    ("telecommut", Mode.REMOTE),
    ("site", Mode.ONSITE),
)


def one_line(text: str | None) -> str:
    """The text without entities that were escaped twice, white space runs as one space."""
    return " ".join(_CONTROLS.sub(" ", html.unescape(text or "")).split())


def name(text: str | None) -> str | None:
    """A short text on one line; None where there is none, or where it is too long to be a name."""
    found = one_line(text)
    return found if 0 < len(found) <= _NAME_MAX else None


def places(*texts: str | None) -> tuple[str, ...]:
    """The places of location texts: split at ";", each once, placeholders as "N/A" left out; at
    most 200."""
    cut = ((text or "")[:_PLACES_TEXT_MAX] for text in texts)
    parts = (one_line(part) for text in cut for part in text.split(";"))
    named = (part for part in parts if part.casefold() not in _PLACEHOLDERS)
    found = dict.fromkeys(place for part in named for place in _fitting(part))
    return tuple(found)[:_PLACES_MAX]


def place(city: str | None, region: str | None, country: str | None) -> str:
    """ "Bengaluru, KA, India": the parts that are given, each once; a country by its English name,
    as IN is also Indiana."""
    parts = (one_line(part) for part in (city, region, _country_name(country)))
    named = (part for part in parts if part.casefold() not in _PLACEHOLDERS)
    return ", ".join(dict.fromkeys(named))


def with_country(line: str | None, country: str | None) -> str:
    """The line of a place with the country (a code or a name) behind it where it names none.

    A country's name that is a city's or a state's too counts only where it is that country.
    """
    line = one_line(line)
    code = _country_code(country)
    if not line or code is None or len(line) > _LINE_MAX:
        return line
    for part in _PLACE_PARTS.split(line):
        found = countries.country_code(part)
        sure = len(part.strip()) > _CODE_MAX and part.strip().casefold() not in _ALSO_PLACES
        if found == code or (found is not None and sure):
            return line
    return f"{line}, {_name_of(code)}"


def _country_code(country: str | None) -> str | None:
    """The code that a country's code, also in small letters, or its name stands for."""
    text = one_line(country)
    return countries.country_code(text.upper() if len(text) <= _CODE_MAX else text)


def _country_name(country: str | None) -> str:
    """The English name of a country's code or name; another text as it is."""
    code = _country_code(country)
    return _name_of(code) if code else one_line(country)


def _name_of(code: str) -> str:
    return countries.countries()[code].name.removeprefix("The ")


def _fitting(text: str) -> list[str]:
    """A long list of places as several texts that each can be kept, cut at commas."""
    found = [""]
    for part in text.split(", "):
        longer = f"{found[-1]}, {part}" if found[-1] else part
        if len(longer) <= _PLACE_MAX:
            found[-1] = longer
        else:
            found.append(part[:_PLACE_MAX])
    return [place for place in found if place]


def employment_type(text: str | None) -> EmploymentType | None:
    """ "Full-time", "FullTime", "fulltime_permanent", "Intern", "Independent Contractor (FT)"; None
    for what may be either, and for what is none."""
    return kind_of_value(text) if text else None


def mode(text: str | None) -> Mode | None:
    """Teamtailor's fully, hybrid, temporary, none; Indeed's "Fully remote", "Hybrid remote"."""
    words = (text or "").casefold()
    return next((found for sign, found in _MODES if sign in words), None)


def moment(text: str | None) -> datetime | None:
    """An RFC 822 or ISO 8601 date, also "2026-08-01 09:00:00 UTC"; one without a zone is in UTC."""
    text = (text or "").strip().removesuffix(" UTC")
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def last_moment(text: str | None) -> datetime | None:
    """The end of what is said, as of a closing date: a day without a time is meant whole."""
    found = moment(text)
    if found is None or not _DAY_ONLY.fullmatch((text or "").strip()):
        return found
    try:
        return found + timedelta(days=1)
    except OverflowError:
        return None


def since_epoch(seconds: float | None) -> datetime | None:
    """The moment that many seconds after 1970; None for one that no posting can be of."""
    if seconds is None or not _EPOCH_FROM <= seconds <= _EPOCH_TO:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def salary(
    low: float | None, high: float | None, currency: str | None, period: Period | None
) -> Money | None:
    """A stated range of pay (a bound of 0 is none); None where its currency or period is not known
    or where nobody is paid that much or little for such a period."""
    currency = (currency or "").strip().upper()
    low, high = low or None, high or None
    bounds = [bound for bound in (low, high) if bound is not None]
    if period is None or currency not in ISO_4217 or not bounds or bounds != sorted(bounds):
        return None
    if not all(0 < bound <= _PAY_MAX and plausible(bound, currency, period) for bound in bounds):
        return None
    return Money(min=low, max=high, currency=currency, period=period)


def widest(ranges: Iterable[Money | None]) -> Money | None:
    """One range for all that are in the currency and for the period of the first: a posting may
    state one for each zone. A bound is open where it is open in any of them."""
    known = [pay for pay in ranges if pay is not None]
    if not known:
        return None
    alike = [p for p in known if (p.currency, p.period) == (known[0].currency, known[0].period)]
    lows, highs = [p.min for p in alike], [p.max for p in alike]
    return Money(
        min=None if None in lows else min(low for low in lows if low is not None),
        max=None if None in highs else max(high for high in highs if high is not None),
        currency=known[0].currency,
        period=known[0].period,
    )


def known_skills(texts: Iterable[str]) -> tuple[str, ...]:
    """Those of a posting's tags that are skills, by their usual names; at most 100."""
    found = (skills.canonical(one_line(text)) for text in texts)
    return tuple(dict.fromkeys(skill for skill in found if skill))[:_SKILLS_MAX]


def unescaped(text: str | None) -> str:
    """HTML that was escaped as a whole, as HTML, also where that was done twice; what has tags was
    not escaped and stays as it is."""
    found = text or ""
    if not _TAG.search(found):
        found = html.unescape(found)
    if not _TAG.search(found) and _ESCAPED_TAG.search(found):
        found = html.unescape(found)
    return found


def paragraphs(text: str | None) -> str:
    """Plain text as HTML: a paragraph for each block, its lines kept apart."""
    blocks = re.split(r"\n\s*\n", (text or "").strip().replace("\r\n", "\n"))
    escaped = (html.escape(block.strip(), quote=False) for block in blocks if block.strip())
    return "\n".join(f"<p>{block}</p>".replace("\n", "<br>") for block in escaped)


def sections(*parts: tuple[str | None, str | None]) -> str:
    """(heading, HTML) after (heading, HTML), as one description; empty sections are left out. One
    that is longer than we keep is cut between its tags."""
    found = []
    for heading, body in parts:
        if body and body.strip():
            title = html.escape(one_line(heading), quote=False)
            found.append(f"<h3>{title}</h3>\n{body.strip()}" if title else body.strip())
    text = "\n".join(found)
    if len(text) <= DESCRIPTION_MAX:
        return text
    kept = text[:DESCRIPTION_MAX]
    return kept[: kept.rfind("<")] if kept.rfind("<") > kept.rfind(">") else kept


def address(text: str | None) -> str | None:
    """An http or https address; white space inside is escaped."""
    found = re.sub(r"\s+", "%20", (text or "").strip())
    fits = len(found) <= _ADDRESS_MAX and found.lower().startswith(("http://", "https://"))
    return found if fits and not _CONTROLS.search(found) else None


def external_id(text: str | None) -> str | None:
    """The source's own id; one that cannot be kept as it is gives an id derived from it."""
    found = (text or "").strip()
    if len(found) > _EXTERNAL_ID_MAX or _CONTROLS.search(found):
        return derived_id("external", found)
    return found or None
