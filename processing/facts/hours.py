"""Full or part time, by the hours that a text gives to this job.

The words for it count ("Vollzeit", "part-time"), or else a share of a full post ("0.8 FTE") or
hours a week that are few or those of a full post. They are left out where they speak of others
("for all full-time employees"), of the law, or of what a full post would be paid ("€4,000 on a
full-time basis"), and nothing is said where both are open ("Vollzeit oder Teilzeit").
"""

import re
from itertools import zip_longest

from models.posting import EmploymentType, Evidence
from processing.evidence import Passage

FULL = (
    r"full[- ]?time|vollzeit\w*|(?:à )?temps (?:plein|complet)|(?:jornada|tiempo|tempo) complet[ao]"
    r"|voltijds?\w*|heltid|pełny etat|tempo (?:integral|pieno)|período integral"
)
PART = (
    r"part[- ]{0,2}time|teilzeit\w*|(?:à )?temps partiel|mi-temps|media jornada|tempo parziale"
    r"|(?:jornada|tiempo|tempo) parcial|deeltijds?\w*|mini-?job\w*|deltid|niepełny etat"
)
_OPEN = re.compile(
    r"\bvoll- ?(?:oder|und|/|&|bzw\.?) ?teilzeit|\bfull[- ]?(?:or|/|and|&)[- ]?part[- ]?time"
    r"|\bpart[- ]?(?:or|/)[- ]?full[- ]?time"
)
"""Both, in one word."""
_WORDS = (
    *("full-time", "full time", "fulltime", "part-time", "part time", "parttime", "vollzeit"),
    *("teilzeit", "temps p", "temps c", "jornada", "tiempo", "voltijd", "deeltijd", "heltid"),
    *(" etat", "tempo ", "minijob", "mini-job", "deltid", "integral", "mi-temps", "part- time"),
)
"""One of them stands in whatever `_HOURS` matches."""
_HOURS = re.compile(rf"\b(?:(?P<full>{FULL})|(?P<part>{PART}))\b")
_EITHER = re.compile(r"^(?:\s*[/,&|]\s*|\s*,?\s*(?:or|oder|and|und|ou|o|of|y|et|bzw\.?)\s+)$")
_OF_OTHERS = re.compile(
    r"^[ -]?(?:employees|staff|equivalents?|people|workers|team|students?|stud(?:y|ies)|educat\w+"
    r"|workforce|colleagues|members|hires|salar(?:y|ies)|experience|mitarbeit\w+|beschäftigte\w*"
    r"|drivers? (?:earn|make)|faculty|engineers who|developers who|(?:\w+ )?benefits"
    r"|(?:is|means|equals|bedeutet|heißt|betekent) \d+)\b"
)
_OF_THIS = re.compile(r"^ (?:is|means) \d+(?:[.,]\d)? hours here\b")
_ALSO_POSSIBLE = re.compile(
    r"^[^.;\n]{0,40}\b(?:possible|considered|options?|available|applicants|welcome|negotiable"
    r"|möglich|denkbar|posible|mogelijk|on request|arrangements?)\b"
)
_AUTHORIZED = re.compile(r"\bauthori[sz]ed to work\b")
"""Such a sentence says who may work "on a full-time basis", not that this job is one."""
_NOT = re.compile(
    r"\b(?:not|no|non|kein\w*|nicht|all|our|other|eligible|for|pas|if|bei|bij een|wenn|unlike|than)"
    r"\s+(?:an? |in )?$"
)
_PAID = re.compile(r"[€$£]\s?\d|\d\s?(?:€|eur|chf|usd|gbp)\b")
_PAID_FOR = re.compile(
    r"\b(?:on an?|auf|based on|at|bij|bei|op basis van|pour un|base) (?:an? |een |einer? )?$"
)
"""Before the word, in a sentence about pay: what a full post would be paid."""
_SHARE = re.compile(
    r"\bfte\b\W{0,3}(?P<after>[01](?:[.,]\d{1,2})?)(?![\d.,]*\d|\s*(?:ftes?|people))"
    r"|(?<![\d.,–-])(?<!bis )(?<!to )(?P<before>[01](?:[.,]\d{1,2})?)"
    r"(?:\s*(?:-|–|to|tot|bis)\s*(?P<to>[01](?:[.,]\d{1,2})?))?\s*-?\s*fte\b(?!s)"
)
_SHARE_WORDS = (" fte", "fte:", "-fte", "(fte", "\nfte", "0fte", "5fte", "6fte", "8fte")
_A_WEEK = re.compile(
    r"(?<![\d.,:+])(?:(?P<low>\d{1,2})(?:[.,]\d{1,2})?\s*(?:-|–|to|bis|tot|à|a|or|oder|of)\s*)?"
    r"(?P<most>\d{1,2})(?:[.,]\d{1,2})?[ -]?"
    r"(?:(?:hours?|hrs?|h|std\.?|stunden|heures|horas|uur|uren|ore)\s?"
    r"(?:(?:/|per|a|each|in the|pro|in der|die|par|a la|por)\s?(?:week|wk|woche|semaine|semana|w)"
    r"|semanales|hebdomadaires|wöchentlich|weekly)\b|stunden[- ]woche|hour week|urige werkweek)"
)
_IN_TITLE = re.compile(
    r"(?<![\d.,:+])(?:(?P<low>\d{1,2})\s*(?:-|–|to|bis|tot|à|a)\s*(?P<most>\d{1,2})|(?P<only>\d\d))"
    r"\s?(?:h|hrs?|hours|uur|uren|std\.?|stunden|horas|heures)\b(?! shift| service|[- ]?notdienst)"
)
_OF_A_DAY = frozenset({12, 24})
_WEEK_WORDS = (
    " week",
    "/week",
    "/wk",
    "woche",
    "semaine",
    "semana",
    "werkweek",
    "hebdo",
    "wöchentlich",
)
_FEW = 32
"""Hours a week at the most which no trade calls full time."""
_WHOLE, _LONGEST = 35, 48
"""Hours a week of a full post: from the shortest by custom to the longest by law."""
_LEAST = 8
_ANOTHERS = re.compile(
    r"\b(?:sav\w+|spend\w*|customers?|users?|meetings?|extra|additional|first|free|volunteer\w*"
    r"|study|studies|permits?|visa|overlap\w*|training|learning"
    r"|average of|up to|on call|travel|discuss\w*|possible|bespreekbaar|möglich|course)\b"
)

Found = tuple[EmploymentType, Evidence] | None


def by_hours(passage: Passage, by: str) -> Found:
    """Full or part time, by the first words that speak of this job, else by the share of a post or
    the hours of a week; None where it is either, or nothing says it. `by` marks the evidence."""
    found: Found = None
    for start, end in passage.saying(_WORDS):
        said = passage.lowered[start:end]
        if _OPEN.search(said):
            return None
        if _AUTHORIZED.search(said):
            continue
        mentions = list(_HOURS.finditer(said))
        for match, other in zip_longest(mentions, mentions[1:]):
            if other is not None and _either(said, match, other):
                return None
            if found is None and _of_this_job(said, match):
                kind = EmploymentType.FULL_TIME if match["full"] else EmploymentType.PART_TIME
                found = kind, passage.evidence(start + match.start(), start + match.end(), by)
    return found or by_share(passage, by) or _by_week(passage, by)


def by_share(passage: Passage, by: str) -> Found:
    """By "0.8 FTE" or "FTE: 1.0"; None where a range leaves both open."""
    if not passage.mentions(_SHARE_WORDS):
        return None
    for match in _SHARE.finditer(passage.lowered):
        share = _number(match["to"] or match["before"] or match["after"])
        least = _number(match["before"] or match["after"])
        if least == 0 or share > 1 or (share == 1 and least < 1):
            continue
        kind = EmploymentType.FULL_TIME if share == 1 else EmploymentType.PART_TIME
        return kind, passage.evidence(match.start(), match.end(), by)
    return None


def by_title(title: Passage, by: str) -> Found:
    """By "0.8 FTE", or by hours, which in a title are those of a week: "(24-32 uur)"."""
    if found := by_share(title, by):
        return found
    match = _IN_TITLE.search(title.lowered)
    if match is None:
        return None
    most = int(match["most"] or match["only"])
    if not _LEAST <= most <= _FEW or (match["only"] and most in _OF_A_DAY):
        return None
    return EmploymentType.PART_TIME, title.evidence(match.start(), match.end(), by)


def _by_week(passage: Passage, by: str) -> Found:
    """Part time where the hours of a week are few, full time where they are a whole week's."""
    for start, end in passage.saying(_WEEK_WORDS):
        said = passage.lowered[start:end]
        match = _A_WEEK.search(said)
        if match is None or _ANOTHERS.search(said):
            continue
        span = start + match.start(), start + match.end()
        if _LEAST <= int(match["most"]) <= _FEW:
            return EmploymentType.PART_TIME, passage.evidence(*span, by)
        if _WHOLE <= int(match["low"] or match["most"]) <= _LONGEST:
            return EmploymentType.FULL_TIME, passage.evidence(*span, by)
    return None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _either(said: str, match: re.Match[str], other: re.Match[str]) -> bool:
    """Whether the two hours are left open: "full-time or part-time"."""
    joined = _EITHER.match(said[match.end() : other.start()]) is not None
    return joined and match.lastgroup != other.lastgroup


def _of_this_job(said: str, match: re.Match[str]) -> bool:
    after, before = said[match.end() : match.end() + 60], said[: match.start()]
    if _OF_OTHERS.match(after) and not _OF_THIS.match(after):
        return False
    if _NOT.search(before[-20:]) or (_PAID_FOR.search(before[-40:]) and _PAID.search(before)):
        return False
    return not (match["part"] and _ALSO_POSSIBLE.match(after))
