"""Single values of the alert language: text to the typed values of the criteria tree.

Every function raises `Fault`. The JSON reader uses the same ones, so that both forms of a query
refuse the same things.
"""

import re
from functools import cache
from typing import Literal

from matching.analyzer import terms
from matching.faults import Fault
from matching.lists import Lists
from matching.nearness import near
from matching.vocabulary import (
    EMPLOYMENT_MEANT,
    LANGUAGE_NAMES,
    LANGUAGES,
    LEVELS_MEANT,
    MODES_MEANT,
    REGIONS,
    UNCLEAR_CODES,
    one_of,
)
from models.criteria import InList, LevelIn, Words
from models.posting import Clearance, EmploymentType, Level, Mode
from reference import categories, places, skills
from reference.countries import countries as all_countries

PREFIX_MIN = 2
"""Letters before the `*` of a prefix: one letter would be a tenth of all words."""

SOURCE_MAX = 200
"""Characters of a source's name or host."""

TextField = Literal["any", "title", "description", "company"]
ListField = Literal["company", "skill"]
WordKind = Literal["word", "phrase", "prefix"]

_LEVELS = {level.value: level.value for level in Level}
_EMPLOYMENTS = {e.value: e.value for e in EmploymentType}
_MODES = {m.value: m.value for m in Mode}
_CLEARANCES = {c.value: c.value for c in Clearance}
LIST_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LIST_NAME_EXPECTED = "the name of a list: at most 40 of a-z, 0-9, - and _"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)")


def words(field: TextField, kind: WordKind, text: str) -> Words:
    """A text test in normal form: folded terms; several are a phrase, one is a word."""
    found = terms(text)
    if not found:
        raise Fault("a word with letters or digits", text)
    if kind != "prefix" and "*" in text:
        unquoted = [text] if text.index("*") == len(text) - 1 else []
        raise Fault("no * within quotes: a prefix is one word", text, unquoted)
    if kind == "prefix":
        if len(found) > 1:
            raise Fault("one word before the *", text)
        if len(found[0]) < PREFIX_MIN:
            raise Fault(f"at least {PREFIX_MIN} letters before the *", text)
        return Words(field=field, kind="prefix", text=found[0])
    joined = " ".join(found)
    if len(joined) > 500:
        raise Fault("a text of at most 500 characters", text)
    return Words(field=field, kind="phrase" if len(found) > 1 else "word", text=joined)


def skill(text: str) -> str:
    """The canonical name of a skill."""
    name = skills.canonical(text)
    if name is None:
        raise Fault(
            "a known skill (other words are searched as text)", text, skills.near_misses(text)
        )
    return name


def level(text: str) -> Level:
    return Level(one_of(text, "a level", _LEVELS, LEVELS_MEANT))


def levels(operator: str, text: str) -> LevelIn:
    """`senior`, `senior..staff`, or a level after `<`, `<=`, `>`, `>=`; both ends included."""
    if operator == ":":
        low, dots, high = text.partition("..")
        if dots and not (low and high):
            meant = f"level<={high}" if high else f"level>={low}"
            raise Fault("a level on both sides of ..", text, [meant] if low or high else ())
        if set(text.split("-")) <= _LEVELS.keys() and "-" in text:
            raise Fault("two levels with .. between", text, [f"level:{text.replace('-', '..')}"])
        return level_range(level(low), level(high if dots else low))
    ranked = list(Level)
    rank = level(text).rank + {"<": -1, "<=": 0, ">": 1, ">=": 0}[operator]
    if not 0 <= rank < len(ranked):
        raise Fault(f"a level that has levels {operator} it", text)
    if operator.startswith("<"):
        return LevelIn(min=ranked[0], max=ranked[rank])
    return LevelIn(min=ranked[rank], max=ranked[-1])


def level_range(low: Level, high: Level) -> LevelIn:
    if low.rank > high.rank:
        raise Fault("the lower level first", f"{low}..{high}")
    return LevelIn(min=low, max=high)


def employment(text: str) -> EmploymentType:
    return EmploymentType(one_of(text, "an employment type", _EMPLOYMENTS, EMPLOYMENT_MEANT))


def mode(text: str) -> Mode:
    return Mode(one_of(text, "a mode", _MODES, MODES_MEANT))


def visa(text: str) -> Literal["offered", "refused"]:
    found = one_of(text, "what is said about visas", {"offered": "offered", "refused": "refused"})
    return "offered" if found == "offered" else "refused"


def clearance(text: str) -> Clearance:
    return Clearance(one_of(text, "what is said about a security clearance", _CLEARANCES))


def category(text: str) -> str:
    """The canonical name of a category."""
    name = categories.canonical(text)
    if name is None:
        known = _categories()
        meant = dict.fromkeys(known[other] for other in near(text, known))
        raise Fault("a category of jobs", text, meant)
    return name


@cache
def _categories() -> dict[str, str]:
    """Every name of a category, in lower case, and the category."""
    named = {other: name for name, others in categories.CATEGORIES.items() for other in others}
    named |= {name: name for name in categories.CATEGORIES}
    return {other.casefold(): name for other, name in named.items()}


def source(text: str) -> str:
    """The name of a source or a host, casefolded."""
    name = text.casefold().strip()
    address = _ADDRESS.match(name)
    if address is not None:
        raise Fault("a source's name or a host, no address", text, filter(None, [address[1]]))
    if not name or not name.isprintable():
        raise Fault("a source's name or a host, as greenhouse.io", text)
    if len(name) > SOURCE_MAX:
        raise Fault(f"a source's name or a host of at most {SOURCE_MAX} characters", text)
    return name


def list_name(text: str) -> str:
    """The name of a list, casefolded, without the `@`."""
    name = text.casefold()
    if not LIST_NAME.fullmatch(name):
        raise Fault(LIST_NAME_EXPECTED, text)
    return name


def named_list(field: ListField, text: str, lists: Lists) -> InList:
    """The test for the list of that name (without its `@`) with the items that `lists` has."""
    name = list_name(text)
    found = lists.get(name)
    if found is None:
        known = [other for other, of in lists.items() if of.field == field]
        choices = [f"@{other}" for other in near(name, known)]
        raise Fault(f"the name of a {field} list (make yours under Lists)", f"@{name}", choices)
    if found.field != field:
        raise Fault(f"a {field} list", f"@{name}", [f"{found.field}:@{name}"])
    return InList(field=field, name=name, items=found.items)


def language(text: str) -> str:
    """An ISO 639-1 code, given as such or by the English or own name of a common language."""
    name = text.casefold()
    code = LANGUAGE_NAMES.get(name, name)
    if code not in LANGUAGES:
        choices = dict.fromkeys(LANGUAGE_NAMES[other] for other in near(text, LANGUAGE_NAMES))
        raise Fault("a language code of two letters, as en or de", text, choices)
    return code


def countries(text: str) -> tuple[str | None, ...]:
    """The countries of a code, a region ("EU") or a country's name, sorted; (None,) for `any`."""
    if text.casefold() == "any":
        return (None,)
    if meanings := UNCLEAR_CODES.get(text.upper()):
        raise Fault("the name instead of this unclear code", text, [f'"{m}"' for m in meanings])
    country = places.country(text.upper()) if len(text) == 2 else None
    if country is not None:
        return (country.country,)
    region = places.countries_of(text)
    if region:
        return tuple(sorted(region))
    named = [p.country for p in places.resolve(text) if p.kind == "country"]
    if not named:
        expected = "a country (GB), a region (EU, EMEA, LATAM, APAC, DACH) or any"
        raise Fault(expected, text, _countries_near(text))
    return (named[0],)


def _countries_near(text: str) -> list[str]:
    names = {country.name.casefold(): country.name for country in all_countries().values()}
    names |= {region.casefold(): region for region in REGIONS}
    return [f'"{names[n]}"' if " " in n else names[n] for n in near(text, names)]
