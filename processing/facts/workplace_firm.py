"""The habit of a whole firm: remote-first, without an office, in one place, come in as you like.

It says less of a job than what is said of that very job. All patterns are for text in small
letters.
"""

import re

from models.posting import Mode
from processing.facts.workplace_words import NOT_UP_TO

_NOT_BEFORE = re.compile(NOT_UP_TO)
_FIRM_REMOTE = re.compile(
    r"\bremote[- ](?:first|only|by default)\b|\boffice[- ]optional\b|\b(?:we(?:[’']re| are)"
    r"|as) an? (?:\w+ )?remote (?:company|organi[sz]ation|business|firm|start-?up|team)\b"
    r"|\b(?:globally|fully|completely|entirely|100 ?%) distributed\b"
    r"|\bwe(?:['’]re| are) (?:a )?distributed\b|\b(?:we|there|company) (?:have|has|is"
    r"|are) no (?:\w+ )?offices?\b|\bwe don['’]t have (?:an )?offices?\b|\bwithout an office\b"
    r"|\b(?:wir haben|gibt es) keine? büros?\b|\bpas de bureaux?\b|\bhebben geen kantoor\b"
    r"|\bno tenemos oficinas?\b|\bnon abbiamo (?:un )?uffici\w?\b"
)
_FIRM_ONSITE = re.compile(
    r"\b(?:office|desk)[- ]first\b|\bco-?located team\b"
    r"|\b(?:team|we|everyone) (?:is|are) (?:(?:all|fully) )?co-?located\b"
    r"|\bin[- ]office (?:company|team|culture)\b"
)
_OFFICE_AS_LIKED = re.compile(
    r"\b(?:(?:office|on-?site|in-person) (?:attendance|presence|days?)"
    r"|coming in(?: ?to the office)?|attendance (?:at|in) (?:the|our) (?:office|hub|studio)"
    r"|the office|office use) (?:is|are) (?:entirely |fully |completely |always )?(?:optional"
    r"|voluntary)\b|\bno (?:obligation|need|requirement) to (?:come in|come (?:in)?to the office"
    r"|commute)\b|\b(?:nobody|no one) (?:has|is expected|needs) to come in\b"
)
_AS_LIKED_MARKS = ("optional", "voluntary", "to come in", "to commute", "to the office")


def habit_of_firm(clause: str) -> Mode | None:
    """Where the people of the firm work, unless that is denied."""
    for pattern, mode in ((_FIRM_REMOTE, Mode.REMOTE), (_FIRM_ONSITE, Mode.ONSITE)):
        match = pattern.search(clause)
        if match is not None and not _NOT_BEFORE.search(clause[: match.start()]):
            return mode
    return None


def comes_in_as_liked(clause: str) -> bool:
    """Whether nobody has to come to the office."""
    marked = any(mark in clause for mark in _AS_LIKED_MARKS)
    return marked and _OFFICE_AS_LIKED.search(clause) is not None
