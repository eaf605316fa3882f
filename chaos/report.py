"""The table of a run: on the screen row by row, and as a page that says how to repeat it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from platform import python_version

import psutil
from rich.table import Table

from chaos.memory import MEBIBYTE
from chaos.outcome import Outcome
from chaos.row import Elsewhere, Goal, Judgement, Row

COLUMNS = (
    "Fault",
    "Injected",
    "Posted",
    "To tell",
    "Lost",
    "Twice",
    "Mails again",
    "Out of order",
    "Peak memory",
    "Seconds",
    "Goal",
    "Met",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What one row came to; without an outcome the machine could not show it, for `reason`."""

    row: Row
    outcome: Outcome | None
    judgement: Judgement | None
    reason: str = ""


def cells(result: Result) -> tuple[str, ...]:
    """One line of the table."""
    row, outcome = result.row, result.outcome
    if outcome is None:
        return (row.fault, *("–" for _ in COLUMNS[1:-2]), row.goal.text, result.reason)
    verdict = outcome.verdict
    return (
        row.fault,
        str(outcome.injected),
        f"{verdict.posted:,}",
        f"{verdict.expected:,}",
        f"{verdict.lost:,}",
        f"{verdict.twice:,}",
        f"{verdict.copies:,}",
        f"{verdict.inversions:,}",
        "–" if outcome.peak_mib is None else f"{outcome.peak_mib:.0f} MiB",
        _seconds(outcome, row.goal),
        row.goal.text,
        "–" if result.judgement is None else result.judgement.value,
    )


def _seconds(outcome: Outcome, goal: Goal) -> str:
    if outcome.recover_s is None:
        return "–"
    of = "" if goal.recover_s is None else f" of {goal.recover_s:.0f}"
    return f"{outcome.recover_s:.1f}{of}"


def screen(results: Sequence[Result]) -> Table:
    shown = Table(*COLUMNS, box=None, pad_edge=False)
    for result in results:
        shown.add_row(*cells(result))
    return shown


def page(
    results: Sequence[Result],
    elsewhere: Sequence[Elsewhere],
    *,
    command: str,
    left_out: Sequence[Row],
    seed: int,
    at: datetime,
    minutes: float,
) -> str:
    """The page as Markdown; nothing in it names the machine. `left_out` are rows that there are and
    that were not run."""
    lines = [
        "# The fault matrix",
        "",
        f"Made by `{command}` on {at:%Y-%m-%d}, in {minutes:.0f} minutes, with seed {seed}, on "
        f"{machine()}. `--seed {seed}` and the name of a row repeat that row.",
        "",
        "While a fault is injected, seeded employers post over HTTP and seekers wait. Every 2xx is "
        "in an fsynced ledger; `matching.evaluate` says from it who must be told; the inboxes over "
        "the API and a mail server say who was. *To tell* counts alerts and vacancies that must "
        "meet, *lost* those that did not, *twice* those told more than once, *mails again* the "
        "copies with the same Message-ID that a crash may cause, *out of order* the notifications "
        "that overtook another in a person's inbox and the outcomes of a posting that overtook "
        "one another. What overtook on the live edge (`notification-events`) fails no row and "
        "stands in the notes. *Peak memory* is of the largest single process.",
        "",
        "Loss, repetition, a wrong order or a false telling fail a row. A time or a growth of "
        "memory beyond its goal is *missed*, since the machine is shared; beyond twice its goal it "
        "fails the long form.",
        "",
        *_markdown(("Row", *COLUMNS), [(f"`{r.row.name}`", *cells(r)) for r in results]),
        *_notes(results),
        *_not_run(left_out),
        "",
        "## Shown by other tests",
        "",
        "What a running system cannot show in a reasonable time, or what is better shown at every "
        "instant of a write:",
        "",
        *_markdown(
            ("Fault", "What holds", "Shown by"),
            [
                (e.fault, e.goal, ", ".join(f"`{f}`" for f in e.shown_by.split(", ")))
                for e in elsewhere
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [columns, ["---"] * len(columns), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _notes(results: Sequence[Result]) -> list[str]:
    notes = [f"- `{r.row.name}`: {text}" for r in results for text in _texts(r)]
    return ["", *notes] if notes else []


def _not_run(rows: Sequence[Row]) -> list[str]:
    named = ", ".join(f"`{row.name}` ({row.fault})" for row in rows)
    return ["", f"Not run this time: {named}."] if rows else []


def _texts(result: Result) -> list[str]:
    if result.outcome is None:
        return []
    note = [result.outcome.note] if result.outcome.note else []
    return [*note, *result.outcome.faults]


def machine() -> str:
    """What class of machine this is."""
    gib = psutil.virtual_memory().total / MEBIBYTE / 1024
    return f"{len(os.sched_getaffinity(0))} cores, {gib:.0f} GiB, Python {python_version()}"
