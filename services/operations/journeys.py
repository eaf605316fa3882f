"""A posting's way to one person as spans: submit → process → match → notify → deliver.
It begins when the request arrived that brought the posting; one that came without has no `submit`.

The times are those that the documents hold, so nothing is measured twice and no actor knows of
traces. An id is derived from what the span tells of: whoever makes a span again makes the same one,
and a span names its parent without having seen it. Nothing in a span is personal.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from backends.traces.otlp import Span, Value
from models.alert import Match
from models.notification import Delivery, DeliveryStatus, Notification
from models.posting import Posting, Status

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_SAMPLED = 0x01


@dataclass(frozen=True, slots=True)
class Trace:
    """`parent_id` is the client's span of its request, None where nobody tells of that one."""

    id: str
    parent_id: str | None


def trace_of(traceparent: str | None) -> Trace | None:
    """The trace that a W3C traceparent names, if whoever began it wants it recorded.

    The edge begins a trace with a span id that is the trace id's second half (deployments/context):
    such a span is told of by nobody, and what is ours has no parent then.
    """
    found = _TRACEPARENT.fullmatch(traceparent or "")
    if found is None or not int(found[3], 16) & _SAMPLED:
        return None
    return Trace(found[1], None if found[2] == found[1][16:] else found[2])


@dataclass(frozen=True, slots=True)
class Journey:
    """What is stored of one posting's way to one person."""

    posting: Posting
    match: Match
    notification: Notification
    deliveries: Sequence[Delivery]

    def spans(self, trace: Trace) -> Iterator[Span]:
        """Parents first. The part before the match is missing where the posting's history does not
        reach back that far."""
        match, notification = self.match, self.notification
        parent, since = trace.parent_id, match.created_at
        for span in self._taken_in(trace):
            yield span
            parent, since = span.id, span.end
        id_ = _id(trace, "match", match.id)
        about = {"match.id": match.id, "alert.id": match.alert_id}
        yield Span(trace.id, id_, parent, "match", since, match.created_at, about)
        parent, id_ = id_, _id(trace, "notify", notification.id)
        told = {"notification.id": notification.id}
        at = notification.created_at
        yield Span(trace.id, id_, parent, "notify", match.created_at, at, told)
        for delivery in self.deliveries:
            if delivery.finished_at is not None:
                yield _delivered(trace, id_, delivery, delivery.finished_at)

    def _taken_in(self, trace: Trace) -> Iterator[Span]:
        """From the request to the board."""
        if (processed := self._processed()) is None:
            return
        submitted, published = processed
        id_, version = self.posting.id, self.match.posting_version
        about: dict[str, Value] = {"posting.id": id_, "posting.version": version}
        parent = trace.parent_id
        if (received := self._received(submitted)) is not None:
            submit = _id(trace, "submit", id_, str(version))
            yield Span(trace.id, submit, parent, "submit", received, submitted, about)
            parent = submit
        process = _id(trace, "process", id_, str(version))
        yield Span(trace.id, process, parent, "process", submitted, published, about)

    def _received(self, submitted: datetime) -> datetime | None:
        """When the request arrived that was submitted then; None where there was none, where the
        posting remembers a later one, or where the clock was set back meanwhile."""
        received = self.posting.received_at
        again = any(
            step.status is Status.SUBMITTED and step.at > submitted for step in self.posting.history
        )
        return None if received is None or again or received > submitted else received

    def _processed(self) -> tuple[datetime, datetime] | None:
        """When the version that matched was submitted, and when it was published."""
        before = [step for step in self.posting.history if step.at <= self.match.created_at]
        published = [step.at for step in before if step.status is Status.PUBLISHED]
        if not published:
            return None
        submitted = [
            step.at
            for step in before
            if step.status is Status.SUBMITTED and step.at <= published[-1]
        ]
        return (submitted[-1], published[-1]) if submitted else None


def _delivered(trace: Trace, parent: str, delivery: Delivery, finished_at: datetime) -> Span:
    failed = delivery.status is not DeliveryStatus.DELIVERED
    return Span(
        trace.id,
        _id(trace, "deliver", delivery.id),
        parent,
        f"deliver {delivery.channel.value}",
        delivery.created_at,
        finished_at,
        {
            "delivery.id": delivery.id,
            "delivery.status": delivery.status.value,
            "delivery.attempts": delivery.attempts,
        },
        error=delivery.status.value if failed else None,
    )


def _id(trace: Trace, *parts: str) -> str:
    text = "\0".join((trace.id, *parts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
