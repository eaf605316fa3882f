"""Which postings are copies of one vacancy.

The same company, title, places and text, each in a normal form, give the same cluster id wherever
and whenever they are seen, so two processors that meet two copies at the same moment agree without
asking each other. A copy that was edited has another id.
"""

import hashlib
import re

from models.base import derived_id
from models.posting import Derived, Given
from reference import companies
from reference.text import fold

_GENDER_MARK = re.compile(
    r"\(\s*(?:all genders?|[mwfdxhknai](?:\s*/\s*(?:[mwfdxhkna]|div\.?|inn?en))+)\s*\)"
    r"|\b[mwf]/[mwf]/[dx]\b",
    re.IGNORECASE,
)


def title_key(title: str) -> str:
    """The normal form of a title, without marks such as `(m/f/d)`."""
    return fold(_GENDER_MARK.sub(" ", title)) or title


def cluster_id(given: Given, derived: Derived) -> str:
    """The id of the cluster of exact copies that the posting belongs to.

    Places count by their ids in any order; where no place was found, the texts of the locations.
    """
    where = sorted(str(place.id) for place in derived.places) or sorted(map(fold, given.locations))
    text = hashlib.sha256(fold(derived.text).encode("utf-8", "surrogatepass")).hexdigest()
    return derived_id(
        "cluster", companies.key(given.company), title_key(given.title), "|".join(where), text
    )
