"""The versions of all parsers, in one place: what is newer than a stored posting's, reads it anew.

A parser raises its number when it finds other facts in the same text.
"""

from collections.abc import Mapping
from types import MappingProxyType

from processing.facts import (
    category,
    clearance,
    closing,
    employment,
    equity,
    experience,
    language,
    level,
    mode,
    pay,
    places,
    remote,
    roles,
    skills,
    timezones,
    visa,
)

_MARKS = (
    *(category.BY, clearance.BY, closing.BY, employment.BY, equity.BY, experience.BY, language.BY),
    *(level.BY, mode.BY, pay.BY, places.BY, remote.BY, roles.BY, skills.BY, timezones.BY, visa.BY),
)
PARSERS: Mapping[str, int] = MappingProxyType(
    {name: int(version) for name, version in (mark.split("@") for mark in _MARKS)}
)
"""The version of each parser by its name, as `by` of an evidence has them: `pay@2`."""
