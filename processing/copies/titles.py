"""What a title names, apart from how it is written: the terms by which two adverts of one vacancy
agree.

Off come the marks that each board adds in its own way: `(m/f/d)`, requisition numbers, "remote",
"full-time", the place and the company where they stand in a part of their own (" - London",
"(Acme)"). What is left is read as a set of stems, so that neither order nor separators count, with
the usual abbreviations written out. Words of rank are kept apart: a senior engineer is never the
engineer. The number of a shop or a ward stays: it tells which of several vacancies this is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matching.analyzer import words
from matching.stemming import ENGLISH
from reference.text import fold

_GENDER_MARK = re.compile(
    r"\(\s*(?:all genders?|[mwfdxhknai](?:\s*/\s*(?:[mwfdxhkna]|div\.?|inn?en))+)\s*\)"
    r"|\b[mwf]/[mwf]/[dx]\b",
    re.IGNORECASE,
)
_BOTH_GENDERS = re.compile(r"(?<=[a-zäöüß])(?:[:*_/]in(?:nen)?\b|\(in(?:nen)?\))", re.IGNORECASE)
_REQUISITION = re.compile(
    r"\b(?:req(?:uisition)?|job|ref(?:erence)?|posting|vacancy)\b[\s.:#-]*(?:(?:id|no|nr|number)\b)?"
    r"[\s.:#-]*[a-z]{0,4}[-_]?\d{3,}\b"
    r"|\b[a-z]{1,4}[-_]?\d{4,}\b|#\s?[a-z]{0,4}-?\d+\b|\(\s*\d{3,}\s*\)|\b\d{5,}\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\b(store|shop|branch|unit|ward|site|restaurant|location|depot|warehouse|clinic|school|station"
    r"|route|plant|filiale|markt|magasin|agence|tienda|sucursal)"
    r"[\s.:#-]*(?:(?:no|nr|number)\b[\s.:#-]*)?(\d{1,6})\b",
    re.IGNORECASE,
)
_ARRANGEMENT = re.compile(
    r"\b(?:(?:100%|fully?)[- ])?remote(?:[- ](?:first|friendly|ok|only|work))?\b|\bhybrid\b"
    r"|\bon-?\s?site\b|\bin[- ]office\b|\b(?:work from home|home[- ]?office|wfh)\b"
    r"|\b(?:full|part)[- ]?time\b|\b(?:voll|teil)zeit\b|\b(?:urgent(?:ly)?|immediate start)\b"
    r"|\b(?:now )?hiring\b(?! manager)|\b(?:job|role|position|vacancy|opportunity|opening)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = "a an and as at by das de der die du en et for im in la le of or the to und with"
_RANK_WORDS = """
apprentice associate chief director distinguished entry expert fellow graduate head i ii iii
intermediate intern internship iv junior lead leader level manager mid president principal
senior staff student supervisor trainee v vice werkstudent working
"""
_PARTS = re.compile(r"\s[-–—]\s|[–—|,;:()\[\]/@]|\s(?:in|at|bei|@)\s", re.IGNORECASE)
_FILLERS = frozenset(_SMALL_WORDS.split())
_COMPOUNDS = {
    ("full", "stack"): "fullstack",
    ("front", "end"): "frontend",
    ("back", "end"): "backend",
    ("dev", "op"): "devops",
    ("dev", "ops"): "devops",
    ("pre", "sale"): "presale",
    ("co", "op"): "coop",
}
_WRITTEN_OUT = {
    "sr": ("senior",),
    "snr": ("senior",),
    "jr": ("junior",),
    "jnr": ("junior",),
    "mgr": ("manager",),
    "eng": ("engineer",),
    "engr": ("engineer",),
    "dev": ("developer",),
    "swe": ("software", "engineer"),
    "asst": ("assistant",),
    "assoc": ("associate",),
    "admin": ("administrator",),
    "rep": ("representative",),
    "dir": ("director",),
    "mktg": ("marketing",),
    "ops": ("operation",),
    "op": ("operation",),
    "vp": ("vice", "president"),
    "1": ("i",),
    "2": ("ii",),
    "3": ("iii",),
    "4": ("iv",),
}
_RANKS = frozenset(_RANK_WORDS.split())


@dataclass(frozen=True, slots=True)
class TitleTerms:
    """The stems of what the title names, and those of its words that are ranks, each sorted."""

    terms: tuple[str, ...]
    ranks: tuple[str, ...]


def title_key(title: str) -> str:
    """The normal form of a title as it is written, without marks such as `(m/f/d)`."""
    return fold(_GENDER_MARK.sub(" ", title)) or title


def title_terms(title: str, *, company: str, places: Iterable[str] = ()) -> TitleTerms:
    """The terms of a title. `places` are the names under which the posting's own places go: a part
    of the title that says nothing else is left out, and so is one that is the `company`."""
    which = [f"{word.lower()} {int(number)}" for word, number in _WHICH.findall(title)]
    text = _WHICH.sub(" ", title)
    for noise in (_GENDER_MARK, _BOTH_GENDERS, _REQUISITION, _ARRANGEMENT):
        text = noise.sub(" " if noise is not _BOTH_GENDERS else "", text)
    where = frozenset(word for place in places for word in words(place))
    who = frozenset(words(company))
    parts = [found for part in _PARTS.split(text) if (found := words(part))]
    told = [part for part in parts if not _says_only(part, where) and not _says_only(part, who)]
    stems = _stems([word for part in told or parts for word in part] or words(title))
    # Neither a title of symbols nor one of small words only is like any other of that kind.
    named = (frozenset(stems) - _FILLERS | frozenset(which)) or {title_key(title)}
    return TitleTerms(tuple(sorted(named - _RANKS)), tuple(sorted(named & _RANKS)))


def _says_only(part: list[str], known: frozenset[str]) -> bool:
    return bool(known) and known.issuperset(part)


def _stems(found: list[str]) -> list[str]:
    stems: list[str] = []
    for word in found:
        stem = ENGLISH[word]
        compound = _COMPOUNDS.get((stems[-1], stem)) if stems else None
        if compound is not None:
            stems[-1] = compound
        else:
            stems.append(stem)
    return [out for stem in stems for out in _WRITTEN_OUT.get(stem, (stem,))]
