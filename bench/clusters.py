"""One vacancy once: how often copies are told from other vacancies, and what that costs.

    python -m bench.clusters [--stored 10000,100000,1000000]

Precision and recall are of pairs made from the real postings of the shared data file (their
employers, titles and locations; texts of our own), and of all pairs of those postings as they are,
of which every pair that is taken for one was judged by reading. A pair is found only where it is
also looked for: where the two share a band.

The cost is that of placing postings while so many fingerprints of their employers and of others are
stored (`bench/clustering/stored.py`).
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from bench import table
from bench.clustering.judged import is_one
from bench.clustering.pairs import ANOTHER_TEAM, Pair, pairs
from bench.clustering.stored import Cost, cost
from bench.percolation.vocabulary import data_file
from models.posting import Given
from processing.copies import similarity
from processing.copies.fingerprint import Marks, marks
from processing.copies.sketch import Sketch, shares
from processing.derive import derive
from processing.html import clean, text_of
from sources.formats import open_jobs

SEED = 20261121
DAY = date(2026, 8, 22)
STORED = (10_000, 100_000, 1_000_000)


def main() -> int:
    options = _arguments()
    try:
        postings = list(real_postings())
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    made = list(pairs(postings, SEED))
    marked = [(pair, marks_of(pair.first), marks_of(pair.second)) for pair in made]
    _show_kinds(marked)
    _show_thresholds(marked)
    _show_real(postings)
    if options.stored:
        _show_costs([asyncio.run(cost(count)) for count in options.stored])
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--stored",
        type=lambda text: [int(count) for count in text.split(",") if count],
        default=list(STORED),
        help="fingerprints to be stored, rising, with commas; empty to leave the cost out",
    )
    return parser.parse_args()


def real_postings() -> Iterator[Given]:
    """Raises FileNotFoundError where the shared postings are not here."""
    for record in json.loads(data_file().read_bytes()):
        yield Given.model_validate(open_jobs.fields_of(record))


def marks_of(given: Given) -> Marks:
    """The facts are those of title and locations: our texts state none, and to read 12,000 of them
    for facts would take most of the time."""
    facts = derive(given.model_copy(update={"description": ""}), today=DAY).derived
    derived = facts.model_copy(update={"text": text_of(clean(given.description))})
    return marks(given, derived, owner_id="bench")


def are_found_one(a: Marks, b: Marks) -> bool:
    """Whether the second would join the cluster of the first."""
    is_looked_up = not set(b.lookups).isdisjoint(a.bands)
    return is_looked_up and similarity.likeness(a.traits, b.traits) is not None


def _show_kinds(marked: Sequence[tuple[Pair, Marks, Marks]]) -> None:
    of_kind: Counter[tuple[bool, str]] = Counter()
    found: Counter[tuple[bool, str]] = Counter()
    for pair, a, b in marked:
        of_kind[pair.is_one, pair.kind] += 1
        found[pair.is_one, pair.kind] += are_found_one(a, b)
    rows = [
        [kind, "one" if one else "two", count, found[one, kind], f"{found[one, kind] / count:.4f}"]
        for (one, kind), count in sorted(of_kind.items(), key=lambda item: not item[0][0])
    ]
    table.show(
        "Pairs made from real postings",
        ["what was changed", "they are", "pairs", "found one", "share"],
        rows,
    )
    right = sum(count for (one, _), count in found.items() if one)
    wrong = sum(count for (one, _), count in found.items() if not one)
    there = sum(count for (one, _), count in of_kind.items() if one)
    table.show(
        "All kinds together",
        ["measure", "goal", "figure"],
        [
            ["precision", "0.99", f"{right / (right + wrong):.4f}"],
            ["recall", "0.95", f"{right / there:.4f}"],
        ],
    )


def _show_thresholds(marked: Iterable[tuple[Pair, Marks, Marks]]) -> None:
    """Where titles and places agree: how much of the shorter text the longer has."""
    contained: dict[bool, list[float]] = {True: [], False: []}
    for pair, a, b in marked:
        is_told = pair.is_one or pair.kind == ANOTHER_TEAM
        if is_told and a.traits.terms == b.traits.terms and min(a.traits.runs, b.traits.runs):
            contained[pair.is_one].append(_containment(a, b))
    rows = []
    for are_one, values in contained.items():
        at = [f"{table.quantile(values, share):.2f}" for share in (0.001, 0.01, 0.5, 0.99, 0.999)]
        rows.append(["one vacancy" if are_one else "another team", len(values), *at])
    table.show(
        f"Containment of the texts where titles are equal (the threshold is {similarity.ENOUGH})",
        ["pairs of", "pairs", "0.1 %", "1 %", "50 %", "99 %", "99.9 %"],
        rows,
    )


def _containment(a: Marks, b: Marks) -> float:
    first, second = (Sketch(each.traits.runs, each.traits.sketch) for each in (a, b))
    return shares(first, second).containment


def _show_real(postings: Sequence[Given]) -> None:
    marked = [(given, marks_of(given)) for given in postings]
    found: Counter[bool] = Counter()
    missed = 0
    for (first, a), (second, b) in combinations(marked, 2):
        one = is_one(first, second)
        if are_found_one(a, b):
            found[one] += 1
        elif one:
            missed += 1
    right, wrong = found[True], found[False]
    table.show(
        f"All pairs of the {len(postings)} real postings, which have no text",
        ["found one", "of these right", "missed", "precision", "recall"],
        [
            [
                right + wrong,
                right,
                missed,
                f"{right / (right + wrong):.4f}",
                f"{right / (right + missed):.4f}",
            ]
        ],
    )


def _show_costs(costs: Sequence[Cost]) -> None:
    first = costs[0]
    rows = [
        [
            f"{each.stored:,}",
            f"{each.one_us:,.0f}",
            f"{each.many_us:,.0f}",
            f"{each.one_us / first.one_us:.2f}",
            f"{each.many_us / first.many_us:.2f}",
            f"{each.file_mb:,.0f}",
        ]
        for each in costs
    ]
    table.show(
        "Placing postings of large employers, SQLite: microseconds of processor time a posting",
        ["stored", "one at a time", "50 at a time", "ratio", "ratio", "file MB"],
        rows,
    )


if __name__ == "__main__":
    sys.exit(main())
