"""The tables of the percolation benchmark, with the goals beside the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.percolation.changes import CHANGES_PER_S, POSTINGS_PER_S, Changing
from bench.percolation.degradation import LIMIT, Degradation
from bench.percolation.ours import BATCH, Built, Figures
from bench.percolation.recovery import Recovery
from bench.percolation.rivals import Rival
from bench.percolation.timing import Spread
from bench.table import show

GOAL_SIZE = 1_000_000
"""Alerts that the goals are about."""
GROWTH_STEP, GROWTH_MAX = 10, 9.0
"""Cost may grow by that much for so many times the alerts."""
STOCK, TABLE = "Lucene Monitor", "PostgreSQL"
"""How the names of the rivals begin that ratios are promised to."""

Row = Sequence[object]


@dataclass(frozen=True)
class Run:
    """All that was measured with one number of alerts. `built` is None where the percolator came
    from the cache; `segment_bytes` are the arrays that alerts lie in."""

    alerts: int
    postings: int
    figures: Figures
    segment_bytes: float
    built: Built | None
    recovery: Recovery
    changing: Changing
    rivals: Sequence[Rival]


@dataclass(frozen=True)
class Goal:
    """A bound, in the unit of its figure."""

    bound: float
    at_least: bool = False

    def beside(self, value: float, alerts: int) -> tuple[str, str]:
        """The goal, and whether the value meets it: said where it is about so many alerts."""
        sign = "≥" if self.at_least else "≤"
        met = value >= self.bound if self.at_least else value <= self.bound
        if alerts != GOAL_SIZE:
            return f"{sign} {self.bound:g} at {GOAL_SIZE:,}", ""
        return f"{sign} {self.bound:g}", "met" if met else "MISSED"


def print_run(run: Run) -> None:
    """Everything about one number of alerts."""
    title = f"{run.alerts:,} alerts, {run.postings:,} postings"
    same = f"{title}: {run.figures.matches:,.1f} matches a posting, all engines the same"
    header = ("engine", "p50 ms", "mean ms", "p99 ms", "memory MB", "build s", "p50 / match")
    show(same, header, _engines(run))
    show(
        f"{title}: the percolator", ("call", "p50 ms", "mean ms", "p99 ms", "longest"), _calls(run)
    )
    show(f"{title}: figures and goals", ("what", "measured", "goal", "verdict"), _figures(run))


def _engines(run: Run) -> list[Row]:
    ours, megabytes = run.figures, f"{run.segment_bytes / 1e6:,.1f}"
    build_s = "" if run.built is None else f"{run.built.register_s + run.built.compact_s:.1f}"
    rows: list[Row] = [
        ["percolator", *_three(ours.match), megabytes, build_s, "1"],
        ["percolator, ids as numbers too", *_three(ours.ids), "", "", _times(ours.ids, ours)],
        ["percolator, 64 postings at once", *_three(ours.batch), "", "", _times(ours.batch, ours)],
    ]
    for rival in run.rivals:
        if rival.spread is None:
            rows.append([rival.name, f"cannot run: {rival.why_not}", "", "", "", "", ""])
            continue
        memory = "" if rival.memory is None else f"{rival.memory / 1e6:,.1f}"
        built = "" if rival.build_s is None else f"{rival.build_s:.1f}"
        times = _times(rival.spread, ours)
        rows.append([rival.name, *_three(rival.spread), memory, built, times])
    return rows


def _calls(run: Run) -> list[Row]:
    ours, pace = run.figures, f"a posting every {1000 // POSTINGS_PER_S} ms"
    calls = {
        "match: which alerts": ours.match,
        "match, and their ids as numbers": ours.ids,
        f"match_many: {BATCH} postings at once, a posting": ours.batch,
        "answers: the posting's side": ours.answers,
        "percolate: from the subject to sorted texts of ids": ours.percolate,
        f"match, {pace}": run.changing.quiet,
        f"match, {pace}, while {CHANGES_PER_S:,} alerts a second change": run.changing.busy,
    }
    return [[name, *_three(spread), _ms(spread.longest)] for name, spread in calls.items()]


def _figures(run: Run) -> list[Row]:
    ours, n = run.figures, run.alerts
    return [
        _row(run, "match p50, ms", ours.match.p50, Goal(0.10)),
        _row(run, "match p99, ms", ours.match.p99, Goal(0.35)),
        _row(run, f"batch of {BATCH}, mean ms a posting", ours.batch.mean, Goal(0.05)),
        _row(run, "bytes an alert, arrays", run.segment_bytes / n, Goal(70)),
        _row(run, "bytes an alert, whole process", run.recovery.resident / n),
        *(_row(run, *ratio) for ratio in _ratios(run)),
        _row(run, "recovery from the snapshot, s", run.recovery.load_s, Goal(3)),
        *_building(run),
        _row(run, "snapshot written, s", run.recovery.save_s),
        _row(run, "snapshot, MB", run.recovery.file / 1e6),
        _row(run, "matches a posting", ours.matches),
        _row(run, "ns a match", 1e6 * ours.match.mean / max(ours.matches, 1.0)),
        _row(run, "rows read a posting", ours.rows),
        _row(run, "candidates a posting", ours.candidates),
        _row(run, "changes a second, really", run.changing.per_s),
        _row(run, "compactions meanwhile", run.changing.compactions),
        _row(run, "p99 while changing / without", run.changing.busy.p99 / run.changing.quiet.p99),
    ]


def _building(run: Run) -> list[Row]:
    if run.built is None:
        return [["registration and compaction", "not measured: from the cache", "", ""]]
    built, n = run.built, run.alerts
    return [
        _row(run, "rebuilt by registering, s", built.register_s + built.compact_s, Goal(60)),
        _row(run, "alerts registered a second", n / built.register_s),
        _row(run, "all compacted into one segment, s", built.refile_s),
        _row(run, "alerts compacted a second", n / built.refile_s),
    ]


def _ratios(run: Run) -> list[tuple[str, float, Goal]]:
    """Of the first rival of each of these names that ran."""
    found = []
    for name, goal in ((STOCK, Goal(300, at_least=True)), (TABLE, Goal(75, at_least=True))):
        spreads = [r.spread for r in run.rivals if r.name.startswith(name) and r.spread is not None]
        if spreads:
            p50 = spreads[0].p50
            found.append((f"{name} p50 / match p50", p50 / run.figures.match.p50, goal))
    return found


def _row(run: Run, what: str, value: float, goal: Goal | None = None) -> Row:
    return [what, _number(value), *(goal.beside(value, run.alerts) if goal else ("", ""))]


def print_growth(runs: Sequence[Run]) -> None:
    """How the cost of one posting grows from each number of alerts to the next."""
    rows: list[Row] = []
    for less, more in pairwise(runs):
        step = more.alerts / less.alerts
        before, after = _spreads(less), _spreads(more)
        for name in (name for name in before if name in after):
            p50, mean = after[name].p50 / before[name].p50, after[name].mean / before[name].mean
            is_judged = name == "percolator" and step == GROWTH_STEP
            goal = f"≤ {GROWTH_MAX:g}" if is_judged else ""
            verdict = ("met" if p50 <= GROWTH_MAX else "MISSED") if is_judged else ""
            sizes = f"{less.alerts:,} → {more.alerts:,}"
            rows.append([sizes, name, f"{p50:.2f}", f"{mean:.2f}", goal, verdict])
    if rows:
        header = ("alerts", "engine", "p50 grows", "mean grows", "goal", "verdict")
        show("Cost of a posting as alerts grow", header, rows)


def _spreads(run: Run) -> dict[str, Spread]:
    rivals = {rival.name: rival.spread for rival in run.rivals if rival.spread is not None}
    return {"percolator": run.figures.match, **rivals}


def print_degradations(found: Sequence[Degradation]) -> None:
    """The hard groups beside plain ones, and what happens in each."""
    header = (
        "group", "alerts", "match p50 ms", "p99", "answers p50", "p99", "new posting", "matches",
    )  # fmt: skip
    rows: list[Row] = []
    for each in found:
        for kind, side in ((each.name, each.hard), ("plain", each.plain)):
            ours = side.figures
            spreads = [ours.match.p50, ours.match.p99, ours.answers.p50, ours.answers.p99]
            figures = [*map(_ms, spreads), _ms(side.new_ms), f"{ours.matches:,.1f}"]
            rows.append([kind, f"{each.alerts:,}", *figures])
        rows.append(["ratio", "", *(f"{ratio:.2f}" for ratio in each.ratios.values()), ""])
    show("Alerts that are hard on purpose", header, rows)
    print(f"\nNothing may be more than {LIMIT:g} times slower than with plain alerts:\n")
    for each in found:
        name, worst = max(each.ratios.items(), key=lambda pair: pair[1])
        verdict = "met" if worst <= LIMIT else "MISSED"
        print(f"- *{each.name}*: {verdict}, at worst {worst:.2f} ({name}); {each.note}")


def _times(spread: Spread, ours: Figures) -> str:
    return _number(spread.p50 / ours.match.p50)


def _three(spread: Spread) -> list[str]:
    return [_ms(spread.p50), _ms(spread.mean), _ms(spread.p99)]


def _ms(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:,.1f}"


def _number(value: float) -> str:
    """Three digits that count, and all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
