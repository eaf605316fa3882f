"""The table of events in the SQLite file: append, read on, find a time, sweep.

`seq` rises over all topics in commit order, because writers take turns: who has read up to a `seq`
never finds a smaller one later. A position is that number as text of fixed width, so that text
order is stream order. `published_at` is the writer's clock at the commit, in seconds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from backends.stream.base import PARTITIONS, Delivery
from backends.writer import Connection, Transaction
from models.errors import FieldError, InvalidInput
from models.events import Event
from models.shards import bucket_of

SEQ_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One event ready to be appended: serialised by the caller, not by the writer's thread."""

    topic: str
    partition: int
    key: str
    id: str
    body: str


def entry(topic: str, event: Event) -> Entry:
    partition = bucket_of(event.key) % PARTITIONS
    return Entry(topic, partition, event.key, event.id, event.model_dump_json())


def append(transaction: Transaction, entries: Iterable[Entry]) -> None:
    """Add the events in order; one whose id its topic holds already is dropped."""
    for new in entries:
        added = transaction.sql.run(
            "INSERT INTO stream_events (topic, partition, key, id, published_at, body)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (new.topic, new.partition, new.key, new.id, transaction.now, new.body),
        )
        if added:
            transaction.announced.add(new.topic)


def position_text(seq: int) -> str:
    return f"{seq:020d}"


def seq_of(position: str) -> int:
    """The number behind a position. Raises InvalidInput (parameter "position")."""
    if not re.fullmatch(r"[0-9]{1,20}", position) or int(position) > SEQ_MAX:
        fault = FieldError(parameter="position", expected="a position", got=position[:40])
        raise InvalidInput("the position is not one of this stream", errors=[fault])
    return int(position)


def after(
    sql: Connection, topic: str, seq: int, *, limit: int, until: int = SEQ_MAX
) -> list[Delivery]:
    """Up to `limit` events of the topic with `seq` < position <= `until`, in order."""
    rows = sql.rows(
        "SELECT seq, partition, body FROM stream_events"
        " WHERE topic = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        (topic, seq, until, limit),
    )
    return [delivery(topic, *row) for row in rows]


def after_of_key(
    sql: Connection, topic: str, key: str, seq: int, *, limit: int, until: int
) -> list[Delivery]:
    """The same for the events of one key. Without the hint SQLite walks over all keys."""
    rows = sql.rows(
        "SELECT seq, partition, body FROM stream_events INDEXED BY stream_event_key"
        " WHERE topic = ? AND key = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        (topic, key, seq, until, limit),
    )
    return [delivery(topic, *row) for row in rows]


def after_in_partition(
    sql: Connection, topic: str, partition: int, seq: int, *, limit: int
) -> list[tuple[int, str]]:
    """Up to `limit` rows (seq, body) of one partition beyond `seq`, in order."""
    rows = sql.rows(
        "SELECT seq, body FROM stream_events WHERE topic = ? AND partition = ? AND seq > ?"
        " ORDER BY seq LIMIT ?",
        (topic, partition, seq, limit),
    )
    return [(found, body) for found, body in rows]


def delivery(topic: str, seq: int, partition: int, body: str, attempt: int = 1) -> Delivery:
    event = Event.from_stored_json(body)
    return Delivery(event, topic, partition, position_text(seq), attempt)


def end(sql: Connection, topic: str) -> int:
    """The last `seq` that the topic ever had, 0 where it had none."""
    found = sql.row(
        "SELECT seq FROM stream_events WHERE topic = ? ORDER BY seq DESC LIMIT 1", (topic,)
    )
    return found[0] if found else swept(sql, topic)


def swept(sql: Connection, topic: str) -> int:
    """The last `seq` that was deleted from the topic: a replay from before it would miss some."""
    found = sql.row("SELECT seq FROM stream_swept WHERE topic = ?", (topic,))
    return found[0] if found else 0


def before_time(sql: Connection, moment: float) -> int:
    """The `seq` after which every event was published at `moment` (seconds) or later. Halves the
    range of numbers, because publishing time rises with them: about 20 look-ups in a million."""
    last = sql.row("SELECT max(seq) FROM stream_events")
    low, high = 0, (last[0] or 0) if last else 0
    while low < high:
        middle = (low + high) // 2
        found = sql.row(
            "SELECT seq, published_at FROM stream_events WHERE seq > ? ORDER BY seq LIMIT 1",
            (middle,),
        )
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0]
    return low
