"""What a running system counts, and what its processes take, read from outside while it works.

Counts and lags come from the page that Prometheus reads. Memory is the proportional set size: what
processes share counts once. Its *mapped* part are pages of files, as those of the search index,
which the kernel takes back where somebody needs the memory; the rest is what a process holds. Cores
are what a process used between two readings.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

import httpx2
import psutil

from chaos.running import Running

_SAMPLE = re.compile(r"^jobray_(\w+)\{(.*)\} (\S+)$", re.MULTILINE)
_SIZE = re.compile(r"^(Pss\w*): +(\d+) kB$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')
CLIENT = "the client of this benchmark"
EDGE = ("ray::ServeReplica", "ray::ProxyActor", "ray::ServeController")
"""How command lines of the HTTP edge begin."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What each actor has counted since it started, by (actor, name), and how many events the
    subscription that is furthest behind has not acknowledged yet."""

    counted: Mapping[tuple[str, str], float]
    behind: int

    def __getitem__(self, name: str) -> int:
        """Over all actors."""
        return int(sum(value for (_, each), value in self.counted.items() if each == name))

    @classmethod
    def of(cls, page: str, before: "Counts | None" = None) -> "Counts":
        """Of a page in Prometheus' text format. An actor that was too busy to answer is missing on
        the page: what it said `before` stands."""
        counted = dict(before.counted) if before else {}
        behind = 0
        for name, labelled, value in _SAMPLE.findall(page):
            labels = dict(_LABEL.findall(labelled))
            if name == "stream_lag_events":
                behind = max(behind, int(float(value)))
            elif name.startswith("actor_"):
                short = name.removeprefix("actor_").removesuffix("_total")
                counted[labels["actor"], short] = float(value)
        return cls(counted, behind)


@dataclass(frozen=True, slots=True)
class Usage:
    """Of a group of processes: megabytes that they hold and that they have mapped (PSS), and
    seconds of a core since they began."""

    held_mb: float
    mapped_mb: float
    core_s: float

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.held_mb + other.held_mb,
            self.mapped_mb + other.mapped_mb,
            self.core_s + other.core_s,
        )

    @property
    def mb(self) -> float:
        return self.held_mb + self.mapped_mb


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment: seconds of the monotonic clock, the counts, the usage of each actor, of the HTTP
    edge and of Ray, and the seconds of a core that this very process took."""

    at: float
    counts: Counts
    usage: Mapping[str, Usage]
    client_s: float

    @property
    def all(self) -> Usage:
        return sum(self.usage.values(), Usage(0.0, 0.0, 0.0))


class Gauges:
    """Reads one running system."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._http = httpx2.Client(base_url=running.url, timeout=30.0)
        self._actors = {pid: name for name, (_, pid) in running.actors().items()}
        self._counts: Counts | None = None

    def close(self) -> None:
        self._http.close()

    def counts(self) -> Counts:
        answer = self._http.get("/metrics")
        answer.raise_for_status()
        self._counts = Counts.of(answer.text, self._counts)
        return self._counts

    def sample(self) -> Sample:
        """Some tenths of a second of work, most of it the kernel's."""
        return Sample(time.monotonic(), self.counts(), self._usage(), time.process_time())

    def _usage(self) -> dict[str, Usage]:
        found: dict[str, Usage] = {}
        for process in [psutil.Process(self._running.pid), *self._running.processes()]:
            try:
                name, used = self._name(process), _usage_of(process)
            except (psutil.Error, OSError):
                continue  # it ended meanwhile
            found[name] = found.get(name, Usage(0.0, 0.0, 0.0)) + used
        return found

    def _name(self, process: psutil.Process) -> str:
        if process.pid in self._actors:
            return self._actors[process.pid]
        command = " ".join(process.cmdline())
        return "http" if command.startswith(EDGE) else "ray"


def _usage_of(process: psutil.Process) -> Usage:
    """Raises OSError, and psutil's errors, where it is gone."""
    times = process.cpu_times()
    sums = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    sizes = {name: int(kib) * 1024 / 1e6 for name, kib in _SIZE.findall(sums)}
    mapped = sizes["Pss_File"]
    return Usage(sizes["Pss"] - mapped, mapped, times.user + times.system)


def a_second(samples: Sequence[Sample], counter: str) -> float:
    """How fast the counter rises, by least squares over all samples."""
    return _slope(samples, [sample.counts[counter] for sample in samples])


def mb_a_minute(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """How fast a size rises, by least squares."""
    return 60.0 * _slope(samples, [of(sample) for sample in samples])


def _slope(samples: Sequence[Sample], values: Sequence[float]) -> float:
    slope: float = linear_regression([sample.at for sample in samples], values).slope
    return slope


def cores(samples: Sequence[Sample]) -> dict[str, float]:
    """Cores that each group of processes used between the first and the last sample."""
    first, last = samples[0], samples[-1]
    seconds = last.at - first.at
    used = {
        name: (last.usage[name].core_s - each.core_s) / seconds
        for name, each in first.usage.items()
        if name in last.usage
    }
    return {**used, CLIENT: (last.client_s - first.client_s) / seconds}
