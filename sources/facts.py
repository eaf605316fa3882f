"""Facts as foreign sources write them. What cannot be read is left out: a posting with an odd date
or an unknown kind of contract is still a posting, and what is not stated is unknown.
"""

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from models.base import derived_id
from models.posting import EmploymentType, Mode

_PLACEHOLDERS = frozenset({"", "-", "n/a", "none", "null", "location", "tbd", "unknown"})
_PLACE_MAX = 200
_EXTERNAL_ID_MAX = 200
_ADDRESS_MAX = 2000
_EMPLOYMENT = (
    ("intern", EmploymentType.INTERNSHIP),
    ("contract", EmploymentType.CONTRACT),
    ("freelance", EmploymentType.CONTRACT),
    ("temp", EmploymentType.TEMPORARY),
    ("seasonal", EmploymentType.TEMPORARY),
    ("part", EmploymentType.PART_TIME),
    ("full", EmploymentType.FULL_TIME),
    ("permanent", EmploymentType.FULL_TIME),
)
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
    return " ".join(html.unescape(text or "").split())


def places(*texts: str | None) -> tuple[str, ...]:
    """The places of location texts: split at ";", each once, placeholders as "N/A" left out."""
    parts = (one_line(part) for text in texts for part in (text or "").split(";"))
    named = (part for part in parts if part.casefold() not in _PLACEHOLDERS)
    return tuple(dict.fromkeys(place for part in named for place in _fitting(part)))


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
    """ "Full-time", "FullTime", "fulltime_permanent", "Intern", "Independent Contractor (FT)"."""
    words = (text or "").casefold()
    return next((kind for sign, kind in _EMPLOYMENT if sign in words), None)


def mode(text: str | None) -> Mode | None:
    """Teamtailor's fully, hybrid, temporary, none; Indeed's "Fully remote", "Hybrid remote"."""
    words = (text or "").casefold()
    return next((found for sign, found in _MODES if sign in words), None)


def moment(text: str | None) -> datetime | None:
    """An RFC 822 or ISO 8601 date; one without a zone counts as UTC."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read((text or "").strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def address(text: str | None) -> str | None:
    """An http or https address; white space inside is escaped."""
    found = re.sub(r"\s+", "%20", (text or "").strip())
    fits = len(found) <= _ADDRESS_MAX and found.lower().startswith(("http://", "https://"))
    return found if fits else None


def external_id(text: str | None) -> str | None:
    """The source's own id; one too long to keep is replaced by an id derived from it."""
    found = (text or "").strip()
    if len(found) > _EXTERNAL_ID_MAX:
        return derived_id("external", found)
    return found or None
