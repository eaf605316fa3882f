"""Skills by their canonical names: those the source lists, then those its texts name.

A text also names what nobody is asked for: the firm's business, its health insurance, the degree
that one may have, the language that "we dropped". So a description is read line by line with the
heading above it. Under "Benefits", "About us" or "How to apply" nothing counts; a clause that
negates counts for nothing; of a degree nothing counts, of a line about the firm only the
technologies that it works with; and what every firm has a department for must be asked for in so
many words. What colleagues, customers and rivals have tells `skill_others`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from models.posting import Evidence, Given
from processing.evidence import Passage, Reading, stated
from processing.facts import skill_others
from processing.facts.skill_asides import is_aside
from reference import skill_mentions
from reference import skills as taxonomy
from reference.text import lowered

BY = "skills@6"
_MAX = 60

_AROUND = 300
"""Characters of a line that are read on each side of a skill."""
_NEAR = 60
"""Characters before a skill in which a verb or a house's name belongs to it."""
_STACK = re.compile(r"\b(?:stack|built (?:with|on|in)|we (?:use|write|run|work) )\b", re.IGNORECASE)
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
    r"|laurea|grado en|licenciatura|immatrikuliert|enrolled"
    r"|(?:BS|BA|MS|MA|BEng|MEng|B\.S\.|M\.S\.)(?= (?:in|or|degree)))(?=[^\w]|$)"
    r"[^.;\n]*?(?=\b(?:experience|years?|plus|with|knowledge|skills?|proficien\w+|strong"
    r"|familiar|erfahrung|jahre|expérience|experiencia|is|are|welcome)\b"
    r"|[.;\n]|$)",
    re.IGNORECASE,
)
_DEGREE_BEHIND = re.compile(r"(?:(?:,| or| and) (?!an?\b)[\w ]{2,30})?\sdegree\b", re.IGNORECASE)
_DEGREE_WORDS = (
    *("degree", "bachelor", "master", "bsc", "msc", "b.sc", "m.sc", "phd", "ph.d", "ph d", "beng"),
    *("meng", "doctorate", "diplom", "studi", "abschluss", "licence", "formation", "titulación"),
    *(
        "opleiding",
        "laurea",
        "grado en",
        "licenciatura",
        "immatrikuliert",
        "enrolled",
        "bs ",
        "ba ",
        "ms ",
        "ma ",
        "b.s.",
        "m.s.",
    ),
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
    r"\b(?:engineers?|developers?|managers?|designers?|analysts?|scientists?|architects?|specialists?"
    r"|representatives?|researchers?|administrators?|consultants?|recruiters?|accountants?"
    r"|officers?|partners?|tutors?|controllers?|counsel|auditors?|writers?|buyers?|instructors?"
    r"|trainers?|testers?|lawyers?|statisticians?|nurses?|pharmacists?|teachers?|drivers?"
    r"|electricians?|welders?|plumbers?|bookkeepers?|cashiers?|physicians?|therapists?|copywriters?"
    r"|underwriters?|(?:SDR|BDR|CSM|DBA|SRE)s)$",
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
_MONEY = re.compile(r"\d[\d.,]*k?\s?$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s?\$?\s?\d")
_CURRENCIES = frozenset({"CAD"})
_MAKES = re.compile(
    r"\b(?:builds?|makes?|sells?|provides?|develops?|offers?|vendor|provider|maker|certified)\b",
    re.IGNORECASE,
)
"""In a sentence about the firm: what it makes, and seldom what it works with."""
_MADE_WITH = re.compile(
    r"\b(?:in|with|using|on|from|mit|en|avec|con|med|met)\s"
    r"(?:[\w.+#/-]+,?\s(?:(?:and|or|und|et|y|e|en|och)\s)?){0,8}$",
    re.IGNORECASE,
)
"""Before a technology in such a sentence: it is what the firm works with."""
_NATIONAL = re.compile(
    r"(?:[,/]| (?:or|and)) (?-i:[A-Z])\w+ (?:companies|firms|customers|clients|offices|markets)\b"
    r"|[- ](?:compan|firm|group|universit|subsidiar|markets?\b|offices?\b|customers?\b|clients?\b"
    r"|law\b|entit|passport|citizen|government|bank|start-?up|course|labou?r|tax|army|holiday|coast"
    r"|cit(?:y|ies)\b|border|e-?commerce|retail|manufactur|employer|team\b|site\b|branch)",
    re.IGNORECASE,
)
"""Behind the name of a language: it is a nation's."""
_SCHOOLS = re.compile(
    r"\b(?:School|Department|Faculty|Institute|College|Ministry|Society|Association|Bureau)"
    r" (?:of|for) (?:\w+,? (?:and|&) )?$"
)
"""Before a field of work: it is a part of the name of such a house."""
_SCHOOL_WORDS = (
    *("school ", "department ", "faculty ", "institute ", "college ", "ministry ", "society "),
    *("association ", "bureau "),
)
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
    if _is_money(line, start, end) or _in_company(line, start, end, company):
        return False
    if _is_occupation(line[start:end]) and not _practised(line, skill, start):
        return False
    negates, of_a_degree, of_schools = _hints_of(line)
    if negates and _negated(line, start, end):
        return False
    if skill_others.have(line, start, end):
        return False
    if of_a_degree and _in_degree(line, start, end):
        return False
    if technical:
        return not (skill_others.beside(line, start, end) or _made(line, start, company))
    if of_schools and _SCHOOLS.search(line, max(0, start - _NEAR), start):
        return False
    if skill in taxonomy.LANGUAGES and _NATIONAL.match(line, end):
        return False
    if _of_the_firm(line, start, company) or skill_others.next_door(line, start, end):
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
def _hints_of(line: str) -> tuple[bool, bool, bool]:
    """Whether a word of negation, of degrees, and of schools stands in the line, so that the
    patterns are worth their time. A line that lists ten skills is asked ten times."""
    has = lowered(line).__contains__
    return (
        any(map(has, _NEGATED_WORDS)),
        any(map(has, _DEGREE_WORDS)),
        any(map(has, _SCHOOL_WORDS)),
    )


def _is_money(line: str, start: int, end: int) -> bool:
    if line[start:end] not in _CURRENCIES:
        return False
    return bool(_MONEY.search(line[:start]) or _MONEY_AFTER.match(line, end))


def _in_company(line: str, start: int, end: int, company: str) -> bool:
    """Whether it is a word of the employer's name, beside another word of that."""
    at = company.find(line[start:end])
    if at < 0 or " " not in company:
        return False
    before, behind = company[:at].split(), company[at + end - start :].split()
    if behind and line.startswith(behind[0], end + 1):
        return True
    return bool(before) and line.endswith(f"{before[-1]} ", 0, start)


def _negated(line: str, start: int, end: int) -> bool:
    """Whether the clause around it says no: before it in any way ("we dropped Angular"), behind it
    only of need ("Danish is not required")."""
    left = max((m.end() for m in _CLAUSE.finditer(line, 0, start)), default=0)
    right = next((m.start() for m in _CLAUSE.finditer(line, end)), len(line))
    if _NOT_NEGATED.search(line, left, right):
        return False
    before = _NEGATED.search(line, left, start)
    return before is not None or _NEGATED_AFTER.search(line, end, right) is not None


def _in_degree(line: str, start: int, end: int) -> bool:
    if _DEGREE_BEHIND.match(line, end):
        return True
    return any(m.start() <= start < m.end() for m in _DEGREE.finditer(line))


def _made(line: str, start: int, company: str) -> bool:
    """Whether the sentence tells of a technology what the firm makes of it, not what it uses."""
    if not _of_the_firm(line, start, company):
        return False
    left, right = skill_others.sentence(line, start)
    if _MAKES.search(line, left, right) is None or _STACK.search(line, left, right):
        return False
    return _MADE_WITH.search(line, max(left, start - _NEAR), start) is None


def _of_the_firm(line: str, start: int, company: str) -> bool:
    """Whether the sentence tells of the firm and not of the job."""
    left, right = skill_others.sentence(line, start)
    return _tells_of(line[left:right], company)


@lru_cache(maxsize=64)
def _tells_of(said: str, company: str) -> bool:
    """The same of a sentence, of which a list of skills is asked many times."""
    if _PERKS.match(said):
        return True
    name = company.split(" ", 1)[0]
    at = said.find(name) if len(name) > len("We") else -1
    named = at >= 0 and not said[at + len(name) :].startswith("-")
    tells = named or _OF_US.match(said) is not None
    return tells and _OF_YOU.search(said) is None
