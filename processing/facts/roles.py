"""The occupation a title names, in the normal forms of `roles.txt`.

The first matching line wins, and the more special come first: a "Senior Machine
Learning Engineer, Ads" is a machine learning engineer, not also a software engineer.
"""

import re
from importlib.resources import files

from models.posting import Evidence
from processing.evidence import Passage

BY = "roles@1"


def _load() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = (files("processing.facts") / "roles.txt").read_text(encoding="utf-8")
    lines = (line.split(" = ", 1) for line in text.splitlines() if not line.startswith("#"))
    return tuple((name, re.compile(rf"(?<!\w)(?:{said})")) for name, said in lines)


_RULES = _load()
_MAX = 2


def roles(title: Passage) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """At most two roles the title names, the more special first, and where it names them.

    Two only where they stand in different words ("Product Manager / UX Designer").
    """
    found: list[tuple[str, Evidence]] = []
    for name, rule in _RULES:
        match = rule.search(title.lowered)
        if match is None or any(e.start < match.end() and match.start() < e.end for _, e in found):
            continue
        if found and not _joined(title.text, found[0][1], match):
            continue
        found.append((name, title.evidence(match.start(), match.end(), BY)))
        if len(found) == _MAX:
            break
    return tuple(name for name, _ in found), tuple(evidence for _, evidence in found)


def _joined(title: str, first: Evidence, other: re.Match[str]) -> bool:
    """Whether a slash, "and" or "&" joins the two, as in "Cook / Bartender"."""
    between = title[min(first.end, other.end()) : max(first.start, other.start())]
    return re.fullmatch(r"[\w ]{0,20}\s*(?:/|\band\b|&|\bor\b)\s*[\w ]{0,20}", between) is not None
