"""The normal form of a tree as text, made so that parsing it gives the same tree again.

`and` is a space, `not` a minus. Alternatives of one text field share it (`title:(a OR b)`), and
neighbours of one fact are a list (`skill:python,sql`, `remote:EU`).
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import groupby

from matching.place_names import name_of
from matching.vocabulary import REGIONS, UNCLEAR_CODES
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    LevelIn,
    ModeIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    VisaIs,
    Words,
)
from models.posting import Level
from reference.places import countries_of

_BARE = re.compile(r"[\w.+#&/][\w.+#&/-]*")
_LOWEST, *_, _HIGHEST = Level


def printed(criteria: Criteria) -> str:
    """The text of a tree in normal form."""
    if isinstance(criteria, And):
        return " ".join(map(printed_item, criteria.items))
    if isinstance(criteria, Or) and not _text_field(criteria):
        return " OR ".join(_alternatives(criteria.items))
    return printed_item(criteria)


def printed_item(criteria: Criteria) -> str:
    """The text of a tree as one item of a list, in parentheses where it needs them."""
    field = _text_field(criteria)
    match criteria:
        case Not(item=item):
            return f"-{printed_item(item)}"
        case And() | Or() if field:
            return f"{field}:({_in_field(criteria)})"
        case And():
            return f"({printed(criteria)})"
        case Or(items=items):
            found = list(_alternatives(items))
            return found[0] if len(found) == 1 else f"({' OR '.join(found)})"
        case _:
            return _leaf(criteria)


def _text_field(criteria: Criteria) -> str | None:
    """The text field that all tests of a tree share; None if they do not, or search any text."""
    match criteria:
        case Words(field=field):
            return None if field == "any" else field
        case InList(field="company"):
            return "company"
        case Not(item=item):
            return _text_field(item)
        case And(items=items) | Or(items=items):
            fields = {_text_field(item) for item in items}
            return fields.pop() if len(fields) == 1 else None
        case _:
            return None


def _in_field(criteria: Criteria) -> str:
    """The text of a tree of texts inside of `field:( … )`."""
    match criteria:
        case And(items=items):
            return " ".join(map(_in_field_item, items))
        case Or(items=items):
            return " OR ".join(map(_in_field_item, items))
        case _:
            return _in_field_item(criteria)


def _in_field_item(criteria: Criteria) -> str:
    match criteria:
        case Words():
            return _text(criteria)
        case InList(name=name):
            return f"@{name}"
        case Not(item=item):
            return f"-{_in_field_item(item)}"
        case _:
            return f"({_in_field(criteria)})"


def _alternatives(items: Sequence[Criteria]) -> Iterator[str]:
    """The items of an `or`, neighbours of one fact and one hardness joined to a list."""
    for (field, hard), run in groupby(items, _list_key):
        tests = list(run)
        if field:
            yield f"{field}:{','.join(_list_values(tests))}{'!' if hard else ''}"
        else:
            yield from map(printed_item, tests)


def _list_key(test: Criteria) -> tuple[str, bool]:
    match test:
        case HasSkill(hard=hard) | InList(field="skill", hard=hard):
            return "skill", hard
        case In(hard=hard):
            return "place", hard
        case RemoteFrom(hard=hard):
            return "remote", hard
        case _:
            return "", False


def _list_values(tests: Sequence[Criteria]) -> list[str]:
    codes = [test.country for test in tests if isinstance(test, RemoteFrom)]
    if codes:
        return list(_regions(codes))
    return [_value(test) for test in tests]


def _regions(codes: Sequence[str | None]) -> Iterator[str]:
    """Country codes, with every stretch that is just a region's written as the region."""
    at = 0
    while at < len(codes):
        for name, countries in _sorted_regions():
            if tuple(codes[at : at + len(countries)]) == countries:
                yield name
                at += len(countries)
                break
        else:
            yield _country(codes[at])
            at += 1


def _country(code: str | None) -> str:
    if code is None:
        return "any"
    return UNCLEAR_CODES[code][0] if code in UNCLEAR_CODES else code


@cache
def _sorted_regions() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The regions with their countries sorted as the parser sorts them, the largest first."""
    known = [(name, tuple(sorted(countries_of(name) or ()))) for name in REGIONS]
    return tuple(sorted((r for r in known if len(r[1]) > 1), key=lambda r: -len(r[1])))


def _leaf(test: Criteria) -> str:
    text = _plain_leaf(test)
    return f"{text}!" if _hard(test) else text


def _hard(test: Criteria) -> bool:
    return not isinstance(test, Not | And | Or) and test.hard


def _plain_leaf(test: Criteria) -> str:
    match test:
        case Words(field=field):
            return _text(test) if field == "any" else f"{field}:{_text(test)}"
        case InList(field=field, name=name):
            return f"{field}:@{name}"
        case HasSkill() | In() | RemoteFrom():
            return f"{_list_key(test)[0]}:{_value(test)}"
        case LevelIn():
            return _levels(test)
        case Experience():
            return _years(test)
        case EmploymentIn(values=values):
            return f"employment:{','.join(values)}"
        case ModeIn(values=values):
            return f"mode:{','.join(values)}"
        case LanguageIn(values=values):
            return f"lang:{','.join(values)}"
        case CategoryIn(values=values):
            return f"category:{','.join(map(_name, values))}"
        case SourceIn(values=values):
            return f"source:{','.join(map(_name, values))}"
        case VisaIs(value=value):
            return f"visa:{value}"
        case ClearanceIs(value=value):
            return f"clearance:{value}"
        case Near(place=place, km=km):
            return f"near:{_quoted(name_of(place, city=True))}<{number(km)}km"
        case Pay():
            return _pay(test)
        case PostedWithin(field=field, hours=hours):
            whole_days = hours % 24 == 0 and hours >= 48
            return f"{field}<{number(hours / 24)}d" if whole_days else f"{field}<{number(hours)}h"
        case _:
            raise TypeError(f"not a test: {type(test).__name__}")


def _value(test: Criteria) -> str:
    match test:
        case HasSkill(skill=skill):
            return _name(skill)
        case InList(name=name):
            return f"@{name}"
        case In(place=place):
            return _quoted(name_of(place))
        case RemoteFrom(country=country):
            return _country(country)
        case _:
            raise TypeError(f"not a value of a list: {type(test).__name__}")


def _text(test: Words) -> str:
    if test.kind == "prefix":
        return f"{test.text}*"
    return f'"{test.text}"' if test.kind == "phrase" else test.text


def _name(text: str) -> str:
    return text if _BARE.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'([\\"“”„])', r"\\\1", text) + '"'


def _levels(test: LevelIn) -> str:
    if test.min == test.max:
        return f"level:{test.min}"
    if test.max == _HIGHEST and test.min != _LOWEST:
        return f"level>={test.min}"
    if test.min == _LOWEST and test.max != _HIGHEST:
        return f"level<={test.max}"
    return f"level:{test.min}..{test.max}"


def _years(test: Experience) -> str:
    if test.min is not None and test.max is not None:
        return f"experience:{number(test.min)}..{number(test.max)}"
    if test.min is not None:
        return f"experience>={number(test.min)}"
    return f"experience<={number(test.max or 0)}"


def _pay(test: Pay) -> str:
    unit = f"{test.currency}/{test.period}"
    if test.min is not None and test.max is not None:
        return f"pay:{number(test.min)}..{number(test.max)}{unit}"
    if test.min is not None:
        return f"pay>={number(test.min)}{unit}"
    return f"pay<={number(test.max or 0)}{unit}"


def number(value: float) -> str:
    """A number in plain digits, without exponent and without needless zeros."""
    text = f"{Decimal(repr(float(value))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
