"""One vacancy, however many postings tell of it: what postings are compared by, and what is kept of
the decisions which of them are copies.
"""

from models.base import Model
from models.money import Country
from models.posting import EmploymentType, Level, Mode


class Traits(Model):
    """What a posting is compared by, small enough to be kept for every posting.

    `company` is its key, `terms` and `ranks` are those of the title, `level` and `employment` what
    is stated besides. `cities` and `areas` (regions, countries) are the ids of its places, `within`
    those that its places lie in; `towns` are the names of places that are known only by the area
    they lie in, `spots` the locations of which nothing is known (both folded). `countries` are
    those it can be worked from. `origin` names (owner, external id), `site` the host it was found
    on. `mode` is what is stated, `pay` its least and most in USD a year, `doors` the house numbers
    of its street addresses. `runs` counts the distinct runs of words of its text, `sketch` is a
    sample of them (processing/copies/sketch.py).
    """

    company: str
    terms: tuple[str, ...]
    ranks: tuple[str, ...]
    level: Level | None
    employment: EmploymentType | None
    cities: tuple[int, ...]
    areas: tuple[int, ...]
    within: tuple[int, ...]
    towns: tuple[str, ...]
    spots: tuple[str, ...]
    countries: tuple[Country, ...]
    is_remote: bool
    mode: Mode | None = None
    pay: tuple[float | None, float | None] | None = None
    doors: tuple[str, ...] = ()
    origin: str | None
    site: str | None
    runs: int
    sketch: str


class Fingerprint(Model):
    """The decision that a posting is of a cluster, and by what others are compared with it.

    `bands` are the values under which it is looked up. Of two of one posting the one with the
    higher `revision` holds.
    """

    id: str
    cluster_id: str
    traits: Traits
    bands: tuple[int, ...]
    revision: int = 1
