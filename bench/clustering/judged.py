"""Which pairs of the real postings tell of one vacancy, as far as anybody can know without a text.

The same employer, the same words in the title, one location line in common: boards list each
opening of a vacancy on its own. Written without the code that is measured: plain strings only.
"""

import re

from models.posting import Given

_WORD = re.compile(r"\w+")


def is_one(a: Given, b: Given) -> bool:
    """Symmetric."""
    return (
        a.company == b.company
        and _WORD.findall(a.title.lower()) == _WORD.findall(b.title.lower())
        and not set(a.locations).isdisjoint(b.locations)
    )
