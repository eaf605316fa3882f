"""Single-field search parameters (`?title=…&near=…`) as shorthand for the alert language.

Each value is written out as the one clause that it stands for, parsed by the language's own parser,
and checked to test nothing but its field, so that no value can smuggle in another clause. The
clauses are joined with the query by AND; what comes of it is held to the size of one query.
"""

from collections.abc import Callable
from typing import Final

from matching.lists import BUILT_IN, Lists
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
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    Test,
    UnknownPolicy,
    VisaIs,
    Words,
)
from models.errors import FieldError, InvalidInput
from services.alerting import queries
from services.alerting.known_lists import leaves

_COMPARED = ("<", ">", "=", "!")


def _words(field: str) -> Callable[[str], tuple[str, str]]:
    return lambda value: (f"{field}:(", value + ")")


def _listed(field: str) -> Callable[[str], tuple[str, str]]:
    return lambda value: (f"{field}:", value)


def _quoted(field: str) -> Callable[[str], tuple[str, str]]:
    """One or several names, of which those with a space need quotes in the language."""

    def clause(value: str) -> tuple[str, str]:
        if '"' in value:
            return f"{field}:", value
        return f"{field}:", ",".join(_quote(name.strip()) for name in value.split(","))

    return clause


def _quote(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _near(value: str) -> tuple[str, str]:
    """A place, quoted here where it is not, and the distance behind it."""
    place, less, km = value.partition("<")
    if '"' in place:
        return "near:", value
    return 'near:"', f'{place.strip()}"{less}{km}'


def _place(value: str) -> tuple[str, str]:
    """One place, quoted here where it is not: its comma stands before the country."""
    return ("place:", value) if '"' in value else ('place:"', f'{value.strip()}"')


def _compared(field: str, plain: str) -> Callable[[str], tuple[str, str]]:
    """A value that brings its own comparison keeps it; a range stands after a colon; any other
    value is compared with `plain`."""

    def clause(value: str) -> tuple[str, str]:
        if value.startswith(_COMPARED):
            return field, value
        return f"{field}{':' if '..' in value else plain}", value

    return clause


_CLAUSES: Final[dict[str, tuple[Callable[[str], tuple[str, str]], tuple[type[Test], ...]]]] = {
    "title": (_words("title"), (Words,)),
    "company": (_words("company"), (Words, InList)),
    "near": (_near, (Near,)),
    "place": (_place, (In,)),
    "mode": (_listed("mode"), (ModeIn,)),
    "level": (_compared("level", ":"), (LevelIn,)),
    "experience": (_compared("experience", "<="), (Experience,)),
    "pay": (_compared("pay", ">="), (Pay,)),
    "posted": (_compared("posted", "<"), (PostedWithin,)),
    "remote": (_listed("remote"), (RemoteFrom,)),
    "skill": (_quoted("skill"), (HasSkill, InList)),
    "category": (_quoted("category"), (CategoryIn,)),
    "employment": (_listed("employment"), (EmploymentIn,)),
    "visa": (_listed("visa"), (VisaIs,)),
    "clearance": (_listed("clearance"), (ClearanceIs,)),
    "lang": (_listed("lang"), (LanguageIn,)),
    "source": (_listed("source"), (SourceIn,)),
}
FIELDS = tuple(_CLAUSES)


def joined(
    q: str | None, fields: dict[str, str], lists: Lists = BUILT_IN
) -> tuple[Criteria | None, UnknownPolicy | None]:
    """The criteria of the query and every parameter, None where all are empty; and what the query
    says on unknown facts. `lists` are those that any of them can name. Raises InvalidQuery by
    parameter; where only all of them together are too large, by the first of them."""
    items: dict[str, Criteria] = {}
    unknown = None
    if q and q.strip():
        query = queries.parse(q, lists=lists, parameter="q")
        unknown = query.unknown
        items["q"] = query.criteria
    written = {name: value for name, value in fields.items() if value.strip()}
    items |= {name: _clause(name, value, lists) for name, value in written.items()}
    if len(items) < 2:
        return next(iter(items.values()), None), unknown
    return queries.bounded(And(items=tuple(items.values())), parameter=next(iter(items))), unknown


def _clause(name: str, value: str, lists: Lists) -> Criteria:
    write, kinds = _CLAUSES[name]
    before, written = write(value)
    query = queries.parse(before + written, lists=lists, parameter=name, offset=len(before))
    alone = all(
        isinstance(test, kinds) and getattr(test, "field", name) == name
        for test in leaves(query.criteria)
    )
    if not alone or query.unknown is not None:
        fault = FieldError(parameter=name, expected=f"only what {name} can be", got=value)
        raise InvalidInput(f"{name} takes values of one field", errors=[fault])
    return query.criteria
