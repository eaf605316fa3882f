"""The skill taxonomy: canonical names and the other names of each, as `skills.txt` lists them.

Names that are also ordinary words or letters carry a rule there: `=` demands the exact case, `~`
demands the exact case and a neighbour that speaks of skills, so that "services in Go" is found and
"Go to market" is not. A name with `?` is what people call a skill who ask for it, and is not sought
in texts: "TS" is TypeScript in a query and a clearance in an advert. One with `^` is an occupation
and counts in titles alone: a description that says "physician" mostly speaks of colleagues. One
with `@` counts in titles alone, too, and only as the field of an office ("Head of Security"). One
with `&` is the name of another skill too and implies this one: "Google Ads" is itself and Paid
Search. One with `!` is no skill where it begins a sentence as a verb: "Excel at it". A line without
a canonical name lists phrases that look like a skill and are none.
`skill_mentions` finds the names in a text.
"""

import difflib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from reference.text import lowered

RULES = "=~?^@&!"
_NEAR_MAX = 3
_BEGINNING_MIN = 4
"""Letters of which the rest of a name can be guessed."""
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
_PRODUCTS = frozenset({"Design tools", "Engineering tools", "Business systems"})
"""Sections of the file. The others name fields of work, methods, certificates, and languages."""
_LANGUAGES = "Human languages"
_CONTINUED = "\n  "


class Name(NamedTuple):
    """One name of a skill, with the rules by which it counts in a text: in its `exact` case only,
    in `context` only, not `sought` in texts, in titles only (`title`), there as the `field` of an
    office only, beside what the same name means elsewhere (`also`), or not as a `verb`.
    `technical` tells a technology from a field of work; `proper` tells it, or the product of a
    maker; `spoken` tells a human language. A phrase that is no skill has an empty `skill`."""

    text: str
    skill: str
    rules: str
    technical: bool
    proper: bool
    spoken: bool

    @property
    def exact(self) -> bool:
        return "=" in self.rules or "~" in self.rules

    @property
    def context(self) -> bool:
        return "~" in self.rules

    @property
    def sought(self) -> bool:
        return "?" not in self.rules

    @property
    def title(self) -> bool:
        return "^" in self.rules or self.field

    @property
    def field(self) -> bool:
        return "@" in self.rules

    @property
    def also(self) -> bool:
        return "&" in self.rules

    @property
    def verb(self) -> bool:
        return "!" in self.rules


def _load() -> tuple[Name, ...]:
    names: list[Name] = []
    text = (files("reference") / "skills.txt").read_text(encoding="utf-8")
    section = ""
    for line in text.replace(_CONTINUED, " ").splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
        elif line.strip():
            names.extend(_names(line, section))
    return tuple(names)


def _names(line: str, section: str) -> list[Name]:
    canonical, _, others = line.partition("|")
    canonical = canonical.strip()
    written = others.replace(", ", ",").strip().split(",") if others else []
    technical = section in _TECHNOLOGIES
    proper = technical or section in _PRODUCTS
    kind = technical, proper, section == _LANGUAGES
    names = []
    for one in written:
        text = one.lstrip(RULES)
        rules = one[: len(one) - len(text)]
        names.append(Name(text.replace(";", ","), canonical, rules, *kind))
    if canonical and all(name.text != canonical for name in names):
        names.insert(0, Name(canonical, canonical, "", *kind))
    return names


ALL = _load()
"""Every name of every skill, and the phrases that are none, in the order of the file."""
NAMES: tuple[str, ...] = tuple(dict.fromkeys(name.skill for name in ALL if name.skill))
"""The canonical names, in the order of the file."""
TECHNOLOGIES: frozenset[str] = frozenset(name.skill for name in ALL if name.technical)
"""Those that are technologies; the others are fields of work, products of offices, languages."""
PRODUCTS: frozenset[str] = frozenset(name.skill for name in ALL if name.proper) - TECHNOLOGIES
"""Those that are products of a maker."""
LANGUAGES: frozenset[str] = frozenset(name.skill for name in ALL if name.spoken)
"""Those that people speak."""


@cache
def _by_text() -> dict[str, str]:
    table = {lowered(one.text): one.skill for one in ALL if one.skill and not one.also}
    table.update({lowered(skill): skill for skill in NAMES})
    return table


def canonical(text: str) -> str | None:
    """The canonical name of a skill given by any of its names, in any case."""
    return _by_text().get(" ".join(lowered(text).split()))


@cache
def _suggested() -> dict[str, str]:
    """Those of the names that are suggested: no occupations, of which there are too many."""
    occupations = {lowered(one.text) for one in ALL if one.title}
    return {text: skill for text, skill in _by_text().items() if text not in occupations}


def near_misses(text: str) -> list[str]:
    """At most three canonical names for a text which is no skill: first those of which a word
    begins so (`kube`), in the order of the file, where the better known stand first; then those
    that it resembles, the nearest first."""
    asked = " ".join(lowered(text).split())
    begun = [name for name in NAMES if f" {asked}" in f" {lowered(name)}"]
    close = difflib.get_close_matches(asked, list(_suggested()), n=5, cutoff=0.75)
    near = begun if len(asked) >= _BEGINNING_MIN else []
    return list(dict.fromkeys([*near, *(_suggested()[name] for name in close)]))[:_NEAR_MAX]
