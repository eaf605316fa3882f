"""The skill taxonomy: canonical names, other names, and where they stand in a text.

One Aho-Corasick automaton finds all names in a single pass; a hit counts where it is a whole word
(`Java` not in `JavaScript`, `C` not in `C++`). Names that are also ordinary words or letters carry
a rule in `skills.txt`: `=` demands the exact case, `~` demands the exact case and a neighbour that
speaks of skills, so that "services in Go" is found and "Go to market" is not. A name with `?` is
what people call a skill who ask for it, and is not sought in texts: "TS" is TypeScript in a query
and a clearance in an advert.
"""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import ahocorasick

_RULES = "=~?"
_WORD_LIKE = "_+#"
_NEAR_MAX = 3
_BEGINNING_MIN = 4
"""Letters of which the rest of a name can be guessed."""
_MAX_UNSURE = 500
"""More ambiguous names than any posting has; the rest of a hostile text is not weighed."""
_LEFT_CONTEXT = re.compile(
    r"(?:\b(?:in|with|using|of|like|include|includes|including|e\.g\.?|such as|know|knows|plus"
    r"|knowledge of|experience|expertise|proficient|fluent|languages?|language:|skills?:?|tools?:?"
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
    r"|languages? (?:like|such as)|code in|background in|familiar(?:ity)? with)\s*$",
    re.IGNORECASE,
)
_STRONG_RIGHT = re.compile(
    r"\s*(?:developer|engineer|programmer|programming|programming language|backend|codebase"
    r"|speaker)s?\b",
    re.IGNORECASE,
)
_BETWEEN_SKILLS = re.compile(r"\s*(?:[,/|&•·+;]|,?\s*(?:and|or|und|et|y)\s|\()?\s*(?:and|or)?\s*$")


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a skill: `exact` case only, in `context` only, or not `sought` in texts."""

    text: str
    skill: str
    exact: bool
    context: bool
    sought: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    name: _Name
    start: int
    end: int


def _load() -> tuple[_Name, ...]:
    names: list[_Name] = []
    text = (files("reference") / "skills.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        canonical, _, others = (part.strip() for part in line.partition("|"))
        given = [o.strip() for o in others.split(",") if o.strip()]
        bare = {o.lstrip(_RULES) for o in given}
        own = [] if canonical in bare else [canonical]
        names.extend(
            _Name(o.lstrip(_RULES), canonical, o[0] in "=~", o[0] == "~", o[0] != "?")
            for o in own + given
        )
    return tuple(names)


_ALL = _load()
NAMES: tuple[str, ...] = tuple(dict.fromkeys(name.skill for name in _ALL))
"""The canonical names, in the order of the file."""


def _lower(text: str) -> str:
    """Lower case of the same length, so that offsets hold (`İ` lowers to two characters)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@cache
def _by_text() -> dict[str, str]:
    table = {_lower(name.text): name.skill for name in _ALL}
    table.update({_lower(skill): skill for skill in NAMES})
    return table


def canonical(text: str) -> str | None:
    """The canonical name of a skill given by any of its names, in any case."""
    return _by_text().get(" ".join(_lower(text).split()))


def near_misses(text: str) -> list[str]:
    """At most three canonical names for a text which is no skill: first those that it resembles,
    the nearest first, then those of which a word begins so (`kube`), the shortest first."""
    asked = " ".join(_lower(text).split())
    close = difflib.get_close_matches(asked, list(_by_text()), n=5, cutoff=0.75)
    near = [_by_text()[name] for name in close]
    if len(asked) >= _BEGINNING_MIN:
        near += sorted((name for name in NAMES if f" {asked}" in f" {_lower(name)}"), key=len)
    return list(dict.fromkeys(near))[:_NEAR_MAX]


@cache
def _automaton() -> "ahocorasick.Automaton":
    by_key: dict[str, list[_Name]] = {}
    for name in _ALL:
        if name.sought:
            by_key.setdefault(_lower(name.text), []).append(name)
    automaton = ahocorasick.Automaton()
    for key, names in by_key.items():
        automaton.add_word(key, (len(key), tuple(names)))
    automaton.make_automaton()
    return automaton


def find(text: str) -> list[tuple[str, int, int]]:
    """Each skill that the text names, as (canonical name, start, end), in order of the text.

    Where names overlap the longest counts. Linear in the length of the text, about 20 ms for
    100,000 characters.
    """
    found: list[_Hit] = []
    unsure: list[_Hit] = []
    for hit in _longest(_candidates(text)):
        (unsure if hit.name.context else found).append(hit)
    unsure = unsure[:_MAX_UNSURE]
    borders = {border for hit in found for border in (hit.start, hit.end)}
    while accepted := [hit for hit in unsure if _in_context(text, hit, borders)]:
        found += accepted
        borders.update(border for hit in accepted for border in (hit.start, hit.end))
        starts = {hit.start for hit in accepted}
        unsure = [hit for hit in unsure if hit.start not in starts]
    return [(h.name.skill, h.start, h.end) for h in sorted(found, key=lambda h: h.start)]


def _candidates(text: str) -> list[_Hit]:
    """Whole-word hits in the right case."""
    hits = []
    for last, (length, names) in _automaton().iter(_lower(text)):
        start, end = last - length + 1, last + 1
        if not _whole_word(text, start, end):
            continue
        said = text[start:end]
        name = next((n for n in names if not n.exact or n.text == said), None)
        if name is not None:
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
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _in_context(text: str, hit: _Hit, neighbours: set[int]) -> bool:
    """Whether an ambiguous name stands where one lists skills."""
    before, after = text[max(0, hit.start - 40) : hit.start], text[hit.end : hit.end + 40]
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
