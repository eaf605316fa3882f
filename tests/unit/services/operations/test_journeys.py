"""One posting's way to one person, told as spans."""

from datetime import UTC, datetime, timedelta

import pytest

from backends.traces.otlp import Span
from models.alert import ChannelName, Match
from models.notification import Delivery, DeliveryStatus, Notification
from models.posting import Given, Posting, Status, Step
from services.operations.journeys import Journey, Trace, trace_of
from tests.matches import match_of

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ID, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACE = Trace(ID, SPAN)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def posting(*steps: tuple[Status, float], received: float | None = None) -> Posting:
    return Posting(
        id="p1",
        owner_id="owner",
        given=Given(title="Engineer", company="Acme"),
        history=tuple(Step(status=status, at=at(seconds)) for status, seconds in steps),
        created_at=NOW,
        updated_at=NOW,
        first_seen_at=NOW,
        received_at=None if received is None else at(received),
    )


WHOLE = ((Status.SUBMITTED, 0), (Status.PROCESSING, 1), (Status.PUBLISHED, 2))


def match(alert: str = "a1") -> Match:
    return match_of(
        "somebody", "p1", at(3), id=f"m-{alert}", alert_id=alert, alert_name="Private words"
    )


def notification(alert: str = "a1") -> Notification:
    return Notification(
        id=f"n-{alert}",
        user_id="somebody",
        position="1",
        created_at=at(4),
        match_id=f"m-{alert}",
    )


def delivery(status: DeliveryStatus, finished: float | None) -> Delivery:
    return Delivery(
        id=f"d-{status}",
        notification_id="n-a1",
        user_id="somebody",
        bucket=0,
        channel=ChannelName.EMAIL,
        address="person@example.org",
        status=status,
        attempts=2,
        due_at=at(4),
        created_at=at(4),
        finished_at=None if finished is None else at(finished),
    )


def spans(
    of: Posting, *deliveries: Delivery, trace: Trace = TRACE, alert: str = "a1"
) -> dict[str, Span]:
    journey = Journey(of, match(alert), notification(alert), deliveries)
    return {span.name: span for span in journey.spans(trace)}


def test_the_way_is_a_chain_of_what_the_documents_say() -> None:
    found = spans(posting(*WHOLE, received=-1), delivery(DeliveryStatus.DELIVERED, 9))
    assert [(name, span.start, span.end) for name, span in found.items()] == [
        ("submit", at(-1), at(0)),
        ("process", at(0), at(2)),
        ("match", at(2), at(3)),
        ("notify", at(3), at(4)),
        ("deliver email", at(4), at(9)),
    ]
    chain = list(found.values())
    assert [span.parent_id for span in chain] == [SPAN, *(span.id for span in chain[:-1])]
    assert {span.trace_id for span in chain} == {ID}
    assert found["deliver email"].attributes["delivery.attempts"] == 2
    assert not any(span.error for span in chain)


def test_nothing_personal_is_told() -> None:
    text = repr(list(spans(posting(*WHOLE), delivery(DeliveryStatus.FAILED, 9)).values()))
    for secret in ("somebody", "person@example.org", "Private words", "Engineer", "Acme"):
        assert secret not in text


def test_the_same_way_has_the_same_ids_and_another_one_others() -> None:
    whole = posting(*WHOLE, received=-1)
    first, again = spans(whole), spans(whole)
    assert first == again
    other = spans(whole, alert="a2")
    assert (other["submit"], other["process"]) == (first["submit"], first["process"])
    assert {span.id for span in other.values()} & {span.id for span in first.values()} == {
        first["submit"].id,
        first["process"].id,
    }
    elsewhere = spans(whole, trace=Trace("1" * 32, SPAN))
    assert not {s.id for s in elsewhere.values()} & {s.id for s in first.values()}


def test_a_delivery_that_failed_is_an_error_and_one_under_way_is_left_out() -> None:
    found = spans(posting(*WHOLE), delivery(DeliveryStatus.SUPPRESSED, 9))
    assert found["deliver email"].error == "suppressed"
    assert "deliver email" not in spans(posting(*WHOLE), delivery(DeliveryStatus.PENDING, None))


def test_a_later_version_of_the_posting_does_not_count() -> None:
    later = ((Status.SUBMITTED, 100), (Status.PROCESSING, 101), (Status.PUBLISHED, 102))
    assert spans(posting(*WHOLE, *later)) == spans(posting(*WHOLE))


def test_what_came_without_a_request_begins_at_the_program() -> None:
    found = spans(posting(*WHOLE))
    assert list(found) == ["process", "match", "notify"]
    assert found["process"].parent_id == SPAN


@pytest.mark.parametrize(
    ("later", "received"),
    [
        pytest.param((), 0.5, id="the clock was set back"),
        pytest.param(((Status.SUBMITTED, 100),), 99, id="of a later version"),
        pytest.param(((Status.SUBMITTED, 100),), -1, id="of a later one that came slowly"),
    ],
)
def test_the_time_of_another_request_is_not_told(
    later: tuple[tuple[Status, float], ...], received: float
) -> None:
    assert spans(posting(*WHOLE, *later, received=received)) == spans(posting(*WHOLE))


@pytest.mark.parametrize("steps", [(), WHOLE[2:], WHOLE[:2]])
def test_a_history_that_was_cut_leaves_out_its_part(
    steps: tuple[tuple[Status, float], ...],
) -> None:
    found = spans(posting(*steps, received=-1))
    assert list(found) == ["match", "notify"]
    assert found["match"].parent_id == SPAN
    assert found["match"].start == found["match"].end == at(3)


def test_the_trace_that_a_traceparent_names() -> None:
    assert trace_of(f"00-{ID}-{SPAN}-01") == TRACE
    assert trace_of(f"00-{ID}-{SPAN}-03") == TRACE
    for unwanted in (None, "", "00-0123", f"00-{ID}-{SPAN}-00", f"00-{ID}-{SPAN}-02"):
        assert trace_of(unwanted) is None


def test_a_trace_that_the_edge_began_has_no_parent_outside() -> None:
    assert trace_of(f"00-{ID}-{ID[16:]}-01") == Trace(ID, None)
    found = spans(posting(*WHOLE, received=-1), trace=Trace(ID, None))
    assert found["submit"].parent_id is None
    assert found["process"].parent_id == found["submit"].id
