"""What a part of `bench.ingest` prints: its minutes, its figures and goals, and who took what."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bench.ingestion.gauges import Sample, a_second, cores, mb_a_minute
from bench.table import show

FLAT_SHARE = 0.005
"""Memory is called flat where what is held grows by less than this share of itself a minute."""
IMPORT, EVENTS = "import", "events"
GOALS = {IMPORT: 300, EVENTS: 1_000}
TITLES = {
    IMPORT: "Imported, processed, matched, told",
    EVENTS: "Normalised already: matched, told",
}
HEADER = ("postings/s", "notifications/s", "MB held", "MB mapped")


@dataclass(frozen=True, slots=True)
class Part:
    """What one part showed: its samples, and the seconds from its last posting until all was
    told."""

    name: str
    samples: Sequence[Sample]
    drained_s: float

    @property
    def postings_a_second(self) -> float:
        return a_second(self.samples, "postings_matched")


def print_part(part: Part, before: Part | None) -> None:
    title = TITLES[part.name]
    show(f"{title}, minute by minute", ("minute", *HEADER), minutes(part.samples))
    show(title, ("what", "measured", "goal", ""), summary(part, before))
    header = ("who", "cores", "µs of a core a posting", "MB held", "a minute", "mapped")
    show(f"{title}: who takes what", header, takers(part))


def minutes(samples: Sequence[Sample]) -> list[tuple[object, ...]]:
    """A row a minute: rates within it, and the memory at its end."""
    rows: list[tuple[object, ...]] = []
    first = begun = samples[0]
    for sample in samples[1:]:
        if sample.at - begun.at < 60.0 and sample is not samples[-1]:
            continue
        seconds = sample.at - begun.at
        rates = (
            (sample.counts[name] - begun.counts[name]) / seconds
            for name in ("postings_matched", "notifications_created")
        )
        minute = f"{(sample.at - first.at) / 60:.1f}"
        sizes = sample.all.held_mb, sample.all.mapped_mb
        rows.append((minute, *(f"{each:,.0f}" for each in (*rates, *sizes))))
        begun = sample
    return rows


def summary(part: Part, before: Part | None) -> list[tuple[object, ...]]:
    samples, rate = part.samples, part.postings_a_second
    goal = GOALS[part.name]
    told_s = a_second(samples, "notifications_created")
    held, mapped = (mb_a_minute(samples, size) for size in (_held, _mapped))
    share = held / samples[-1].all.held_mb
    rows: list[tuple[object, ...]] = [
        ("postings/s", f"{rate:,.0f}", f"≥ {goal:,}", "met" if rate >= goal else "**missed**"),
        ("notifications/s", f"{told_s:,.0f}", "", f"{told_s / rate:.2f} a posting"),
        ("the last was told after", f"{part.drained_s:.1f} s", "", ""),
        ("behind at the end", f"{samples[-1].counts.behind:,} events", "", ""),
        ("memory", f"{samples[0].all.mb:,.0f} → {samples[-1].all.mb:,.0f} MB", "", "PSS"),
        (
            "held, least squares",
            f"{held:+.1f} MB a minute",
            f"≤ {FLAT_SHARE:.1%}",
            f"{share:+.2%}, " + ("flat" if share <= FLAT_SHARE else "**grows**"),
        ),
        ("mapped files, least squares", f"{mapped:+.1f} MB a minute", "", ""),
    ]
    if before is not None:
        rows.insert(
            1, ("ratio to the part before", f"{rate / before.postings_a_second:.2f}", "", "")
        )
    return rows


def _held(sample: Sample) -> float:
    return sample.all.held_mb


def _mapped(sample: Sample) -> float:
    return sample.all.mapped_mb


def takers(part: Part) -> list[tuple[object, ...]]:
    """A row for each actor and other kind of process, the busiest first, and the sum of all."""
    last, used = part.samples[-1].usage, cores(part.samples)
    rows: list[tuple[object, ...]] = []
    for name in sorted(used, key=lambda name: -used[name]):
        memory: tuple[str, ...] = ("not counted", "", "")
        if name in last:
            growth = mb_a_minute(part.samples, partial(_held_by, name))
            held, mapped = last[name].held_mb, last[name].mapped_mb
            memory = f"{held:,.0f}", f"{growth:+.1f}", f"{mapped:,.0f}"
        rows.append((name, *_core_time(part, used[name]), *memory))
    return [*rows, ("all", *_core_time(part, sum(used.values())), "", "", "")]


def _held_by(name: str, sample: Sample) -> float:
    return sample.usage[name].held_mb if name in sample.usage else 0.0


def _core_time(part: Part, used: float) -> tuple[str, str]:
    return f"{used:.2f}", f"{1e6 * used / part.postings_a_second:,.0f}"
