"""Where a remote job may be done from, as a platform's field for just that states it."""

import re
from collections.abc import Iterable

from reference.countries import countries_of

_ONLY = re.compile(r"\s*\bonly\b\s*", re.IGNORECASE)


def eligible_countries(names: Iterable[str]) -> tuple[str, ...]:
    """The codes of "USA Only", "Europe", "Oregon, USA". Empty, where one of the names is none of a
    country or of a group of countries, nor ends in one: half a list would be wrong, and the text
    may say more."""
    codes: set[str] = set()
    for name in names:
        bare = _ONLY.sub(" ", name).strip()
        found = countries_of(bare) or countries_of(bare.rpartition(",")[2].strip())
        if found is None:
            return ()
        codes |= found
    return tuple(sorted(codes))
