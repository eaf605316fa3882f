"""The page of metrics as a scraper reads it."""

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from backends.cache.base import Health
from backends.stream.base import Lag
from services.operations.metrics import ACTOR_COUNTERS, ACTOR_GAUGES, Metrics, Reading
from services.ports import ActorStatus
from services.review.review_queue import Queue

WELL = Health(degraded=False, failures=0, fallbacks=0)


def reading(
    *actors: ActorStatus, lags: tuple[Lag, ...] | None = (), cache: Health = WELL, streams: int = 0
) -> Reading:
    return Reading(actors, lags, cache, streams)


def page(metrics: Metrics, read: Reading) -> dict[str, Metric]:
    """The families of the page by name; each once."""
    families = list(text_string_to_metric_families(metrics.exposition(read).decode()))
    found = {family.name: family for family in families}
    assert len(found) == len(families)
    return found


def test_what_waits_for_review_is_told_where_the_store_can_be_asked() -> None:
    found = page(Metrics("a:1"), Reading([], (), WELL, 0, Queue(3, 90.0)))
    assert values(found["jobray_reviews_waiting"]) == {(): 3.0}
    assert values(found["jobray_reviews_oldest_seconds"]) == {(): 90.0}
    unknown = page(Metrics("a:1"), reading())
    assert values(unknown["jobray_reviews_waiting"]) == {}


def test_people_are_told_once_for_all_replicas_and_nobody_is_made_up() -> None:
    for people, told in ((0, {(): 0.0}), (3, {(): 3.0}), (None, {})):
        found = page(Metrics("a:1"), Reading([], (), WELL, 0, people=people))
        assert values(found["jobray_people_present"]) == told


def values(family: Metric) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def test_an_answer_is_counted_and_timed_under_its_replica() -> None:
    metrics = Metrics("a:1")
    metrics.request("GET", "/jobs", 200, 0.003)
    metrics.request("GET", "/jobs", 200, 0.3)
    metrics.request("GET", "/jobs", 0, 60.0)
    found = page(metrics, reading())
    count = {
        tuple(sorted(sample.labels.items())): sample.value
        for sample in found["jobray_http_requests"].samples
        if sample.name.endswith("_total")
    }
    same = (("method", "GET"), ("replica", "a:1"), ("route", "/jobs"))
    assert count == {(*same, ("status", "200")): 2.0, (*same, ("status", "0")): 1.0}
    buckets = {
        sample.labels["le"]: sample.value
        for sample in found["jobray_http_request_seconds"].samples
        if sample.name.endswith("_bucket")
    }
    assert (buckets["0.0025"], buckets["0.005"], buckets["0.5"]) == (0.0, 1.0, 2.0)
    assert (buckets["10.0"], buckets["+Inf"]) == (2.0, 3.0)


def test_two_replicas_share_no_series() -> None:
    """A scrape reaches either: under one name each would look like a reset of the other."""
    series: list[set[tuple[str, ...]]] = []
    for replica in ("a:1", "b:1"):
        metrics = Metrics(replica)
        metrics.request("GET", "/jobs", 200, 0.003)
        found = page(metrics, reading())
        own = ("jobray_http_requests", "jobray_http_request_seconds", "jobray_cache_failures")
        series.append(
            {
                (sample.name, *sorted(sample.labels.values()))
                for name in own
                for sample in found[name].samples
            }
        )
    assert series[0]
    assert not series[0] & series[1]


def test_a_replica_has_a_name_of_its_own_where_none_is_given() -> None:
    family = page(Metrics(), reading())["jobray_cache_degraded"]
    host, _, process = family.samples[0].labels["replica"].rpartition(":")
    assert host
    assert process.isdigit()


def test_actors_tell_their_state_process_counts_and_gauges() -> None:
    serving = ActorStatus("matcher:0", "serving", "", {"matches": 3.0}, {"atoms": 7.0}, 4711)
    missing = ActorStatus("index:0", "missing", "Unavailable", {}, {})
    found = page(Metrics("a:1"), reading(serving, missing))
    assert values(found["jobray_actor_serving"]) == {
        ("matcher:0", "serving"): 1.0,
        ("index:0", "missing"): 0.0,
    }
    # One that is away has no process: its number would be a second change, and no restart.
    assert values(found["jobray_actor_process_id"]) == {("matcher:0",): 4711.0}
    matches = found["jobray_actor_matches"]
    assert (matches.type, matches.documentation) == ("counter", ACTOR_COUNTERS["matches"])
    assert [(s.name, s.labels, s.value) for s in matches.samples] == [
        ("jobray_actor_matches_total", {"actor": "matcher:0"}, 3.0)
    ]
    atoms = found["jobray_actor_atoms"]
    assert (atoms.type, atoms.documentation) == ("gauge", ACTOR_GAUGES["atoms"])
    assert values(atoms) == {("matcher:0",): 7.0}


def test_the_same_count_of_two_actors_is_one_family() -> None:
    actors = [ActorStatus(f"matcher:{n}", "serving", "", {"matches": n}, {}) for n in (1, 2)]
    family = page(Metrics("a:1"), reading(*actors))["jobray_actor_matches"]
    assert values(family) == {("matcher:1",): 1.0, ("matcher:2",): 2.0}


def test_a_count_that_nobody_declared_is_shown_as_such() -> None:
    actor = ActorStatus("matcher:0", "serving", "", {"unheard_of": 1.0}, {})
    family = page(Metrics("a:1"), reading(actor))["jobray_actor_unheard_of"]
    assert family.documentation.startswith("Not declared")


def test_the_stream_tells_how_far_behind_its_subscriptions_are() -> None:
    lag = Lag("job-events", "matcher:0", 12, 3.5)
    found = page(Metrics("a:1"), reading(lags=(lag,)))
    assert values(found["jobray_stream_reachable"]) == {(): 1.0}
    assert found["jobray_stream_lag_events"].samples[0].labels == {
        "topic": "job-events",
        "subscription": "matcher:0",
    }
    assert found["jobray_stream_lag_events"].samples[0].value == 12.0
    assert found["jobray_stream_lag_oldest_seconds"].samples[0].value == 3.5


def test_a_stream_without_subscriptions_is_not_one_that_is_down() -> None:
    down = page(Metrics("a:1"), reading(lags=None))
    assert values(down["jobray_stream_reachable"]) == {(): 0.0}
    assert values(page(Metrics("a:1"), reading())["jobray_stream_reachable"]) == {(): 1.0}
    assert down["jobray_stream_lag_events"].samples == []


def test_the_cache_and_the_streams_of_a_replica() -> None:
    cache = Health(degraded=True, failures=2, fallbacks=9)
    found = page(Metrics("a:1"), reading(cache=cache, streams=4))
    shown = {
        sample.name: sample.value
        for name in ("cache_degraded", "cache_failures", "cache_fallbacks", "http_live_streams")
        for sample in found["jobray_" + name].samples
    }
    assert shown == {
        "jobray_cache_degraded": 1.0,
        "jobray_cache_failures_total": 2.0,
        "jobray_cache_fallbacks_total": 9.0,
        "jobray_http_live_streams": 4.0,
    }
