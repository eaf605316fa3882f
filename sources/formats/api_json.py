"""Our own form of a posting, as POST jobs takes it, as NDJSON or as a JSON array.

The fields are those of `Given`; a single place may be given as `location`.
"""

from typing import Any

from sources.formats.json_records import ArrayParser, LinesParser
from sources.validation import Fields


def lines_parser() -> LinesParser:
    """NDJSON: one posting a line."""
    return LinesParser(fields_of)


def array_parser() -> ArrayParser:
    """One JSON array of postings."""
    return ArrayParser(fields_of)


def fields_of(value: dict[str, Any]) -> Fields:
    """`location` becomes the only one of `locations`; beside `locations` it is a fault."""
    if "location" not in value or "locations" in value:
        return value
    fields = dict(value)
    location = fields.pop("location")
    return {**fields, "locations": [] if location is None else [location]}
