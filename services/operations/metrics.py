"""Every metric, with its unit and its reason: the one place that says what is measured.

Counters and histograms of the edge are kept here as requests pass. What the actors, the stream and
the cache count is asked of them when the page is read: it reaches the page as it is then, without a
copy that could be stale. Text format: Prometheus exposition 0.0.4.

Names follow Prometheus (https://prometheus.io/docs/practices/naming): base units, `_total` for what
only grows. What belongs to one replica of the edge is labelled with it: a scrape through Serve's
proxy reaches any of them, and counters of several under one name would seem to be reset each time.
"""

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backends.cache.base import Health
from backends.stream.base import Lag
from services.ports import ActorStatus
from services.review.review_queue import Queue

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

ACTOR_COUNTERS: dict[str, str] = {
    "actors_created": "Actors the supervisor made because they were missing: restarts.",
    "actors_revived": "Actors started again whose newer owner had fallen silent: should be none.",
    "handovers": "Generations of actors that took over, as `jobray scale` asked.",
    "alerts_unreadable": "Alerts that could not be read or compiled: people who are not told.",
    "answers": "Questions of alerts that postings said yes to: what a posting's own side costs.",
    "candidates": "Alerts that passed the first look of a scan: what matching costs beside rows.",
    "compactions": "Times alerts were filed anew in the background: each some seconds of a core.",
    "deliveries_delivered": "Deliveries that ended well.",
    "deliveries_failed": "Deliveries given up after their last try: people who were not told.",
    "deliveries_retried": "Tries that failed for now: how unwell a channel is.",
    "deliveries_suppressed": "Deliveries that are never to be tried again: dead addresses.",
    "events_relayed": "Events that their writer could not publish: how unwell the stream was.",
    "feed_crashes": "Polls that ended in an error of ours.",
    "feed_failures": "Polls that ended in an error of the source.",
    "feed_polls": "Polls of sources begun.",
    "index_commits": "Commits of the search index: each costs a sync of its files.",
    "index_fills": "Times the search index was filled anew from the store: should be rare.",
    "matcher_rebuilds": "Recoveries from the documents for want of a snapshot: slow starts.",
    "matches": "Matches stored: what people are told about.",
    "matches_refused": "Matches not told, as the alert was gone, paused or edited by then.",
    "notifications_created": "Notifications stored.",
    "postings_expired": "Postings closed because their date had passed.",
    "postings_indexed": "Postings put into the search index.",
    "postings_matched": "Postings compared with the alerts.",
    "postings_reprocess_failed": "Stored postings that could not be derived anew: old facts stay.",
    "postings_reprocessed": "Stored postings derived anew for the sake of newer parsers.",
    "postings_processed": "Submitted postings derived, published or rejected: throughput.",
    "postings_unreadable": "Stored postings that could not be read: missing from search.",
    "postings_removed": "Postings taken out of the search index.",
    "rows": "Records of alerts that were scanned: what most of matching costs.",
    "snapshot_failures": "Snapshots of alerts that could not be written: a full or faulty disk.",
    "snapshots_written": "Snapshots of alerts written, some 100 bytes an alert each.",
    "spans_lost": "Spans of traces that the collector did not take: gaps in what can be seen.",
    "spans_sent": "Spans of traces handed to the collector.",
}
"""What the actors count since they started: name to unit and reason."""
ACTOR_GAUGES: dict[str, str] = {
    "alerts_forgotten": "Slots of deleted or replaced alerts that wait for a compaction: waste.",
    "alerts_registered": "Alerts a matcher holds in memory: its size.",
    "atoms": "Different questions that the alerts of a matcher ask: its vocabulary.",
    "deliveries_in_flight": "Deliveries being sent: each may go out twice at a crash.",
    "deliveries_waiting": "Deliveries that are due and held in memory: how late mail is.",
    "feed_polls_in_flight": "Sources being fetched at this moment.",
    "postings_searchable": "Postings a search can find.",
    "question_bytes": "Length of the questions ever asked: a matcher's memory that changes litter.",
    "reprocessing_left": "Stored postings that a run for newer parsers has not looked at yet.",
    "segment_bytes": "Bytes of the alerts that are filed: the larger part of a matcher's memory.",
    "segments": "Parts that alerts are filed in; more of them cost each posting more.",
    "snapshot_age_seconds": "Seconds since a matcher wrote its alerts: what a restart reads again.",
    "traces_waiting": "Notifications whose deliveries are not over, to be told as traces then.",
}
"""What the actors hold at this moment: name to unit and reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What others said when the page was asked for. `lags` is None where the stream cannot be
    reached, `reviews` where the store cannot; `cache` and `streams` (open live streams) are of this
    replica alone. `people` (who has one open) is of all replicas, None while the cache cannot tell
    that of more than this one."""

    actors: Sequence[ActorStatus]
    lags: Sequence[Lag] | None
    cache: Health
    streams: int
    reviews: Queue | None = None
    people: int | None = 0


class Metrics:
    """The registry of one replica of the edge; `replica` names it, by default as host:process."""

    def __init__(self, replica: str | None = None) -> None:
        self._replica = replica or f"{socket.gethostname()}:{os.getpid()}"
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "jobray_http_requests",
            "Answers given, by route template and status (0: the client left): load, errors.",
            ("replica", "method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "jobray_http_request_seconds",
            "Seconds from a request's arrival to the end of its answer, by route template.",
            ("replica", "method", "route"),
            buckets=_LATENCY_BUCKETS_S,
            registry=self._registry,
        )
        self._kept: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer; status 0 is a client that left before it."""
        key = (method, route, status)
        if (kept := self._kept.get(key)) is None:
            kept = self._kept[key] = (
                self._requests.labels(self._replica, method, route, str(status)),
                self._seconds.labels(self._replica, method, route),
            )
        count, histogram = kept
        count.inc()
        histogram.observe(seconds)

    def exposition(self, reading: Reading) -> bytes:
        """The page a scraper reads: our own counts, and those of the others as of now."""
        system = CollectorRegistry()
        system.register(_System(reading, self._replica))
        return generate_latest(self._registry) + generate_latest(system)


class _System(Collector):
    """What others count, brought into the form of the page."""

    def __init__(self, reading: Reading, replica: str) -> None:
        self._reading, self._replica = reading, replica

    def collect(self) -> Iterable[Metric]:
        actors = self._reading.actors
        yield from _states(actors)
        yield from _families(CounterMetricFamily, ACTOR_COUNTERS, actors, "counters")
        yield from _families(GaugeMetricFamily, ACTOR_GAUGES, actors, "gauges")
        yield from _stream(self._reading.lags)
        yield from _reviews(self._reading.reviews)
        yield from _people(self._reading.people)
        yield from self._of_replica()

    def _of_replica(self) -> Iterable[Metric]:
        cache = self._reading.cache
        kinds: tuple[tuple[type[CounterMetricFamily | GaugeMetricFamily], str, str, float], ...] = (
            (
                GaugeMetricFamily,
                "jobray_cache_degraded",
                "1 while the cache's server is not asked, 0 otherwise: limits count by replica.",
                cache.degraded,
            ),
            (
                CounterMetricFamily,
                "jobray_cache_failures",
                "Calls that the cache's server did not answer: how unwell it is.",
                cache.failures,
            ),
            (
                CounterMetricFamily,
                "jobray_cache_fallbacks",
                "Calls done on a cache of the replica's own instead: how much that mattered.",
                cache.fallbacks,
            ),
            (
                GaugeMetricFamily,
                "jobray_http_live_streams",
                "Open SSE and WebSocket streams: each holds a request slot of the replica.",
                self._reading.streams,
            ),
        )
        for kind, name, reason, value in kinds:
            family = kind(name, reason, labels=("replica",))
            family.add_metric((self._replica,), float(value))
            yield family


def _states(actors: Sequence[ActorStatus]) -> Iterable[Metric]:
    serving = GaugeMetricFamily(
        "jobray_actor_serving",
        "1 while the actor serves, 0 while it recovers, is stopped or missing.",
        labels=("actor", "state"),
    )
    process = GaugeMetricFamily(
        "jobray_actor_process_id",
        "The process the actor lives in: each change of it is a restart.",
        labels=("actor",),
    )
    for actor in actors:
        serving.add_metric((actor.name, actor.state), float(actor.state == "serving"))
        if actor.pid:
            process.add_metric((actor.name,), actor.pid)
    yield serving
    yield process


def _stream(lags: Sequence[Lag] | None) -> Iterable[Metric]:
    yield GaugeMetricFamily(
        "jobray_stream_reachable",
        "1 while the stream says how far behind its subscriptions are, 0 while it cannot be asked.",
        value=float(lags is not None),
    )
    labels = ("topic", "subscription")
    events = GaugeMetricFamily(
        "jobray_stream_lag_events",
        "Events not yet acknowledged by a subscription: what is still to be done.",
        labels=labels,
    )
    oldest = GaugeMetricFamily(
        "jobray_stream_lag_oldest_seconds",
        "Seconds the oldest of them has waited: how late the system is.",
        labels=labels,
    )
    for lag in lags or ():
        events.add_metric((lag.topic, lag.subscription), lag.events)
        oldest.add_metric((lag.topic, lag.subscription), lag.oldest_s)
    yield events
    yield oldest


def _reviews(queue: Queue | None) -> Iterable[Metric]:
    waiting = GaugeMetricFamily(
        "jobray_reviews_waiting",
        "Postings that wait for an administrator: what people have not decided yet.",
    )
    oldest = GaugeMetricFamily(
        "jobray_reviews_oldest_seconds",
        "Seconds the first of them has waited: how long an honest employer is held up.",
    )
    if queue is not None:
        waiting.add_metric((), queue.waiting)
        oldest.add_metric((), queue.oldest_s)
    yield waiting
    yield oldest


def _people(people: int | None) -> Iterable[Metric]:
    present = GaugeMetricFamily(
        "jobray_people_present",
        "People with an open page or live connection in the last 45 s, over all replicas, each "
        "counted once: whom news reaches at once. Not told while the cache is degraded.",
    )
    if people is not None:
        present.add_metric((), people)
    yield present


def _families(
    family_type: type[CounterMetricFamily] | type[GaugeMetricFamily],
    declared: Mapping[str, str],
    actors: Sequence[ActorStatus],
    kind: Literal["counters", "gauges"],
) -> Iterable[Metric]:
    """One family a name, with one sample an actor that has it. A name nobody declared is shown all
    the same: a number without its reason is better than one that is hidden."""
    found: dict[str, list[tuple[str, float]]] = {}
    for actor in actors:
        for name, value in getattr(actor, kind).items():
            found.setdefault(name, []).append((actor.name, value))
    for name, samples in sorted(found.items()):
        reason = declared.get(name, "Not declared in services/operations/metrics.py.")
        family = family_type("jobray_actor_" + name, reason, labels=("actor",))
        for actor_name, value in samples:
            family.add_metric((actor_name,), value)
        yield family
