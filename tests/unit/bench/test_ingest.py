"""The benchmark of a whole system: what it sends is what it says, and it sees what went wrong."""

from pathlib import Path

import pytest

from backends.documents.base import Insert
from backends.documents.collections import ALERTS, MATCHES, NOTIFICATIONS, USERS
from bench.ingestion.drive import BEHIND_MAX, STALL_S, Drive, StalledError
from bench.ingestion.feeds import BATCH
from bench.ingestion.gauges import (
    CLIENT,
    Counts,
    Sample,
    Usage,
    a_second,
    cores,
    mb_a_minute,
)
from bench.ingestion.postings import ADDRESS, Expected, Pool, posting_id, reference, serial_at
from bench.ingestion.report import IMPORT, Part, minutes, summary
from bench.ingestion.stores import (
    EMBEDDED,
    Backend,
    DifferenceError,
    check_told,
    fill,
    fill_alike,
    matched,
    must_agree,
    opened,
    plain_alerts,
)
from bench.matcher import ALERTS_OF_ONE, alerts
from bench.percolation.vocabulary import NOW, data_file
from bench.percolation.workload import Workload, generate
from matching.language import parse
from matching.percolator import Percolator
from matching.subject import Subject
from models.criteria import UnknownPolicy
from models.posting import Derived, Given, Posting
from processing.copies.fingerprint import cluster_id
from processing.derive import derive
from sources.formats.api_json import lines_parser

try:
    data_file()
except FileNotFoundError as absent:
    pytest.skip(str(absent), allow_module_level=True)

SEED = 5


@pytest.fixture(scope="module")
def workload() -> Workload:
    return generate(300, 6, SEED)


@pytest.fixture(scope="module")
def pool(workload: Workload) -> Pool:
    return Pool(workload)


@pytest.mark.parametrize("serial", [0, 1, 4_095, 2**31])
def test_an_address_tells_the_serial(serial: int) -> None:
    assert serial_at(ADDRESS + reference(serial)) == serial


def imported(pool: Pool, serials: range) -> list[Given]:
    """The records of these, as an import reads them."""
    parser = lines_parser()
    parsed = parser.feed(b"\n".join(map(pool.record, serials))) + parser.close()
    return [each.given for each in parsed if each.given is not None]


def derived(given: Given) -> Derived:
    return derive(given, today=NOW.date()).derived


def test_every_record_is_a_vacancy_of_its_own(pool: Pool) -> None:
    serials = range(2 * len(pool))
    givens = imported(pool, serials)
    assert [serial_at(given.url or "") for given in givens] == list(serials)
    assert len({given.external_id for given in givens}) == len(serials)
    assert len({cluster_id(given, derived(given)) for given in givens}) == len(serials)


def test_an_event_is_what_the_processor_makes_of_the_record(pool: Pool) -> None:
    serial = len(pool) + 2
    (given,) = imported(pool, range(serial, serial + 1))
    event = pool.event(serial)
    posting = Posting.model_validate(event.data["posting"])
    assert posting.given == given
    assert posting.derived == derived(given)
    assert (posting.id, event.key) == (posting_id(serial), posting_id(serial))


def test_a_reference_changes_no_match(pool: Pool, workload: Workload) -> None:
    percolator = Percolator()
    for id_, criteria in workload.alerts():
        percolator.register(id_, criteria, UnknownPolicy.PASS)
    expected = Expected(pool.met_by(percolator))
    again = range(len(pool), 2 * len(pool))
    events = [Posting.model_validate(pool.event(serial).data["posting"]) for serial in again]
    found = percolator.percolate_many(list(map(Subject.of, events)), NOW)
    assert [frozenset(ids) for ids in found] == [expected.of(serial) for serial in again]
    assert expected.a_posting > 0


def test_what_must_be_told_is_counted_over_the_pool() -> None:
    expected = Expected([frozenset("ab"), frozenset("c"), frozenset()])
    assert expected.of(4) == frozenset("c")
    assert expected.count(range(1, 7)) == 1 + 0 + 2 + 1 + 0 + 2
    assert expected.a_posting == 1.0


EXPECTED = Expected([frozenset(("a", "b")), frozenset()])


def test_the_same_alerts_agree() -> None:
    must_agree({0: ["b", "a"], 2: ["a", "b"]}, EXPECTED, range(4))


@pytest.mark.parametrize(
    "found",
    [
        {0: ["a", "b"]},
        {0: ["a", "b"], 2: ["a"]},
        {0: ["a", "b"], 2: ["a", "b", "b"]},
        {0: ["a", "b"], 2: ["a", "c"]},
        {0: ["a", "b"], 1: ["a"], 2: ["a", "b"]},
        {0: ["a", "b"], 2: ["a", "b"], 4: ["a", "b"]},
    ],
    ids=["none", "lost", "twice", "other", "too many", "never sent"],
)
def test_other_alerts_differ(found: dict[int, list[str]]) -> None:
    with pytest.raises(DifferenceError, match="1 postings"):
        must_agree(found, EXPECTED, range(4))


def test_stores_on_servers_have_places_of_their_own() -> None:
    backend = Backend("servers", {"JOBRAY_DOCUMENTS_URL": "mongodb://host:1"}, pids=(1,))
    first, second = (backend.environment(Path(f"/data/{name}")) for name in ("one", "two"))
    assert first["JOBRAY_DOCUMENTS_URL"] == "mongodb://host:1/data-one"
    assert second["JOBRAY_STREAM_NAMESPACE"] == "public/data-two"
    assert EMBEDDED.environment(Path("/data/one"))["JOBRAY_DOCUMENTS_URL"] == ""


async def test_a_filled_store_has_the_alerts_and_their_people(
    tmp_path: Path, workload: Workload, pool: Pool
) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    expected = await fill_alike(EMBEDDED, folders, workload, pool)
    for folder in folders:
        async with opened(EMBEDDED.environment(folder)) as store:
            assert await store.documents.count(ALERTS) == len(workload)
            assert await store.documents.count(USERS) == len(workload) / ALERTS_OF_ONE
    assert expected.count(range(len(pool))) == sum(len(expected.of(at)) for at in range(len(pool)))


def test_plain_alerts_are_met_more_often(workload: Workload, pool: Pool) -> None:
    rare, plain = Percolator(), Percolator()
    for percolator, make in ((rare, alerts), (plain, plain_alerts)):
        for alert in make(workload):
            assert parse(alert.query).criteria == alert.criteria
            percolator.register(alert.id, alert.criteria, alert.unknown)
    met = [Expected(pool.met_by(percolator)).a_posting for percolator in (rare, plain)]
    assert met[0] < met[1]


async def test_what_was_told_is_read_back_and_judged(
    tmp_path: Path, workload: Workload, pool: Pool
) -> None:
    environment = EMBEDDED.environment(tmp_path / "store")
    await fill(environment, workload, pool)
    told = [("1", 0, "a"), ("2", 0, "b"), ("3", 2, "a")]
    async with opened(environment) as store:
        for id_, serial, alert in told:
            posting = {"url": ADDRESS + reference(serial), "id": posting_id(serial)}
            body = {"posting": posting, "alert": {"id": alert}}
            await store.documents.insert(NOTIFICATIONS, id_, body)
            match = {"posting_id": posting_id(serial), "alert_id": alert}
            await store.documents.insert_absent(MATCHES, [Insert(id_, match)])
        assert await matched(store.documents, range(3)) == {0: ["a", "b"], 2: ["a"]}
    with pytest.raises(DifferenceError, match="1 postings"):
        await check_told(environment, EXPECTED, 3)
    await check_told(environment, Expected([frozenset("ab"), frozenset(), frozenset("a")]), 3)


PAGE = """\
# HELP jobray_actor_postings_matched_total Postings compared with the alerts.
jobray_actor_postings_matched_total{actor="matcher:0"} 120.0
jobray_actor_postings_matched_total{actor="matcher:1"} 1.1e+02
jobray_actor_alerts_registered{actor="matcher:0"} 7.0
jobray_stream_reachable 1.0
jobray_stream_lag_events{subscription="processor",topic="job-events"} 30.0
jobray_stream_lag_events{subscription="notifier",topic="match-events"} 412.0
"""


def test_counts_are_read_over_all_shards_and_the_one_furthest_behind() -> None:
    counts = Counts.of(PAGE)
    assert (counts["postings_matched"], counts["alerts_registered"]) == (230, 7)
    assert counts["notifications_created"] == 0
    assert counts.behind == 412


def test_an_actor_that_does_not_answer_has_counted_what_it_said_before() -> None:
    later = 'jobray_actor_postings_matched_total{actor="matcher:1"} 150.0\n'
    counts = Counts.of(later, Counts.of(PAGE))
    assert counts["postings_matched"] == 120 + 150
    assert counts.behind == 0


def sample(at: float, *, matched: int = 0, told: int = 0, mb: float = 100.0) -> Sample:
    counted = {
        ("matcher:0", "postings_matched"): float(matched),
        ("notifier:0", "notifications_created"): float(told),
    }
    usage = {"matcher:0": Usage(mb, 5.0, at / 2), "ray": Usage(40.0, 10.0, at / 10)}
    return Sample(at, Counts(counted, 0), usage, client_s=at / 4)


def test_rates_and_growth_are_of_all_samples() -> None:
    samples = [sample(10.0 + t, matched=30 * t, mb=100.0 + 2 * t) for t in (0, 5, 10, 15)]
    assert a_second(samples, "postings_matched") == pytest.approx(30.0)
    assert mb_a_minute(samples, lambda each: each.all.held_mb) == pytest.approx(120.0)
    assert mb_a_minute(samples, lambda each: each.all.mapped_mb) == pytest.approx(0.0)
    used = cores(samples)
    assert used == pytest.approx({"matcher:0": 0.5, "ray": 0.1, CLIENT: 0.25})


def test_a_row_tells_of_its_own_minute() -> None:
    samples = [sample(0.0), sample(31.0, matched=31), sample(61.0, matched=61, told=122)]
    samples += [sample(90.0, matched=119, told=180)]
    assert minutes(samples) == [
        ("1.0", "1", "2", "140", "15"),
        ("1.5", "2", "2", "140", "15"),
    ]


@pytest.mark.parametrize(
    "rate, growth, said", [(300, 0.0, ["met", "flat"]), (299, 0.1, ["**missed**", "**grows**"])]
)
def test_a_part_is_judged_by_its_goals(rate: int, growth: float, said: list[str]) -> None:
    samples = [sample(t, matched=rate * t, told=rate * t, mb=100 + growth * t) for t in (0, 60)]
    rows = summary(Part(IMPORT, samples, drained_s=1.0), None)
    text = [" ".join(map(str, row)) for row in rows]
    assert all(any(word in row for row in text) for word in said), text


class Fake:
    """A system that takes `rate` postings a second in, and tells one of each; and its clock."""

    def __init__(self, rate: float) -> None:
        self._rate, self._now, self._done, self.sent = rate, 0.0, 0.0, 0
        self.batches: list[range] = []
        self.behind_most = 0

    def send(self, serials: range) -> None:
        self.batches.append(serials)
        self.sent += len(serials)

    def clock(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        self._done = min(self.sent, self._done + self._rate * seconds)

    def counts(self) -> Counts:
        behind = self.sent - int(self._done)
        self.behind_most = max(self.behind_most, behind)
        self.sleep(0.001)
        return Counts({("notifier:0", "notifications_created"): self._done}, behind)

    def sample(self) -> Sample:
        return Sample(self._now, self.counts(), {}, 0.0)


def drive(fake: Fake) -> Drive:
    return Drive(fake, fake, clock=fake.clock, sleep=fake.sleep)


def test_a_drive_sends_each_serial_once_and_never_drowns_the_system() -> None:
    fake = Fake(rate=100.0)
    driven = drive(fake)
    driven.send(4 * BATCH + 7)
    driven.keep_busy(30.0)
    assert [serial for batch in fake.batches for serial in batch] == list(range(fake.sent))
    assert driven.next_serial == fake.sent > 30 * 100
    assert BEHIND_MAX < fake.behind_most <= BEHIND_MAX + BATCH
    assert driven.until_told(fake.sent) == pytest.approx(fake.behind_most / 100, rel=0.2)


def test_samples_are_taken_from_the_first_moment_to_the_last() -> None:
    samples = drive(Fake(rate=100.0)).keep_busy(21.0)
    assert samples[0].at < 0.1
    assert samples[-1].at == pytest.approx(21.0, abs=0.5)
    assert len(samples) == 6


def test_a_system_that_is_slow_but_gets_on_is_not_given_up() -> None:
    driven = drive(slow := Fake(rate=0.5))
    driven.send(BEHIND_MAX + 3 * BATCH)
    assert slow.clock() > 2 * STALL_S


def test_a_system_that_tells_nothing_more_is_given_up() -> None:
    fake = Fake(rate=0.0)
    driven = drive(fake)
    driven.send(10)
    with pytest.raises(StalledError, match="0 of 10"):
        driven.until_told(10)
    assert STALL_S < fake.clock() < STALL_S + 1


def test_a_system_that_takes_nothing_more_is_given_up() -> None:
    with pytest.raises(StalledError, match="behind"):
        drive(Fake(rate=0.0)).send(10 * BEHIND_MAX)
