"""At which doors of a town a posting's work is: the house numbers of its street addresses.

A chain has several shops in one city, with one advert for all of them. Numbers alone are compared,
because every board shortens the names of streets in its own way.
"""

import re
from collections.abc import Iterable

_STREET = re.compile(
    r"\b(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|way|highway|hwy|parkway|pkwy"
    r"|court|ct|plaza|square|sq|terrace|rue|quai|calle|avenida|paseo|via|viale|corso|ulica|ul"
    r"|\w*stra(?:ß|ss)e|\w*str|\w+weg|\w*platz|\w*allee|\w*gasse|\w*straat|\w*laan|\w+plein"
    r"|\w+gatan|\w+gata|\w+vej)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w-])\d{1,5}[a-z]?(?![\w-])", re.IGNORECASE)
_PARTS = re.compile(r"[,;|]")


def house_numbers(locations: Iterable[str]) -> tuple[str, ...]:
    """The first number of each part that names a street, lowered, each once, sorted."""
    parts = (part for location in locations for part in _PARTS.split(location))
    found = (_NUMBER.search(part) for part in parts if _STREET.search(part))
    return tuple(sorted({number[0].lower() for number in found if number}))
