"""The values that a test leaves to a fact of which a posting has only one: level, mode, language…

A fact that is not stated has the value `UNSTATED` here, so that hard and soft tests are plain sets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.criteria import (
    CategoryIn,
    ClearanceIs,
    EmploymentIn,
    LanguageIn,
    Leaf,
    LevelIn,
    ModeIn,
    Pay,
    RemoteFrom,
    VisaIs,
)
from models.posting import Clearance, EmploymentType, Level, Mode, Visa

UNSTATED = "?"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A set of values, or with `all_but` every value apart from them."""

    values: frozenset[str]
    all_but: bool = False

    def __and__(self, other: "Allowed") -> "Allowed":
        if self.all_but and other.all_but:
            return Allowed(self.values | other.values, all_but=True)
        if self.all_but:
            return Allowed(other.values - self.values)
        return Allowed(self.values - other.values if other.all_but else self.values & other.values)

    @property
    def nothing(self) -> bool:
        return not self.values and not self.all_but


def allowed(test: Leaf, *, wanted: bool) -> tuple[str, Allowed] | None:
    """The fact (by its op) and the values with which the test is true, or false where it is not
    wanted; None for a test of anything else."""
    match test:
        case LevelIn(min=low, max=high):
            met = [level for level in Level if low.rank <= level.rank <= high.rank]
            return "level", _of(met, wanted, test.hard, Level)
        case EmploymentIn(values=values):
            return "employment", _of(values, wanted, test.hard, EmploymentType)
        case ModeIn(values=modes):
            return "mode", _of(modes, wanted, test.hard, Mode)
        case RemoteFrom(country=country) if wanted or country is None:
            return "mode", _of([Mode.REMOTE], wanted, test.hard, Mode)
        case VisaIs(value=value):
            return "visa", _of([value], wanted, test.hard, Visa)
        case ClearanceIs(value=value):
            return "clearance", _of([value], wanted, test.hard, Clearance)
        case LanguageIn(values=codes):
            return "language", _of_many(codes, wanted, test.hard)
        case CategoryIn(values=names):
            return "category", _of_many(names, wanted, test.hard)
        case Pay(min=floor, max=None) if not floor and not wanted:
            return "pay", Allowed(_unless_stated(test.hard))  # no pay is below nothing
        case _:
            return None


def _of(met: Iterable[str], wanted: bool, hard: bool, every: type[StrEnum]) -> Allowed:
    """Of a fact whose values are known, all of them."""
    if wanted:
        return Allowed(frozenset(met))
    return Allowed(frozenset(every) - frozenset(met) | _unless_stated(hard))


def _of_many(met: Iterable[str], wanted: bool, hard: bool) -> Allowed:
    """Of a fact with more values than can be counted."""
    if wanted:
        return Allowed(frozenset(met))
    return Allowed(frozenset(met) | _unless_stated(not hard), all_but=True)


def _unless_stated(may_be_so: bool) -> frozenset[str]:
    """A hard test is false where the fact is not stated, another one is neither."""
    return frozenset({UNSTATED} if may_be_so else ())
