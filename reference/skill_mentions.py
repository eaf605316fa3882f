"""Where a text names skills.

An Aho-Corasick automaton finds all names of the taxonomy in a single pass; a hit counts where it
is a whole word (`Java` not in `JavaScript`, `C` not in `C++`) and its rule holds. Where names
overlap the longest counts. A title names an occupation in more forms than a text does, and there
they are known by their stem: in the plural ("Welders"), for women ("Elektrikerin") and for both
("Contrôleur(euse)", "Chef·fe", "Jefe/a"); joined by a hyphen ("Customer-Service Agent"); and with
the office before its field ("Senior Engineer, Mechanical").
"""

import itertools
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import cache

import ahocorasick

from reference.skill_context import is_proper_noun, is_verb, speaks_of_skills
from reference.skill_offices import begins_with_office, is_field, is_tool
from reference.skills import ALL, Name
from reference.text import lowered

_WORD_LIKE = "_+#"
_MAX_UNSURE = 500
"""More ambiguous names than any posting has; the rest of a hostile text is not weighed."""
_ACRONYM_MIN = 3
"""Capitals of an acronym from which on it has a plural: "FMEAs", "RFQs"."""
_STEM_MIN = 5
"""Letters of an occupation's name from which on it is known with an ending, too."""
_ENDING = re.compile(r"(?:s|es|e|n|en|in|innen|nen|ne|euse)(?!\w)", re.IGNORECASE)
_BOTH = re.compile(
    r"(?<=[^\W\d_]{3})(?:\((?:in|innen|e|ne|euse|trice|a|s|r|ère|ière|h|f)\)"
    r"|[:*·•.’](?:in|innen|e|ne|euse|trice|a|r|fe|ère|ière)\b|/-?(?:in|innen|a|e|euse|trice|ne)\b)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s?(?:/|or|and|und|oder|et|ou|y|o|of|en)\s?")
_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_RANK_INSIDE = re.compile(
    r"(?<=\w )(?:senior|sr\.?|junior|jr\.?|staff|principal|lead|associate|assistant|deputy|group) "
    r"(?=(?:software )?(?:manager|director|engineer|developer|analyst|specialist|consultant"
    r"|designer|associate|coordinator|representative|administrator|executive|architect|scientist|advisor"
    r"|technician|accountant|partner|lead|counsel|supervisor|officer)\b)",
    re.IGNORECASE,
)
"""A rank between a field and its office."""
_TURNED = re.compile(
    r"^\W*(?:(?:senior|sr|junior|jr|lead|staff|principal|associate|assistant|group|global|regional"
    r"|executive|managing|deputy|graduate|experienced)\b[.+]?[ ,/]*)*"
    r"(?P<office>(?:software )?(?:engineer|developer|architect)|manager|director|supervisor|analyst"
    r"|designer|scientist|researcher|technician|specialist|coordinator|administrator|consultant"
    r"|counsel|attorney|inspector|auditor|accountant|nurse|therapist|recruiter|planner|assembler"
    r"|operator|mechanic|teacher|tutor|professor|instructor|lecturer|physician|buyer|clerk|writer"
    r"|editor|strategist|producer|lead|intern|expert|representative|agent|officer|lawyer|paralegal)"
    r"(?: (?:I{1,3}|IV|V|[1-5]))?(?:,| [-–—|]| of) ?(?P<field>\w[^,;(|/–—]{1,60}?)"
    r"(?= *$| *[,;(|/–—]| - )",
    re.IGNORECASE,
)
"""An office behind nothing but its rank, with its field behind it."""
_BOTH_MARKS = ("(", ":", "*", "·", "•", ".", "’", "/")

Mention = tuple[str, int, int]
"""The canonical name of a skill, and [start, end) of what names it."""


class _Hit:
    """A name of the taxonomy at [start, end) of a text."""

    __slots__ = ("end", "name", "start")

    def __init__(self, name: Name, start: int, end: int) -> None:
        self.name = name
        self.start = start
        self.end = end


def in_title(title: str) -> list[Mention]:
    """Each skill that a title names, in order; occupations name their fields. A span covers the
    whole form: "Welders", "Contrôleur(euse) de Gestion"."""
    plain, origin = _without_both(title.replace("_", " "))
    candidates = [*_candidates(plain, title=True), *_hyphenated(plain), *_ranked(plain)]
    found = _turned(plain, _sure(plain, candidates, frozenset(), title=True))
    if origin is None:
        return found
    return [(skill, origin[start], origin[end - 1] + 1) for skill, start, end in found]


def in_text(text: str, known: Collection[str] = ()) -> list[Mention]:
    """Each skill that a text names, in order. Those that are `known` of the posting (its title
    names them) are believed more easily.

    Linear in the length of the text, about 20 ms for 100,000 characters.
    """
    return _sure(text, _candidates(text, title=False), known)


def _without_both(title: str) -> tuple[str, list[int] | None]:
    """The title in one gender's form, and for each character where it stood; None where each
    stands where it stood."""
    if not any(mark in title for mark in _BOTH_MARKS):
        return title, None
    marks = [match.span() for match in _BOTH.finditer(title)]
    if not marks:
        return title, None
    dropped = {at for span in marks for at in range(*span)}
    origin = [at for at in range(len(title)) if at not in dropped]
    return "".join(title[at] for at in origin), origin


def _hyphenated(title: str) -> list[_Hit]:
    """What is found only where a hyphen is read as a space."""
    hyphens = [match.start() for match in _HYPHEN.finditer(title)]
    if not hyphens:
        return []
    hits = _candidates(_HYPHEN.sub(" ", title), title=True)
    return [hit for hit in hits if any(hit.start < at < hit.end for at in hyphens)]


def _ranked(title: str) -> list[_Hit]:
    """What is found only where the rank before an office is left out: "Product Senior Manager"."""
    ranks = [match.span() for match in _RANK_INSIDE.finditer(title)]
    if not ranks:
        return []
    dropped = {at for span in ranks for at in range(*span)}
    origin = [at for at in range(len(title)) if at not in dropped]
    hits = _candidates("".join(title[at] for at in origin), title=True)
    spans = [(hit, origin[hit.start], origin[hit.end - 1] + 1) for hit in hits]
    return [
        _Hit(hit.name, start, end) for hit, start, end in spans if end - start > hit.end - hit.start
    ]


def _turned(title: str, found: list[Mention]) -> list[Mention]:
    """What the title names once a field that alone names nothing stands before its office:
    "Engineer, Mechanical" is a mechanical engineer. The span goes from the office to the field's
    end, and what was found there counts no more."""
    match = _TURNED.match(title)
    if match is None:
        return found
    field, begin, end = match["field"], match.start("office"), match.end("field")
    if any(start < end and stop > match.start("field") for _, start, stop in found):
        return found
    text = f"{field} {match['office']}"
    named = [
        (skill, begin, end)
        for skill, start, stop in _sure(text, _candidates(text, title=True), frozenset())
        if not start and stop > len(field)
    ]
    if not named:
        return found
    kept = [mention for mention in found if mention[1] >= end or mention[2] <= begin]
    return sorted([*kept, *named], key=lambda mention: mention[1])


def _sure(
    text: str, candidates: list[_Hit], known: Collection[str], *, title: bool = False
) -> list[Mention]:
    """Those of the candidates that mean the skill."""
    found: list[_Hit] = []
    unsure: list[_Hit] = []
    for hit in _longest(candidates):
        if hit.name.skill:
            open_ = hit.name.context and not (title and _is_part(text, hit))
            (unsure if open_ else found).append(hit)
    unsure = unsure[:_MAX_UNSURE]
    borders = {border for hit in found for border in (hit.start, hit.end)}
    borders.update(border for pair in _pairs(text, unsure) for border in pair)
    while accepted := [h for h in unsure if speaks_of_skills(text, h.start, h.end, borders)]:
        found += accepted
        borders.update(border for hit in accepted for border in (hit.start, hit.end))
        starts = {hit.start for hit in accepted}
        unsure = [hit for hit in unsure if hit.start not in starts]
    if unsure:
        found += _among_technologies(text, unsure, found, known)
    return [(h.name.skill, h.start, h.end) for h in sorted(found, key=lambda h: h.start)]


def _is_part(title: str, hit: _Hit) -> bool:
    """Whether an ambiguous technology is a part of an engineer's title by itself: "(Rust)"."""
    return hit.name.technical and is_tool(title, hit.start, hit.end)


def _pairs(text: str, unsure: list[_Hit]) -> Iterator[tuple[int, int]]:
    """The borders of two technologies or products with nothing but "or", "and" or a slash between
    them, each of which tells that the other is meant: "enough Go or Rust to read it"."""
    for first, second in itertools.pairwise(hit for hit in unsure if hit.name.proper):
        if _JOINED.fullmatch(text, first.end, second.start):
            yield first.end, second.start


def _among_technologies(
    text: str, unsure: list[_Hit], found: list[_Hit], known: Collection[str]
) -> list[_Hit]:
    """The unsure hits that are proper nouns, and known or in a line with another technology."""
    nouns = [h for h in unsure if h.name.proper and is_proper_noun(text, h.start, h.end)]
    sure = [hit.start for hit in found if hit.name.proper]
    sure += [hit.start for hit in nouns if hit.name.skill in known]
    sure.sort()
    return [hit for hit in nouns if _beside_any(text, hit, sure)]


def _beside_any(text: str, hit: _Hit, starts: list[int]) -> bool:
    """Whether one of the positions, which are sorted, lies in the line of the hit."""
    line = text.rfind("\n", 0, hit.start) + 1
    end = text.find("\n", hit.end)
    at = bisect_left(starts, line)
    return at < len(starts) and (end < 0 or starts[at] < end)


@cache
def _automaton(*, title: bool) -> "ahocorasick.Automaton":
    """Finds the names that are sought in a title, or the fewer that are in a text; not those of
    one letter, which would be found in every word."""
    by_key: dict[str, list[Name]] = {}
    for name in ALL:
        if name.sought and len(name.text) > 1 and (title or not name.title):
            by_key.setdefault(lowered(name.text), []).append(name)
    automaton = ahocorasick.Automaton()
    for key, names in by_key.items():
        # What counts in titles alone is meant there: "Assembly Lead" writes no assembly language.
        names.sort(key=lambda name: (name.also, not name.title))
        automaton.add_word(key, (len(key), tuple(names)))
    automaton.make_automaton()
    return automaton


_OFFICE_FIRST = frozenset(
    name for name in ALL if name.title and begins_with_office(lowered(name.text))
)
_LETTERS = {name.text: (name,) for name in ALL if name.exact and len(name.text) == 1}


def _candidates(text: str, *, title: bool) -> list[_Hit]:
    """Whole-word hits in the right case."""
    hits: list[_Hit] = []
    beyond = len(text)
    for last, (length, names) in _automaton(title=title).iter(lowered(text)):
        end = last + 1
        start = end - length
        # Most hits are short names inside words: told here, without a call.
        if end < beyond and text[end].isalnum():
            if text[end] == "s" and length >= _ACRONYM_MIN and _is_plural(text, start, end):
                named = _named(text, start, end, names)
                hits.extend(_Hit(hit.name, start, end + 1) for hit in named)
            elif title and length >= _STEM_MIN:
                hits.extend(_bent(text, start, end, names))
        elif not (start and text[start - 1].isalnum()) and _whole_word(text, start, end):
            hits.extend(_named(text, start, end, names))
    for letter, names in _LETTERS.items():
        start = text.find(letter)
        while start >= 0:
            if _whole_word(text, start, start + 1):
                hits.extend(_named(text, start, start + 1, names))
            start = text.find(letter, start + 1)
    return hits


def _is_plural(text: str, start: int, end: int) -> bool:
    """Whether an acronym stands at [start, end), and behind it but the `s` of its plural."""
    return text[start:end].isupper() and _whole_word(text, start, end + 1)


def _bent(title: str, start: int, end: int, names: tuple[Name, ...]) -> Iterator[_Hit]:
    """The names that tell a field of work, or who works there, where they have an ending."""
    ending = _ENDING.match(title, end)
    if ending is None or (start and title[start - 1].isalnum()):
        return
    for name in names:
        if not (name.exact or name.proper):
            yield _Hit(name, start, ending.end())


def _named(text: str, start: int, end: int, names: tuple[Name, ...]) -> list[_Hit]:
    """The first of the names whose rule holds here, and what it implies."""
    said = text[start:end]
    hits: list[_Hit] = []
    for name in names:
        if name.exact and name.text != said:
            continue
        if (hits and not name.also) or (name.verb and is_verb(text, start, end)):
            continue
        if name.field and not is_field(text, start, end, technical=name.technical):
            continue
        hits.append(_Hit(name, start, end))
    return hits


def _whole_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isalnum() or before in _WORD_LIKE or (before == "." and text[start] != "."):
        return False
    if after.isalnum() or (after in _WORD_LIKE and text[end - 1] not in "+#"):
        return False
    # ".com", ".js": the word goes on behind a point; a sentence ends with a point and a space.
    return not (after == "." and end + 1 < len(text) and text[end + 1].isalnum())


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """The hits without those that overlap a longer one; one name may mean two skills. "Head of
    Product" gives way to what goes on behind it: "Head of Product Marketing"."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        while kept and hit.start < kept[-1].end < hit.end and kept[-1].name in _OFFICE_FIRST:
            kept.pop()
        last = kept[-1] if kept else None
        if last is None or hit.start >= last.end or _same_or_shared(last, hit):
            kept.append(hit)
    return kept


def _same_or_shared(last: _Hit, hit: _Hit) -> bool:
    """Whether two hits that overlap both count: at the same place, or where an occupation and a
    technology share a word, as "SAP" in "Consultor SAP FI"."""
    if (hit.start, hit.end) == (last.start, last.end):
        return True
    first, second = last.name, hit.name
    if hit.end <= last.end or not (first.skill and second.skill):
        return False
    if first.title == second.title:
        return False
    return second.proper if first.title else first.proper
