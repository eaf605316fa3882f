"""A row of the fault matrix: what is done to the system, what must hold, and what came of it.

What a row found is judged in two steps. Loss, repetition beyond the bound, a false telling and a
wrong order fail it always, and so does anything that a row found wrong by itself (`faults`). A time
or an amount of memory beyond its goal is a miss: it is told, and it fails the run only where it is
more than `NOISE` times the goal and the machine was ours (the long form), because half of such a
figure may be a neighbour's work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from chaos.outcome import Outcome
from chaos.trial import Trial

NOISE = 2.0
"""How many times its goal a time may take before it is more than noise of a shared machine."""


class NotShownHereError(Exception):
    """This machine cannot show the row; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the row must show beside that nothing is lost, told twice, wrongly or out of order.

    `recover_s`: seconds until the system works again, of the slowest injection. `copies`: mails
    that may arrive once more with the same Message-ID, for each injection. `growth_mib`: how much
    memory any one process may gain while the fault lasts.
    """

    text: str
    recover_s: float | None = None
    copies: int = 0
    growth_mib: float | None = None


class Judgement(StrEnum):
    MET = "yes"
    MISSED = "missed"
    """A goal in time or memory was missed, by no more than may be noise."""
    FAILED = "no"


@dataclass(frozen=True, slots=True)
class Row:
    """`run` injects the fault on the trial's system and says what came of it; it raises
    NotShownHereError where the machine cannot show it. `short`: part of the short form."""

    name: str
    fault: str
    goal: Goal
    run: Callable[[Trial], Outcome]
    short: bool = True


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A row that a running system cannot show in reasonable time: which tests show it instead."""

    fault: str
    goal: str
    shown_by: str


def judge(goal: Goal, outcome: Outcome, *, strict: bool) -> Judgement:
    """Whether the goal is met. `strict`: the machine was ours, so that a time beyond `NOISE` times
    its goal counts as a failure."""
    if failures(goal, outcome):
        return Judgement.FAILED
    share = max(
        _share(outcome.recover_s, goal.recover_s), _share(outcome.growth_mib, goal.growth_mib)
    )
    if share <= 1.0:
        return Judgement.MET
    return Judgement.FAILED if strict and share > NOISE else Judgement.MISSED


def failures(goal: Goal, outcome: Outcome) -> list[str]:
    """What must never happen and did, as sentences."""
    found = outcome.verdict.faults()
    allowed = goal.copies * outcome.injected
    if outcome.verdict.copies > allowed:
        found.append(f"{outcome.verdict.copies} mails came again, at most {allowed} may")
    return [*found, *outcome.faults]


def _share(measured: float | None, goal: float | None) -> float:
    return 0.0 if measured is None or goal is None else measured / goal
