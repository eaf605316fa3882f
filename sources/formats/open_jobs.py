"""The flattened postings of the public open-jobs-data project: one JSON array.

An element has company, platform, jobId, title, department, locations, isRemote, employmentType,
applyUrl, postedAt. `platform:jobId` is its identity. `isRemote: false` says only that it is not
fully remote, so it is no statement of the mode.
"""

from typing import Any

from models.posting import Mode
from sources import facts
from sources.formats.json_records import ArrayParser
from sources.validation import Fields


def array_parser() -> ArrayParser:
    return ArrayParser(fields_of)


def fields_of(value: dict[str, Any]) -> Fields:
    """What must be there is passed on as it is, so that a wrong type is reported."""
    title, apply_url = value.get("title"), facts.address(_text(value, "applyUrl"))
    return {
        "title": facts.one_line(title) if isinstance(title, str) else title,
        "company": value.get("company"),
        "locations": _locations(value.get("locations")),
        "mode": Mode.REMOTE if value.get("isRemote") is True else None,
        "employment_type": facts.employment_type(_text(value, "employmentType")),
        "category": _text(value, "department") or None,
        "url": apply_url,
        "apply_url": apply_url,
        "external_id": _identity(value),
        "posted_at": facts.moment(_text(value, "postedAt")),
    }


def _locations(value: object) -> object:
    if not isinstance(value, list):
        return value or ()
    return facts.places(*(text for text in value if isinstance(text, str)))


def _text(value: dict[str, Any], field: str) -> str | None:
    found = value.get(field)
    return found.strip() if isinstance(found, str) else None


def _identity(value: dict[str, Any]) -> str | None:
    platform, job_id = _text(value, "platform"), _text(value, "jobId")
    return facts.external_id(f"{platform}:{job_id}") if platform and job_id else None
