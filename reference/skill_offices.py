"""The offices and ranks of titles, and whether a word stands beside one as its field.

"Security" is a field in "Head of Security", "Security Intern" and "Software Engineer, Security",
and none in "Social Security Advisor". A word that names a field counts where nothing but ranks,
offices and regions stands before it, and an office or nothing behind it. What names a technology
counts also where it is a part of the title by itself; other fields there are mostly those of the
customers: "Account Executive, Energy".
"""

import re

_OFFICES = frozenset(
    {"manager", "management", "director", "head", "vp", "svp", "evp", "avp", "vice", "president"}
    | {"chief", "officer", "lead", "leader", "supervisor", "superintendent", "specialist", "expert"}
    | {"coordinator", "associate", "assistant", "analyst", "consultant", "advisor", "adviser"}
    | {"administrator", "administration", "executive", "representative", "rep", "agent", "partner"}
    | {"engineer", "engineering", "developer", "architect", "designer", "scientist", "technician"}
    | {"counsel", "attorney", "paralegal", "strategist", "planner", "writer", "trainer", "clerk"}
    | {"intern", "internship", "trainee", "apprentice", "apprenticeship", "student", "graduate"}
    | {"fellow", "fellowship", "team", "member", "professional", "generalist", "practitioner"}
    | {"leiter", "leiterin", "leitung", "teamleiter", "referent", "sachbearbeiter", "mitarbeiter"}
    | {"praktikant", "praktikum", "werkstudent", "responsable", "directeur", "directrice"}
    | {"stagiaire", "alternant", "chargé", "chargée", "jefe", "jefa", "técnico", "gerente"}
)
_RANKS = frozenset(
    {"senior", "sr", "junior", "jr", "staff", "principal", "deputy", "group", "managing", "interim"}
    | {"mid", "level", "entry", "experienced", "acting", "assoc", "mgr", "dir", "corporate"}
    | {"i", "ii", "iii", "iv", "v", "1", "2", "3", "4", "5", "summer", "winter", "fall", "spring"}
)
_REGIONS = frozenset(
    {"general", "global", "regional", "international", "national", "emea", "apac", "americas"}
    | {"na", "us", "usa", "uk", "uki", "eu", "europe", "dach", "area", "district", "local", "anz"}
    | {"amer", "latam", "mea", "nordics", "benelux", "north", "south", "east", "west", "central"}
    | {"country"}
)
_LINKS = frozenset({"of", "for", "the", "and", "de", "du", "des", "en", "für", "im", "in"})
_BEFORE = _OFFICES | _RANKS | _REGIONS | _LINKS
_BEHIND = (_OFFICES | _RANKS | _REGIONS | {"and", "for", "program", "programs", "project"}) - {
    "officer"
}
_BEGINNING = 200
"""Characters of a title that are read; the rest of a hostile one is not."""
_WORD = re.compile(r"\w+")
_NEXT_WORD = re.compile(r"\s+(\w+)")
_ENDS = re.compile(r"\s*(?:$|[,;|–—:/&+()\[\]]|-\s)")
_BUILDS = re.compile(
    r"\b(?:engineer|developer|programmer|eng|dev|scientist|administrator|entwickler\w*|ingénieure?"
    r"|développeu\w+|desarrollador\w*|programista|ontwikkelaar|\w+administrator)s?\b",
    re.IGNORECASE,
)
_PLAIN_WORDS = frozenset({"Phoenix", "Julia", "Chef", "Spark"})
"""Technologies that are a town, a person, a cook or a firm's programme where a title has them."""
_PARTS = re.compile(r"[,;|–—:/&+()\[\]]\s*$|\s-\s*$")
_PARTED = re.compile(r"[,;|–—:/&+()\[\]]|\s-|-\s")
_OFFICE_FIRST = re.compile(
    r"(?:head|director|vp|svp|evp|vice president|chief|leiter|responsable|jefe|gerente)\b"
)


def is_field(title: str, start: int, end: int, *, technical: bool) -> bool:
    """Whether the word at [start, end) of a title is the field of its office."""
    if start > _BEGINNING or not _ends(title, end):
        return False
    if all(word in _BEFORE for word in _WORD.findall(title[:start].lower())):
        return True
    if not technical or _ENDS.match(title, end) is None:
        return False
    part = _PARTED.split(title[:start])[-1]
    return all(word in _REGIONS for word in _WORD.findall(part.lower()))


def is_tool(title: str, start: int, end: int) -> bool:
    """Whether the word at [start, end) of an engineer's title is a part of it by itself, as what
    such people work with is: "Backend Engineer (Rust)", "Software Engineer, Go". Behind a dash or
    a comma stand towns, too: "Software Engineer - Phoenix"."""
    if start > _BEGINNING or title[start:end] in _PLAIN_WORDS:
        return False
    if _BUILDS.search(title, 0, _BEGINNING) is None:
        return False
    ends = _ENDS.match(title, end) is not None and not title.startswith("&", end)
    return ends and _PARTS.search(title[:start]) is not None


def begins_with_office(name: str) -> bool:
    """Whether a name, in lower case, has its office before the field: "head of product". What the
    title says of the field then goes on behind it: "Head of Product Marketing"."""
    return _OFFICE_FIRST.match(name) is not None


def _ends(title: str, end: int) -> bool:
    if _ENDS.match(title, end):
        return True
    follows = _NEXT_WORD.match(title, end)
    return follows is not None and follows[1].lower() in _BEHIND
