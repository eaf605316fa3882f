"""Precision and recall of each fact that processing reads, against labels made by reading.

    python -m bench.extraction [--unseen] [--disagreements]

Two sets of labels, each in two halves. The *real* postings are those of the shared data file, by
their ids; they have titles, location lines and what the platform says of mode and employment, but
no text, so that they can show little of pay, and nothing of visas. The *written* adverts are whole
ones, made for this with the facts that a reader finds in them. Parsers were made better on the
tuning halves alone; `--unseen` measures the others, whose disagreements nobody should look at who
is still to change a parser.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bench import table
from bench.agreement import FACTS, Comparison, Disagreement, Fact, Tally
from bench.percolation.vocabulary import data_file
from models.posting import Given
from processing.derive import derive
from sources.formats import open_jobs

LABELS = Path(__file__).with_suffix("")
REAL_DAY, WRITTEN_DAY = date(2026, 8, 22), date(2026, 11, 21)
"""The days of the postings and of the adverts: a text may say "until 15 January"."""
SHOWN_MAX = 6
"""Values of a side in a list of disagreements: a group of countries has a hundred."""

Labelled = Iterator[tuple[str, Given, dict[str, Any]]]


def main() -> int:
    options = _arguments()
    half = "unseen" if options.unseen else "tuning"
    try:
        real = compared(real_postings(half), REAL_DAY)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    written = compared(written_adverts(half), WRITTEN_DAY)
    _show(f"Real postings, {half} half: title and location lines, no text", real)
    _show(f"Written adverts, {half} half: with their texts", written)
    if options.disagreements:
        _list("Real postings", real.disagreements)
        _list("Written adverts", written.disagreements)
    return 0


def real_postings(half: str) -> Labelled:
    """The id of each labelled real posting, the posting as an import reads it, and its label.

    Raises FileNotFoundError where the shared postings are not here.
    """
    records = {_identity(record): record for record in json.loads(data_file().read_bytes())}
    for label in _lines(LABELS / f"{half}.jsonl"):
        fields = open_jobs.fields_of(records[label["id"]])
        yield label["id"], Given.model_validate(fields), label


def written_adverts(half: str) -> Labelled:
    """The id of each written advert, the advert, and what a reader finds in it."""
    for line in _lines(LABELS / f"written-{half}.jsonl"):
        yield line["id"], Given.model_validate(line["given"]), line["facts"]


def compared(postings: Labelled, today: date) -> Comparison:
    """What processing finds in each, beside its label."""
    comparison = Comparison()
    for id_, given, label in postings:
        comparison.add(id_, label, derive(given, today=today).derived)
    return comparison


def _identity(record: dict[str, Any]) -> str:
    return f"{record['platform']}:{record['jobId']}"


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _show(title: str, comparison: Comparison) -> None:
    header = ("fact", "goal", "precision", "recall", "labelled", "found", "right", "postings equal")
    rows = [
        _row(fact, comparison.tallies[fact.name])
        for fact in FACTS
        if fact.name in comparison.tallies
    ]
    table.show(title, header, rows)


def _row(fact: Fact, tally: Tally) -> tuple[object, ...]:
    goal = f"{fact.goal[0]:.2f} / {fact.goal[1]:.2f}" if fact.goal else ""
    figures = (_figure(tally.precision), _figure(tally.recall))
    counts = (tally.labelled, tally.found, tally.found_right)
    equal = f"{tally.postings_equal} of {tally.postings}"
    return (fact.name, goal, *figures, *counts, equal)


def _figure(share: float | None) -> str:
    return "none" if share is None else f"{share:.3f}"


def _list(title: str, disagreements: list[Disagreement]) -> None:
    print(f"\n### {title}: disagreements\n")
    for one in sorted(disagreements, key=lambda one: (one.fact, one.id)):
        labelled = [value for value in one.labelled if value not in one.found]
        found = [value for value in one.found if value not in one.labelled]
        print(f"- {one.fact}: {one.id}: labelled {_few(labelled)}, found {_few(found)}")


def _few(values: list[Any]) -> str:
    shown = ", ".join(str(value) for value in values[:SHOWN_MAX])[:200]
    return (shown or "nothing") + (" …" if len(values) > SHOWN_MAX else "")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.extraction")
    parser.add_argument("--unseen", action="store_true", help="the half nobody tuned on")
    parser.add_argument("--disagreements", action="store_true", help="list each of them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
