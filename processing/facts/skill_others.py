"""Whether a sentence says of a skill that others have it, and not who is sought.

Colleagues have it ("a Node.js back end that someone else looks after", "with the Android team",
"planners who use Primavera"), or those one sells against ("rivals such as Stripe").
"""

import re
from functools import lru_cache

from reference.text import lowered

_ENDS = (". ", "! ", "? ")
_NEAR = 60
"""Characters within which a sentence says of a skill that others have it."""
_STAFF = (
    r"(?:engineers|developers|devs|scientists|analysts|designers|programmers|planners|architects"
    r"|drafters|folks|colleagues|people|teams?)"
)
_BEFORE = re.compile(
    r"\b(?:some(?:one|body) else|another team) (?:wrote|writes|builds|does|runs|owns|handles)"
    r" (?:\w+ ){0,2}$"
    rf"|\b{_STAFF}(?:,? who| \(they) (?:handle|use|write|build|run|code|look after|own|maintain"
    r"|work (?:on|in|with))\b[^.;,:]{0,30}$"
    r"|\b(?:client|customer)['’]s (?:engineers|developers|teams?) \w+ [^.;,:]{0,30}$"
    r"|\bwe have an? (?:[\w-]+ ){1,3}who \w+ [^.;,:]{0,30}$",
    re.IGNORECASE,
)
_SOUGHT = re.compile(
    r"\b(?:looking for|seek\w*|need\w*|want\w*|hir(?:e|es|ing)|join\w*)\b", re.IGNORECASE
)
"""Before such colleagues: it is they who are sought, or whom one joins."""
_OF_THEM = re.compile(
    rf"\b(?:two|three|four|five|six|\d+|our) (?:[\w-]+ )?{_STAFF} \([^)]{{0,40}}$"
    r"|\b(?:they|elles|ils|customers|clients) (?:use|live in|nutzen|utilisent|work (?:in|on|with)"
    r"|travaillent (?:en|avec))\s[^.;:]{0,30}$",
    re.IGNORECASE,
)
"""Before a skill: it is theirs, whoever is sought."""
_BEHIND = re.compile(
    r"[^;]*?\b(?:some(?:one|body) else|another team|(?:need|wo|do)n['’]t (?:have to |need to )?"
    r"(?:build|write|touch|learn|know|use|code)\b|auras pas à|is done by|help at the"
    r"|can come later|spoken at (?:lunch|the coffee)|looked after by|takes care of)"
    r"|.*?\byou won['’]t (?:have|need|be asked) to(?:[,;.]|$)",
    re.IGNORECASE,
)
"""Behind a skill: others have it, or it can wait."""
_RIVALS = re.compile(
    r"\b(?:competitors?|rivals?|alternatives? to|wettbewerber\w*|konkurren\w+|concurrents?"
    r"|competidores)\b",
    re.IGNORECASE,
)
_BEFORE_WORDS = (" who ", "(they ", " else", "another team", "client", "customer")
_THEIR_WORDS = ("s (", "people (", "team (", "they ", "elles ", "ils ", "customers ", "clients ")
_BEHIND_WORDS = (
    *(" else", "another team", "n't ", "n’t ", "pas à", "done by", "help at", "come later"),
    *("spoken at", "after by", "takes care"),
)
_RIVAL_WORDS = ("competitor", "rival", "alternative", "wettbewerb", "konkurren", "concurrent")
"""One of them, in lower case, stands in whatever the patterns match."""
_COLLEAGUES = re.compile(
    r"^\s(?:offshore |onshore |staff )?(?:teams?|departments?|colleagues|squads?|groups?|folks"
    r"|people|specialists?|staff|engineers)\b"
)
_COLLEAGUES_MAX = 24
_TO_COLLEAGUES = re.compile(
    r"\b(?:for|with|to|by|alongside|from|as|support|supporting|and|our|the)\s(?:(?:the"
    r"|our)\s)?(?:\w+[, ]+(?:and )?)?$",
    re.IGNORECASE,
)
"""Around a field of work, they tell of the team next door."""
_BESIDE = re.compile(r"\b(?:with|for the|alongside|avec|mit|con)\b[^.;:]{0,30}$", re.IGNORECASE)
_TEAM_OF = re.compile(
    r"\b(?:con|avec|mit|with) (?:los|les|den|the|our) (?:equipos?|équipes?|teams?) (?:de|of)"
    r"\s[^.;:]{0,20}$",
    re.IGNORECASE,
)
"""Before a technology: with those who have it."""
_COLLEAGUE_WORDS = (
    *("team", "department", "colleague", "squad", "group", "folk", "people", "specialist", "staff"),
    *("engineer", "equipo", "équipe"),
)
_FIELD_BESIDE = re.compile(
    r"\b(?:work(?:ing|s)?(?: closely)? with|partner(?:ing|s)? with|collaborat\w+ (?:\w+ )?with"
    r"|liais\w+ with|sit(?:ting|s)? with|together with|alongside|zusammenarbeit mit|abstimmung mit"
    r"|en lien avec|collaboration avec|coordinación con|samen met|interfac\w+ with)"
    r"\s(?:\w[\w&'’-]*,? ){0,4}$",
    re.IGNORECASE,
)
_FIELD_ENDS = re.compile(r"(?:,|\.|;|$| and | und | et | y | en | to | on | teams?\b)")
"""Around a field of work: it is a department that one works with."""


def sentence(line: str, at: int) -> tuple[int, int]:
    """The span of the sentence in which a position lies."""
    left = max(line.rfind(". ", 0, at), line.rfind("! ", 0, at), line.rfind("? ", 0, at)) + 1
    right = len(line)
    for mark in _ENDS:
        right = end if (end := line.find(mark, at, right)) >= 0 else right
    return left, right


def have(line: str, start: int, end: int) -> bool:
    """Whether the sentence says that others have the skill at [start, end)."""
    before, theirs, behind, rivals, _ = _hints_of(line)
    if not (before or theirs or behind or rivals):
        return False
    left, right = sentence(line, start)
    near = max(left, start - _NEAR)
    if before:
        staff = _BEFORE.search(line, near, start)
        if staff is not None and not _SOUGHT.search(line, left, staff.start()):
            return True
    if theirs and _OF_THEM.search(line, near, start):
        return True
    if behind and _BEHIND.match(line, end, min(right, end + _NEAR)):
        return True
    return rivals and _RIVALS.search(line, left, right) is not None


@lru_cache(maxsize=64)
def _hints_of(line: str) -> tuple[bool, bool, bool, bool, bool]:
    """Whether a word of each pattern stands in the line, so that it is worth its time. A line that
    lists ten skills is asked ten times."""
    has = lowered(line).__contains__
    return (
        any(map(has, _BEFORE_WORDS)),
        any(map(has, _THEIR_WORDS)),
        any(map(has, _BEHIND_WORDS)),
        any(map(has, _RIVAL_WORDS)),
        any(map(has, _COLLEAGUE_WORDS)),
    )


def next_door(line: str, start: int, end: int) -> bool:
    """Whether it is the field of a team that one works with."""
    if _COLLEAGUES.match(line[end : end + _COLLEAGUES_MAX]) is not None:
        return _TO_COLLEAGUES.search(line[max(0, start - 40) : start]) is not None
    if _FIELD_ENDS.match(line, end) is None:
        return False
    return _FIELD_BESIDE.search(line, max(0, start - _NEAR), start) is not None


def beside(line: str, start: int, end: int) -> bool:
    """Whether it is the technology of a team that one works with."""
    if not _hints_of(line)[-1]:
        return False
    near = max(0, start - _NEAR)
    if _COLLEAGUES.match(line[end : end + _COLLEAGUES_MAX]) is not None:
        return _BESIDE.search(line, near, start) is not None
    return _TEAM_OF.search(line, near, start) is not None
