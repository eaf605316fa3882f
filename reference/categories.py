"""The categories of jobs: canonical names, and the other names that boards and departments use.

A name counts whole, never as a part of a longer one: "Engineering Recruiting" is no engineering.
"""

import difflib
from functools import cache
from importlib.resources import files

from reference.text import fold

_AND = frozenset({"&", "+", "und"})


def _load() -> dict[str, tuple[str, ...]]:
    text = (files("reference") / "categories.txt").read_text(encoding="utf-8")
    lines = (line.partition("|") for line in text.splitlines() if not line.startswith("#"))
    return {
        name.strip(): tuple(other.strip() for other in others.split(","))
        for name, _, others in lines
    }


CATEGORIES: dict[str, tuple[str, ...]] = _load()
"""Canonical name → other names."""


def _key(text: str) -> str:
    words = fold(text.replace("&", " & ").replace("+", " + ")).split()
    return " ".join("and" if word in _AND else word for word in words)


@cache
def _by_key() -> dict[str, str]:
    table = {_key(other): name for name, others in CATEGORIES.items() for other in others}
    return table | {_key(name): name for name in CATEGORIES}


def canonical(text: str) -> str | None:
    """The category that goes by this name, in any case; None if it is none of ours."""
    return _by_key().get(_key(text))


def near_misses(text: str) -> list[str]:
    """At most three categories that the text may have meant, the likeliest first."""
    close = difflib.get_close_matches(_key(text[:100]), list(_by_key()), n=5, cutoff=0.7)
    return list(dict.fromkeys(_by_key()[key] for key in close))[:3]
