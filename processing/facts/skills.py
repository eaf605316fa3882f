"""Skills by their canonical names: those the source lists, then those its texts name.

A text also names what nobody is asked for: the firm's business, its health insurance, the degree
that one may have, the language that "we dropped". So a description is read line by line with the
heading above it. Under "Benefits", "About us" or "How to apply" nothing counts; a clause that
negates counts for nothing; of a degree and of a line about the firm only technologies count; and
what every firm has a department for must be asked for in so many words.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from models.posting import Evidence, Given
from processing.evidence import Passage, Reading, stated
from processing.facts.skill_asides import is_aside
from reference import skill_mentions
from reference import skills as taxonomy
from reference.text import lowered

BY = "skills@5"
_MAX = 60

_AROUND = 300
"""Characters of a line that are read on each side of a skill."""
_NEAR = 60
"""Characters within which a sentence says of a skill that others have it."""
_STACK = re.compile(r"\b(?:stack|built (?:with|on|in)|we (?:use|write|run|work) )\b", re.IGNORECASE)
_SENTENCE_ENDS = (". ", "! ", "? ")
_OF_US = re.compile(
    r"^\W*(?:we|our|at (?!least|a minimum)|as an?|since|founded|seit|chez|en|bei)\b", re.IGNORECASE
)
_OF_YOU = re.compile(
    r"\b(?:you|your|looking for|seeking|seek|join|hiring|role|responsible|du|dein\w*|sie|ihr\w*"
    r"|vous|votre|tu|suchen|recherchons|buscamos|zoeken|je|jij|jouw)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"\b(?:degrees?|bachelor\w*|master['’]?s|b\.?sc\.?|m\.?sc\.?|ph\.?\s?d\.?|doctorate|diploma"
    r"|studium|studienabschluss|hochschulabschluss|diplôme|licence|formation|titulación|opleiding"
    r"|laurea|(?:BS|BA|MS|MA|BEng|MEng|B\.S\.|M\.S\.)(?= (?:in|or|degree)))(?=[^\w]|$)"
    r"[^.;\n]*?(?=\b(?:experience|years?|plus|with|knowledge|skills?|proficien\w+|strong"
    r"|familiar|erfahrung|jahre|expérience|experiencia|is|are|welcome)\b"
    r"|[.;\n]|$)",
    re.IGNORECASE,
)
_DEGREE_WORDS = (
    *("degree", "bachelor", "master", "bsc", "msc", "b.sc", "m.sc", "phd", "ph.d", "ph d", "beng"),
    *("meng", "doctorate", "diplom", "studi", "abschluss", "licence", "formation", "titulación"),
    *("opleiding", "laurea", "bs ", "ba ", "ms ", "ma ", "b.s.", "m.s."),
)
_CLAUSE = re.compile(r"[,;()–—.!?]\s|[()]|\b(?:but|aber|mais|pero|maar)\b")
_NEGATED = re.compile(
    r"\b(?:not|no|never|\w+n['’]t|without|dropped|instead of|rather than|nobody|kein\w*|nicht|pas"
    r"|sans|sin|geen|niet|replac(?:e|ed|ing))\b",
    re.IGNORECASE,
)
_NEGATED_WORDS = (
    *("not", " no", "no ", "never", "n't", "n’t", "without", "dropped", "instead", "rather"),
    *("nobody", "kein", "nicht", "pas ", "sans ", "sin ", "geen", "niet", "replac"),
)
"""One of them stands in whatever `_NEGATED` matches."""
_NEGATED_AFTER = re.compile(
    r"(?:\b(?:not|no|pas|nicht|niet)|n['’]t) (?:\w+ ){0,2}?(?:required|needed|necessary|used"
    r"|expected|asked|important|must|vital|essential|mandatory|compulsory|erforderlich|nötig|notwendig|nodig|exigée?|nécessaire"
    r"|imprescindible)\b|\bsaid no\b|\bisn['’]t (?=(?-i:[A-Z]))",
    re.IGNORECASE,
)
_NOT_NEGATED = re.compile(
    r"\b(?:not (?:only|just|limited|necessarily|afraid|shy)|no (?:less|matter|problem|fear)"
    r"|don['’]t (?:worry|hesitate|be shy)|why not|if not|nicht nur|pas seulement)\b",
    re.IGNORECASE,
)
_OTHERS_DO = re.compile(
    r"\b(?:some(?:one|body) else|another team) (?:wrote|writes|builds|does|runs|owns|handles)"
    r" (?:\w+ ){0,2}$",
    re.IGNORECASE,
)
"""Before a skill: somebody else has it."""
_OTHERS_WORK = re.compile(
    r"[^;]*?\b(?:some(?:one|body) else|another team|(?:need|wo|do)n['’]t (?:have to |need to )?"
    r"(?:build|write|touch|learn|know|use|code)\b|auras pas à|is done by|help at the"
    r"|can come later|spoken at (?:lunch|the coffee)|looked after by|takes care of)",
    re.IGNORECASE,
)
"""Behind a skill: others have it, or it can wait."""
_OTHERS_WORDS = (
    *(" else", "another team", "n't ", "n’t ", "pas à", "done by", "help at", "come later"),
    *("spoken at", "after by", "takes care"),
)
"""One of them stands in whatever these two match."""
_DEPARTMENTS = frozenset(
    {"Recruiting", "Human Resources", "Insurance", "Payroll", "Procurement", "Sales"}
    | {"Open Source", "E-commerce", "Mental Health Counseling"}
)
"""Fields that nearly every firm's advert mentions, whatever the job is."""
_BULLETS = " -–—•*·"
_FIELD_OF = re.compile(r"\s(?:for|of|von|für|des?|pour|para|van|voor)\s")
_DOES = re.compile(
    r"\b(?:run|running|process|processing|prepare|preparing|handle|handling|administer)\s"
    r"(?:the |our |monthly |weekly )?$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:experience|expérience|erfahrung|experiencia|ervaring|knowledge|kenntnisse|background"
    r"|understanding|familiar\w*|expertise|skills?|proficien\w+|years|track record|maîtrise"
    r"|connaissances?|conocimientos?|kennis|praktijkervaring)\b",
    re.IGNORECASE,
)
_OCCUPATION = re.compile(
    r"(?:engineers?|developers?|managers?|designers?|analysts?|scientists?|architects?|specialists?"
    r"|representatives?|researchers?|administrators?|consultants?|recruiters?|accountants?"
    r"|officers?|partners?|tutors?|controllers?|counsel|auditors?|writers?|buyers?|instructors?"
    r"|trainers?|testers?|lawyers?|statisticians?|nurses?|pharmacists?|teachers?|drivers?"
    r"|electricians?|welders?|plumbers?|bookkeepers?|cashiers?|physicians?|therapists?)$",
    re.IGNORECASE,
)
"""In a title it is the job, in a description mostly a colleague."""
_AS_ONE = re.compile(
    r"\b(?:as|als|como|comme|en tant que)(?: an?| ein\w*| een| una?| une)?(?: [\w-]+)?\s$",
    re.IGNORECASE,
)
"""Before an occupation: it is what one does, or has done ("years as a technical writer")."""
_AS_MAX = 40
_BENEFIT_LEFT = re.compile(
    r"\b(?:health|medical|dental|life|disability|accident|private|vision|pet|travel|liability)"
    r"(?:,? (?:and|&|dental|vision|medical|life))*\s$",
    re.IGNORECASE,
)
_COLLEAGUES = re.compile(
    r"^\s(?:teams?|departments?|colleagues|squads?|groups?|folks|people|specialists?|staff)\b"
)
_TO_COLLEAGUES = re.compile(
    r"\b(?:for|with|to|by|alongside|from|as|support|supporting|and|our|the)\s(?:(?:the"
    r"|our)\s)?(?:\w+[, ]+(?:and )?)?$",
    re.IGNORECASE,
)
"""Around a field of work, they tell of the team next door."""
_MONEY = re.compile(r"\d[\d.,]*k?\s?$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s?\$?\s?\d")
_CURRENCIES = frozenset({"CAD"})
_RIVALS = re.compile(
    r"\b(?:competitors?|rivals?|alternatives? to|wettbewerber\w*|konkurren\w+|concurrents?"
    r"|competidores)\b",
    re.IGNORECASE,
)
_RIVAL_WORDS = ("competitor", "rival", "alternative", "wettbewerb", "konkurren", "concurrent")
_PERKS = re.compile(
    r"\W*(?:perks?|benefits?|on offer|we offer|what we offer|about us|wir bieten|nous offrons"
    r"|ofrecemos|avantages|beneficios|wij bieden|zu uns|über uns)\b",
    re.IGNORECASE,
)
"""What begins a sentence of a paragraph as the heading of an aside does a part."""


def skills(given: Given, reading: Reading) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """The skills in the order they appear, each once with its first place; at most 60.

    A listed skill that the taxonomy does not know is kept as it was given.
    """
    found: dict[str, Evidence] = {}
    listed = stated(given, "skills")
    at = 0
    for name in given.skills:
        known = taxonomy.canonical(name) or name
        found.setdefault(known, listed.evidence(at, at + len(name), "given@1"))
        at += len(name) + len(", ")
    for name, start, end in skill_mentions.in_title(reading.title.text):
        found.setdefault(name, reading.title.evidence(start, end, BY))
    for name, start, end in _asked_for(reading.description, given.company, frozenset(found)):
        found[name] = reading.description.evidence(start, end, BY)
    kept = list(found)[:_MAX]
    return tuple(kept), tuple(found[name] for name in kept)


def _asked_for(
    passage: Passage, company: str, known: frozenset[str]
) -> Iterator[skill_mentions.Mention]:
    """The skills of a description that somebody is asked for, each once, but not those that are
    `known` from elsewhere."""
    text = passage.text
    hits = iter(skill_mentions.in_text(text, known))
    hit = next(hits, None)
    aside, seen = False, set(known)
    for start, end in _lines(text):
        if hit is None:
            break
        aside = is_aside(text[start:end], aside)
        while hit is not None and hit[1] < end:
            name, *span = hit
            left, right = max(start, span[0] - _AROUND), min(end, span[1] + _AROUND)
            at = span[0] - left, span[1] - left
            line = text[left:right]
            if name not in seen and _counts(line, name, *at, company, aside=aside):
                seen.add(name)
                yield hit
            hit = next(hits, None)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _counts(line: str, skill: str, start: int, end: int, company: str, *, aside: bool) -> bool:
    """Whether the skill at [start, end) of a line is one of the job."""
    technical = skill in taxonomy.TECHNOLOGIES
    if aside and not (technical and _STACK.search(line)):
        return False
    if _is_money(line, start, end) or _in_name(line, start, end, company):
        return False
    if _is_occupation(line[start:end]) and not _practised(line, skill, start):
        return False
    negates, of_a_degree, of_others, of_rivals = _hints_of(line)
    if negates and _negated(line, start, end):
        return False
    if of_others and _of_others(line, start, end):
        return False
    if of_rivals and _RIVALS.search(line, *_sentence(line, start)):
        return False
    if of_a_degree and _in_degree(line, start):
        return False
    if technical:
        return True
    if _of_the_firm(line, start, company) or _next_door(line, start, end):
        return False
    if skill in _DEPARTMENTS and not _duty(line, start, end):
        return _ASKED.search(line) is not None and not _BENEFIT_LEFT.search(line[:start])
    return True


def _duty(line: str, start: int, end: int) -> bool:
    """Whether a department's field is what one does: "run payroll", "Procurement of parts"."""
    if not line[:start].strip(_BULLETS):
        return _FIELD_OF.match(line, end) is not None
    return _DOES.search(line, max(0, start - _NEAR), start) is not None


@lru_cache(maxsize=4096)
def _is_occupation(said: str) -> bool:
    return _OCCUPATION.search(said) is not None


def _practised(line: str, skill: str, start: int) -> bool:
    """Whether an occupation's word is no colleague: a product ("LinkedIn Recruiter"), or what
    somebody works as."""
    if skill in taxonomy.PRODUCTS:
        return True
    return _AS_ONE.search(line, max(0, start - _AS_MAX), start) is not None


@lru_cache(maxsize=64)
def _hints_of(line: str) -> tuple[bool, bool, bool, bool]:
    """Whether a word of negation, of degrees, of others' work, and of rivals stands in the line,
    so that the patterns are worth their time. A line that lists ten skills is asked ten times."""
    has = lowered(line).__contains__
    return (
        any(map(has, _NEGATED_WORDS)),
        any(map(has, _DEGREE_WORDS)),
        any(map(has, _OTHERS_WORDS)),
        any(map(has, _RIVAL_WORDS)),
    )


def _is_money(line: str, start: int, end: int) -> bool:
    if line[start:end] not in _CURRENCIES:
        return False
    return bool(_MONEY.search(line[:start]) or _MONEY_AFTER.match(line, end))


def _in_name(line: str, start: int, end: int, company: str) -> bool:
    """Whether it is a word of the employer's name, where that stands in full."""
    at = company.find(line[start:end])
    return at >= 0 and " " in company and line.startswith(company, max(0, start - at))


def _next_door(line: str, start: int, end: int) -> bool:
    """Whether it is the field of a team that one works with."""
    if _COLLEAGUES.match(line[end : end + 14]) is None:
        return False
    return _TO_COLLEAGUES.search(line[max(0, start - 40) : start]) is not None


def _negated(line: str, start: int, end: int) -> bool:
    """Whether the clause around it says no: before it in any way ("we dropped Angular"), behind it
    only of need ("Danish is not required")."""
    left = max((m.end() for m in _CLAUSE.finditer(line, 0, start)), default=0)
    right = next((m.start() for m in _CLAUSE.finditer(line, end)), len(line))
    if _NOT_NEGATED.search(line, left, right):
        return False
    before = _NEGATED.search(line, left, start)
    return before is not None or _NEGATED_AFTER.search(line, end, right) is not None


def _in_degree(line: str, start: int) -> bool:
    return any(m.start() <= start < m.end() for m in _DEGREE.finditer(line))


def _of_others(line: str, start: int, end: int) -> bool:
    """Whether the sentence says that others do it: "a Node.js back end that someone else looks
    after"."""
    left, right = _sentence(line, start)
    if _OTHERS_DO.search(line, max(left, start - _NEAR), start):
        return True
    return _OTHERS_WORK.match(line, end, min(right, end + _NEAR)) is not None


def _sentence(line: str, at: int) -> tuple[int, int]:
    """The span of the sentence in which a position lies."""
    left = max(line.rfind(mark, 0, at) for mark in _SENTENCE_ENDS) + 1
    ends = [end for mark in _SENTENCE_ENDS if (end := line.find(mark, at)) >= 0]
    return left, min(ends, default=len(line))


def _of_the_firm(line: str, start: int, company: str) -> bool:
    """Whether the sentence tells of the firm and not of the job."""
    left, right = _sentence(line, start)
    said, name = line[left:right], company.split(" ", 1)[0]
    if _PERKS.match(said):
        return True
    at = said.find(name) if len(name) > len("We") else -1
    named = at >= 0 and not said[at + len(name) :].startswith("-")
    tells = named or _OF_US.match(said) is not None
    return tells and _OF_YOU.search(said) is None
