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
from reference import skills as taxonomy

BY = "skills@3"
_MAX = 60

_HEADING_MAX = 50
_AROUND = 300
"""Characters of a line that are read on each side of a skill."""
_ASIDE = re.compile(
    r"\b(?:benefits?|perks|we offer|we can offer|we(?:['’]re| are) offering|in it for you"
    r"|why (?:join|us|work|you)|our offer"
    r"|the offer|on offer|what you(?:['’]ll)? get|you(?:['’]ll)? get|good stuff|package|conditions"
    r"|compensation|salary|remuneration|wir bieten|bieten wir|unser angebot|was dich bei uns"
    r"|(?:nous|on) (?:te |vous )?(?:proposons|propose|offrons|offre)|avantages|(?:qué )?ofrecemos"
    r"|beneficios|(?:wij|we) bieden|bieden wij|dit krijg|krijg je|oferecemos|benefícios"
    r"|about (?:us|the (?:company|firm|organi[sz]ation|business))|who we are|our (?:company|story)"
    r"|company (?:overview|description|profile)|über uns|wer wir sind|qui sommes|sobre nosotros"
    r"|over ons|wie wij zijn|how to apply|to apply|apply now|application (?:process|questions?)"
    r"|hiring process|interview process|selection process|the process|equal opportunit\w+|eeo"
    r"|privacy|bewerbung|kontakt|contact|postuler)\b",
    re.IGNORECASE,
)
"""Headings of what is not asked for."""
_ABOUT_NAME = re.compile(r"^\W*about (?!(?:the|this|your?) |you\b|us\b|role|job)", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(?:requirements?|qualifications?|responsibilit\w+|your? (?:will|bring|have|need|profile"
    r"|role"
    r"|background|tasks|skills|mission|days|first)|you(?:['’]ll|['’]d|['’]ve)?$|what you|skills?"
    r"|profile|profil|aufgaben|missions?|missie|role|duties|stack|tech(?:nolog\w+)?|nice to have"
    r"|preferred|bonus points|must[- ]haves?|looking for|we(?:['’]d)? (?:need|expect|like|want)"
    r"|experience|essential|desir\w+|job description|the (?:job|work|position|opportunity|team)"
    r"|expect\w*|required|mandatory|about you|about the|erwartet|mitbring\w*|anforderungen"
    r"|ga je doen|breng je|vragen|vereisten|harás|buscamos|pedimos|requisitos|funciones|tu perfil"
    r"|quotidien|attend|recherchons|who you are|the person|mandate|eligibility)\b",
    re.IGNORECASE,
)
"""Headings of what is."""
_STACK = re.compile(r"\b(?:stack|built (?:with|on|in)|we (?:use|write|run|work) )\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s)")
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
    r"|familiar|erfahrung|jahre|expérience|experiencia)\b"
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
    r"|expected|asked|important|must|erforderlich|nötig|notwendig|nodig|exigée?|nécessaire"
    r"|imprescindible)\b|\bsaid no\b|\bisn['’]t (?=[A-Z])",
    re.IGNORECASE,
)
_NOT_NEGATED = re.compile(
    r"\b(?:not (?:only|just|limited|necessarily|afraid|shy)|no (?:less|matter|problem|fear)"
    r"|don['’]t (?:worry|hesitate|be shy)|why not|if not|nicht nur|pas seulement)\b",
    re.IGNORECASE,
)
_DEPARTMENTS = frozenset(
    {"Recruiting", "Human Resources", "Insurance", "Payroll", "Procurement", "Sales", "CRM"}
    | {"Open Source", "E-commerce", "Mental Health Counseling", "Merchandising"}
)
"""Fields that nearly every firm's advert mentions, whatever the job is."""
_ASKED = re.compile(
    r"\b(?:experience|expérience|erfahrung|experiencia|ervaring|knowledge|kenntnisse|background"
    r"|understanding|familiar\w*|expertise|skills?|proficien\w+|years|track record|maîtrise)\b",
    re.IGNORECASE,
)
_OCCUPATION = re.compile(
    r"(?:engineers?|developers?|managers?|designers?|analysts?|scientists?|architects?|specialists?"
    r"|representatives?|researchers?|administrators?|consultants?|recruiters?|accountants?"
    r"|officers?|partners?|tutors?|controllers?|counsel|auditors?|writers?|buyers?|instructors?"
    r"|trainers?|testers?|lawyers?|statisticians?)$",
    re.IGNORECASE,
)
"""In a title it is the job, in a description mostly a colleague."""
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
_CURRENCIES = frozenset({"CAD"})

Hit = tuple[str, int, int]


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
    for name, start, end in taxonomy.find(reading.title.text, title=True):
        found.setdefault(name, reading.title.evidence(start, end, BY))
    for name, start, end in _asked_for(reading.description, given.company, frozenset(found)):
        found[name] = reading.description.evidence(start, end, BY)
    kept = list(found)[:_MAX]
    return tuple(kept), tuple(found[name] for name in kept)


def _asked_for(passage: Passage, company: str, known: frozenset[str]) -> Iterator[Hit]:
    """The skills of a description that somebody is asked for, each once, but not those that are
    `known` from elsewhere."""
    text = passage.text
    hits = iter(taxonomy.find(text, known))
    hit = next(hits, None)
    aside, seen = False, set(known)
    for start, end in _lines(text):
        aside = _is_aside(text[start:end], aside)
        while hit is not None and hit[1] < end:
            name, *span = hit
            left, right = max(start, span[0] - _AROUND), min(end, span[1] + _AROUND)
            at = span[0] - left, span[1] - left
            if name not in seen and _counts(text[left:right], name, *at, company, aside=aside):
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


def _is_aside(line: str, before: bool) -> bool:
    """Whether this line, if it is a heading, begins a part in which nothing is asked for."""
    if len(line) > _HEADING_MAX or line.endswith(".") or "," in line:
        return before
    heading = _heading(line)
    return before if heading is None else heading


@lru_cache(maxsize=4096)
def _heading(line: str) -> bool | None:
    """Whether what follows this heading is an aside; None where it is no heading that we know.
    Headings are the same from advert to advert."""
    if _ABOUT_NAME.match(line) or _ASIDE.search(line):
        return True
    return False if _ASKING.search(line) else None


def _counts(line: str, skill: str, start: int, end: int, company: str, *, aside: bool) -> bool:
    """Whether the skill at [start, end) of a line is one of the job."""
    technical = skill in taxonomy.TECHNOLOGIES
    if aside and not (technical and _STACK.search(line)):
        return False
    if _is_money(line, start, end) or _in_name(line, start, end, company):
        return False
    if _OCCUPATION.search(line[start:end]):
        return False
    negates, of_a_degree = _mentions(line)
    if negates and _negated(line, start, end):
        return False
    if of_a_degree and _in_degree(line, start):
        return False
    if technical:
        return True
    if _of_the_firm(line, start, company) or _next_door(line, start, end):
        return False
    if skill in _DEPARTMENTS:
        return _ASKED.search(line) is not None and not _BENEFIT_LEFT.search(line[:start])
    return True


@lru_cache(maxsize=64)
def _mentions(line: str) -> tuple[bool, bool]:
    """Whether a word of negation, and one of degrees, stands in the line, so that the patterns are
    worth their time. A line that lists ten skills is asked ten times."""
    lowered = line.lower()
    return (
        any(word in lowered for word in _NEGATED_WORDS),
        any(word in lowered for word in _DEGREE_WORDS),
    )


def _is_money(line: str, start: int, end: int) -> bool:
    return line[start:end] in _CURRENCIES and _MONEY.search(line[:start]) is not None


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


def _of_the_firm(line: str, start: int, company: str) -> bool:
    """Whether the sentence tells of the firm and not of the job."""
    left = max((m.end() for m in _SENTENCE_END.finditer(line, 0, start)), default=0)
    right = next((m.start() for m in _SENTENCE_END.finditer(line, start)), len(line))
    said, name = line[left:right], company.split(" ", 1)[0]
    tells = _OF_US.match(said) is not None or (len(name) > 2 and name in said)
    return tells and _OF_YOU.search(said) is None
