"""The skill taxonomy: canonical names, other names, and where they stand in a text.

One Aho-Corasick automaton finds all names in a single pass; a hit counts where it is a whole word
(`Java` not in `JavaScript`, `C` not in `C++`). Names that are also ordinary words or letters carry
a rule in `skills.txt`: `=` demands the exact case, `~` demands the exact case and a neighbour that
speaks of skills, so that "services in Go" is found and "Go to market" is not. Such a name also
counts as a proper noun within a line that names another technology for certain ("tests with Cypress
and JUnit"). A name with `?` is what people call a skill who ask for it, and is not sought in texts:
"TS" is TypeScript in a query and a clearance in an advert. One with `^` is an occupation and counts
in titles alone: a description that says "physician" mostly speaks of colleagues.
"""

import difflib
import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import ahocorasick

from reference.text import lowered

_RULES = "=~?^"
_WORD_LIKE = "_+#"
_NEAR_MAX = 3
_BEGINNING_MIN = 4
"""Letters of which the rest of a name can be guessed."""
_MAX_UNSURE = 500
"""More ambiguous names than any posting has; the rest of a hostile text is not weighed."""
_LEFT_CONTEXT = re.compile(
    r"(?:\b(?:in|with|using|of|avec|mit|con|met|com|like|include|includes"
    r"|including|e\.g\.?|such as|know|knows|plus|knowledge of|experience|expertise|proficient"
    r"|fluent|languages?|language:|skills?:?|tools?:?"
    r"|stack:?|written|senior|junior|our|modern|or|and)\s*[:(]?|[,/(|•·])\s*$",
    re.IGNORECASE,
)
_RIGHT_CONTEXT = re.compile(
    r"\s*(?:[,/)|;•·]|(?:and|or|&)\s+(?=\S)|"
    r"(?:developer|engineer|programmer|programming|language|backend|back-end|service|code|codebase"
    r"|experience|script|framework|application|cluster|certified|expert|skill|job|pipeline|test"
    r"|speaker|language)s?\b|[.!?]?\s*$|[.!?](?=\s))",
    re.IGNORECASE,
)
_STRONG_LEFT = re.compile(
    r"\b(?:experience (?:with|in|of|using)|written in|knowledge of|proficient (?:in|with)"
    r"|expertise in|proficiency (?:in|with)|fluent in|coding in|programming in"
    r"|(?:languages?|tools?|tooling|frameworks?) (?:like|such as)|code in|background in"
    r"|familiar(?:ity)? with|we use|using|tests? (?:in|with)|documented in|built (?:with|in|on)"
    r"|deployed (?:with|on)|migrat\w+ (?:to|from)|tests? \(|(?:releas|ship|deploy)\w*"
    r"(?: \w+)? (?:through|with|via)|(?:records?|charting|chart|documentation|tickets|logg\w+"
    r"|articles"
    r"|contacts|bookings|dashboards|notes) (?:in|with|via|through))\s*$",
    re.IGNORECASE,
)
_STRONG_RIGHT = re.compile(
    r"\s*(?:developer|engineer|programmer|programming|programming language|backend|codebase"
    r"|speaker)s?\b",
    re.IGNORECASE,
)
_TECHNOLOGIES = frozenset(
    {
        "Programming languages",
        "Web frameworks and front end",
        "Mobile",
        "Cloud and infrastructure",
        "Data stores",
        "Data engineering and analytics",
        "Machine learning and AI",
        "Security",
        "Networking and systems",
        "Quality",
    }
)
"""Sections of the file. The others name fields of work, products of offices, and languages."""
_LETTERS = 2
"""A name as short as `C` or `Go` stands for more than one of a word's length does."""
_PROPER_LEFT = re.compile(r"[a-zà-ÿ,(:/&+0-9]\s*[(/]?$|\w,\s$")
_PROPER_RIGHT = re.compile(r"(?![^\S\n]+[A-Z0-9]\w)(?![-'’&])")
_SEASON_LEFT = re.compile(
    r"\b(?:this|next|last|by|until|early|late|of|every|in the)\s$", re.IGNORECASE
)
_LETTER_LEFT = re.compile(
    r"(?:\b(?:of|in|with|for|and|or|und|et|y|like|solid|strong|some|working|good|plus|fluent|to"
    r"|reading|writing|know|knows|write|use|using|coding|our)"
    r"|[,/(;:])\s*$",
    re.IGNORECASE,
)
_LETTER_RIGHT = re.compile(
    r"\s*(?:$|[.,;/)]|(?:on|for|and|or|und|et|y|is|are|as|programming|code|at|skills?)\b)"
)
_BETWEEN_SKILLS = re.compile(r"\s*(?:[,/|&•·+;]|,?\s*(?:and|or|und|et|y)\s|\()?\s*(?:and|or)?\s*$")


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a skill: `exact` case only, in `context` only, not `sought` in texts, or in
    titles only (`title`); `technical` tells a technology from a field of work."""

    text: str
    skill: str
    exact: bool
    context: bool
    sought: bool
    title: bool
    technical: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    name: _Name
    start: int
    end: int


def _load() -> tuple[_Name, ...]:
    names: list[_Name] = []
    text = (files("reference") / "skills.txt").read_text(encoding="utf-8")
    technical = False
    for line in text.splitlines():
        if line.startswith("#"):
            technical = line.lstrip("# ") in _TECHNOLOGIES
        if line.startswith("#") or not line.strip():
            continue
        canonical, _, others = (part.strip() for part in line.partition("|"))
        given = [o.strip() for o in others.split(",") if o.strip()]
        bare = {o.lstrip(_RULES) for o in given}
        own = [] if canonical in bare else [canonical]
        names.extend(_name(one, canonical, technical) for one in own + given)
    return tuple(names)


def _name(written: str, skill: str, technical: bool) -> _Name:
    text = written.lstrip(_RULES)
    rules = written[: len(written) - len(text)]
    return _Name(
        text,
        skill,
        exact="=" in rules or "~" in rules,
        context="~" in rules,
        sought="?" not in rules,
        title="^" in rules,
        technical=technical,
    )


_ALL = _load()
NAMES: tuple[str, ...] = tuple(dict.fromkeys(name.skill for name in _ALL))
"""The canonical names, in the order of the file."""
TECHNOLOGIES: frozenset[str] = frozenset(name.skill for name in _ALL if name.technical)
"""Those that are technologies; the others are fields of work, products of offices, languages."""


@cache
def _by_text() -> dict[str, str]:
    table = {lowered(name.text): name.skill for name in _ALL}
    table.update({lowered(skill): skill for skill in NAMES})
    return table


def canonical(text: str) -> str | None:
    """The canonical name of a skill given by any of its names, in any case."""
    return _by_text().get(" ".join(lowered(text).split()))


def near_misses(text: str) -> list[str]:
    """At most three canonical names for a text which is no skill: first those that it resembles,
    the nearest first, then those of which a word begins so (`kube`), the shortest first."""
    asked = " ".join(lowered(text).split())
    close = difflib.get_close_matches(asked, list(_by_text()), n=5, cutoff=0.75)
    near = [_by_text()[name] for name in close]
    if len(asked) >= _BEGINNING_MIN:
        near += sorted((name for name in NAMES if f" {asked}" in f" {lowered(name)}"), key=len)
    return list(dict.fromkeys(near))[:_NEAR_MAX]


@cache
def _automaton() -> "ahocorasick.Automaton":
    by_key: dict[str, list[_Name]] = {}
    for name in _ALL:
        if name.sought:
            by_key.setdefault(lowered(name.text), []).append(name)
    automaton = ahocorasick.Automaton()
    for key, names in by_key.items():
        automaton.add_word(key, (len(key), tuple(names)))
    automaton.make_automaton()
    return automaton


def find(
    text: str, known: Collection[str] = (), *, title: bool = False
) -> list[tuple[str, int, int]]:
    """Each skill that the text names, as (canonical name, start, end), in order of the text. The
    skills that are `known` of the posting (its title names them) are believed more easily; in a
    `title` occupations name their fields.

    Where names overlap the longest counts. Linear in the length of the text, about 20 ms for
    100,000 characters.
    """
    found: list[_Hit] = []
    unsure: list[_Hit] = []
    for hit in _longest(_candidates(text, title)):
        (unsure if hit.name.context else found).append(hit)
    unsure = unsure[:_MAX_UNSURE]
    borders = {border for hit in found for border in (hit.start, hit.end)}
    while accepted := [hit for hit in unsure if _in_context(text, hit, borders)]:
        found += accepted
        borders.update(border for hit in accepted for border in (hit.start, hit.end))
        starts = {hit.start for hit in accepted}
        unsure = [hit for hit in unsure if hit.start not in starts]
    found += _among_technologies(text, unsure, found, known)
    return [(h.name.skill, h.start, h.end) for h in sorted(found, key=lambda h: h.start)]


def _among_technologies(
    text: str, unsure: list[_Hit], found: list[_Hit], known: Collection[str]
) -> list[_Hit]:
    """The unsure hits that are proper nouns, and known or in a line with another technology."""
    nouns = [hit for hit in unsure if hit.name.technical and _is_proper_noun(text, hit)]
    sure = [hit.start for hit in found if hit.name.technical]
    sure += [hit.start for hit in nouns if hit.name.skill in known]
    sure.sort()
    return [hit for hit in nouns if _beside_any(text, hit, sure)]


def _beside_any(text: str, hit: _Hit, starts: list[int]) -> bool:
    """Whether one of the positions, which are sorted, lies in the line of the hit."""
    line = text.rfind("\n", 0, hit.start) + 1
    end = text.find("\n", hit.end)
    at = bisect_left(starts, line)
    return at < len(starts) and (end < 0 or starts[at] < end)


def _is_proper_noun(text: str, hit: _Hit) -> bool:
    before, after = text[max(0, hit.start - 20) : hit.start], text[hit.end : hit.end + 12]
    if hit.end - hit.start <= _LETTERS:
        right = _LETTER_RIGHT.match(after) is not None and not after.startswith(("-", "&", "'"))
        return right and _LETTER_LEFT.search(before) is not None
    if _PROPER_LEFT.search(before) is None or _SEASON_LEFT.search(before):
        return False
    return _PROPER_RIGHT.match(after) is not None


def _candidates(text: str, title: bool) -> list[_Hit]:
    """Whole-word hits in the right case."""
    hits = []
    beyond = len(text)
    for last, (length, names) in _automaton().iter(lowered(text)):
        start, end = last - length + 1, last + 1
        # Most hits are short names inside words: told here, without a call.
        if (end < beyond and text[end].isalnum()) or (start and text[start - 1].isalnum()):
            continue
        if not _whole_word(text, start, end):
            continue
        said = text[start:end]
        for name in names:
            if (title or not name.title) and (not name.exact or name.text == said):
                hits.append(_Hit(name, start, end))
                break
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
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _in_context(text: str, hit: _Hit, neighbours: set[int]) -> bool:
    """Whether an ambiguous name stands where one lists skills."""
    before = text[max(0, hit.start - 40) : hit.start].rpartition("\n")[2]
    after = text[hit.end : hit.end + 40].partition("\n")[0]
    if before.endswith(("-", "&", "'", "’")) or after.startswith(("-", "&", "'", "’")):
        return False
    if _STRONG_LEFT.search(before) or _STRONG_RIGHT.match(after):
        return True
    if not (_LEFT_CONTEXT.search(before) or not before.strip()):
        return False
    if not _RIGHT_CONTEXT.match(after):
        return False
    return _beside_skill(text, hit, neighbours)


def _beside_skill(text: str, hit: _Hit, neighbours: set[int]) -> bool:
    """Whether only a separator lies between the hit and another skill's hit."""
    for gap in range(1, 8):
        left, right = hit.start - gap, hit.end + gap
        if left in neighbours and _BETWEEN_SKILLS.match(text[left : hit.start]):
            return True
        if right in neighbours and _BETWEEN_SKILLS.match(text[hit.end : right]):
            return True
    return False
