"""Companies: when two names are the same company, and the lists of companies that we bring.

A company is on a list by its whole name, or by its name with one of the endings that the list
states ("Randstad Digital"); never because its name holds another ("Reed Smith" is no "Reed").
"""

import re
from functools import lru_cache
from importlib.resources import files

from reference.text import fold

_LEGAL_FORM = re.compile(
    r"(?:\s+(?:inc|incorporated|corp|corporation|co|company|llc|llp|lp|ltd|limited|plc|pbc|pty|pte"
    r"|gmbh|mbh|ag|se|kg|kgaa|ohg|ug|ev|co kg|sa|sas|sasu|sarl|srl|spa|sl|slu|bv|nv|ab|asa?|aps|oy"
    r"|oyj|kft|zrt|doo|sro|spzoo|sp z o o|sp|ltda|sau|sapi de cv|holdings?|group|usa|us))+$"
)


@lru_cache(maxsize=8192)
def key(name: str) -> str:
    """The normal form of a company's name, without its legal form: `Acme, Inc.` is `acme`."""
    folded = fold(name.replace("&", " "))
    return _LEGAL_FORM.sub("", folded) or folded


def _load(name: str) -> frozenset[str]:
    """The keys of a list's file: of each name, and of each name with one of its endings."""
    text = (files("reference") / f"{name}.txt").read_text(encoding="utf-8")
    keys = set()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            company, _, endings = line.partition("|")
            keys |= {key(f"{company} {ending}") for ending in ("", *endings.split(","))}
    return frozenset(keys)


LISTS: dict[str, frozenset[str]] = {"agencies": _load("agencies")}
"""Lists by name; their companies by key."""
