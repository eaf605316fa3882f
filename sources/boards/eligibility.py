"""Where a remote job may be done from, as a platform's field for just that states it."""

import re
from collections.abc import Iterable

from processing.facts.country_lists import list_at
from reference.countries import countries_of

_ONLY = re.compile(r"\s*\bonly\b\s*", re.IGNORECASE)


def eligible_countries(names: Iterable[str]) -> tuple[str, ...]:
    """The codes of "USA Only", "Europe", "US/Canada", "EU except Germany", "Oregon, USA". Empty,
    where one of the names is none of a country or of a group of countries, no list of such and
    does not end in one: half a list would be wrong, and the text may say more."""
    codes: set[str] = set()
    for name in names:
        found = _countries_of(_ONLY.sub(" ", name).strip())
        if not found:
            return ()
        codes |= found
    return tuple(sorted(codes))


def _countries_of(name: str) -> frozenset[str] | None:
    listed = list_at(name, 0)
    if listed is not None and listed.end == len(name.rstrip(" )")):
        return listed.codes
    _, comma, last = name.rpartition(",")
    return countries_of(last.strip()) if comma else None
