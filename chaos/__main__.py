"""`python -m chaos [--short] [--seed N] [ROW…]`: inject the faults, print the table, keep the page.

Without rows all of them run, and the long form leaves docs/chaos.md. The short form runs a part of
them with fewer injections; a time that misses its goal does not fail it. The last line says how
long all of it took. The exit code is 1 where something was lost, told twice, wrongly or out of
order, or where a goal is missed by more than noise (`chaos.row`), and 2 where a row could not be
run at all.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from chaos.catalogue import ELSEWHERE, ROWS
from chaos.report import Result, page, screen
from chaos.row import Judgement, NotShownHereError, Row, failures, judge
from chaos.running import ROOT
from chaos.stage import Stage, environment_of_defaults
from chaos.trial import Trial

PAGE = ROOT / "docs" / "chaos.md"
FAILED, BROKEN = 1, 2
WIDTH = 200
"""Columns of a table that nobody watches, in a log of CI."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(r.name for r in ROWS))
    parser.add_argument("--short", action="store_true", help="a part of the rows, each shorter")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--page", type=Path, help="write the page there, whatever was run")
    given = parser.parse_args(arguments)
    if unknown := set(given.rows) - {row.name for row in ROWS}:
        parser.error(f"no row is called {min(unknown)!r}")
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    # So that what was started is ended, as it is at Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    console.print(f"Seed {given.seed}")
    begun = time.monotonic()
    results = run(chosen(given.rows, short=given.short), given.seed, given.short, console)
    seconds = time.monotonic() - begun
    console.print(screen(results))
    console.print(f"{len(results)} rows in {seconds:.0f} s")
    is_whole = not given.rows and not given.short
    target = given.page or (PAGE if is_whole else None)
    if target is not None:
        text = page(
            results,
            ELSEWHERE,
            command=_command(given.rows, short=given.short),
            left_out=[row for row in ROWS if row not in [result.row for result in results]],
            seed=given.seed,
            at=datetime.now(UTC),
            minutes=seconds / 60,
        )
        target.write_text(text)
    return exit_code(results)


def _command(names: Sequence[str], *, short: bool) -> str:
    """How the rows are run again."""
    if not names and not short:
        return "make chaos"
    return " ".join(["python -m chaos", *(["--short"] if short else []), *names])


def chosen(names: Sequence[str], *, short: bool) -> list[Row]:
    """The rows of these names, all where none are given; the short form leaves out long ones that
    were not asked for by name."""
    if names:
        return [row for row in ROWS if row.name in names]
    return [row for row in ROWS if row.short or not short]


def run(rows: Sequence[Row], seed: int, short: bool, console: Console) -> list[Result]:
    """Run one after the other; a row that cannot be run is told and the others go on."""
    results = []
    with (
        tempfile.TemporaryDirectory(prefix="jobray-chaos-", ignore_cleanup_errors=True) as folder,
        environment_of_defaults(),
        Stage(Path(folder)) as stage,
    ):
        for row in rows:
            begun = time.monotonic()
            result = run_row(row, Trial(row.name, seed, stage, short))
            results.append(result)
            _tell(result, time.monotonic() - begun, console)
    return results


def run_row(row: Row, trial: Trial) -> Result:
    try:
        outcome = row.run(trial)
    except NotShownHereError as lacking:
        return Result(row, None, None, f"cannot be shown here: {lacking}")
    except Exception as error:
        traceback.print_exc()
        return Result(row, None, Judgement.FAILED, f"could not be run: {type(error).__name__}")
    return Result(row, outcome, judge(row.goal, outcome, strict=not trial.short))


def _tell(result: Result, seconds: float, console: Console) -> None:
    said = "not shown" if result.judgement is None else f"met: {result.judgement}"
    console.print(f"{result.row.name}: {said}, in {seconds:.0f} s")
    if result.outcome is not None:
        for sentence in failures(result.row.goal, result.outcome):
            console.print(f"  {sentence}", style="red", markup=False)


def exit_code(results: Sequence[Result]) -> int:
    if any(r.outcome is None and r.judgement is Judgement.FAILED for r in results):
        return BROKEN
    return FAILED if any(r.judgement is Judgement.FAILED for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
