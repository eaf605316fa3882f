"""Whether shares or options are part of the package, as the description says it.

"Equity" is also fairness, a kind of investor and a market, and "stock" is what shops have: only the
words for a share that an employee gets count, and not where they are refused.
"""

import re

from models.posting import Evidence
from processing.evidence import Passage

BY = "equity@1"

_WORDS = (
    *("equity", "stock", "rsu", "options", "shares", "warrants", "esop", "vsop", "espp"),
    *("beteiligung", "actions", "acciones"),
)
"""One of them stands in whatever `_OFFERED` matches."""
_OFFERED = re.compile(
    r"(?<!private )(?<!pay )(?<!health )(?<!brand )(?<!racial )(?<!gender )(?<!diversity, )"
    r"(?<!social )(?<!home )(?<!diversity and )(?<!diversity & )(?<!employment )"
    r"\bequity\b(?! (?:research|and inclusion|& inclusion|, inclusion|in (?:health|education"
    r"|access)"
    r"|markets?|capital|partners?|firm|funds?|investors?|trading"
    r"|derivatives))(?!, (?:and )?inclusion)"
    r"|\b(?:stock|share) (?:options?|grants?|awards?|plan|purchase|units?)\b|\brsus?\b"
    r"|\brestricted stock\b|\b(?:phantom|virtual) (?:shares|stock|options)\b|\bwarrants\b"
    r"|\b(?:e|v)sop\b|\bespp\b|\b(?:receive|plus|and|with) (?:options|shares|stock)\b(?! of)"
    r"|\b(?:mitarbeiter|unternehmens)beteiligung\w*|\bactions gratuites\b|\bbspce\b"
)
_REFUSED = re.compile(r"\b(?:no|not|without|\w+n['’]t|kein\w*)\b[^.;,\n]{0,25}$")


def equity(passage: Passage) -> tuple[bool, Evidence] | None:
    """True where the package has equity, and the words for it; None where nothing says so."""
    for start, end in passage.saying(_WORDS):
        said = passage.lowered[start:end]
        match = _OFFERED.search(said)
        if match is not None and _REFUSED.search(said[: match.start()]) is None:
            return True, passage.evidence(start + match.start(), start + match.end(), BY)
    return None
