"""How far each durable subscription is behind, and which events may go.

Retention: an event goes when it is older than the retention *and* every durable subscription of
its topic has acknowledged it. A subscription that nobody reads any more therefore keeps its events
for ever; `lags` shows it. Tails and replays keep nothing.
"""

from backends.stream.base import Lag
from backends.writer import Connection, Transaction

SWEEP_MAX = 1_000
"""Events deleted in one transaction: other writers pass in between."""


def lags(sql: Connection, now: float) -> list[Lag]:
    ordered = sql.rows(
        "SELECT p.topic, p.name, count(e.seq), min(e.published_at) FROM stream_partitions p"
        " LEFT JOIN stream_events e"
        " ON e.topic = p.topic AND e.partition = p.partition AND e.seq > p.position"
        " GROUP BY p.topic, p.name"
    )
    shared = sql.rows(
        "SELECT s.topic, s.name, count(e.seq), min(e.published_at)"
        " FROM stream_subscriptions s LEFT JOIN ("
        "  SELECT w.topic, w.name, e.seq, e.published_at FROM stream_subscriptions w"
        "  JOIN stream_events e ON e.topic = w.topic AND e.seq > w.position"
        "  WHERE w.mode = 'shared'"
        "  UNION ALL SELECT h.topic, h.name, e.seq, e.published_at FROM stream_shared h"
        "  JOIN stream_events e ON e.seq = h.seq"
        " ) e ON e.topic = s.topic AND e.name = s.name"
        " WHERE s.mode = 'shared' GROUP BY s.topic, s.name"
    )
    return [
        Lag(topic, name, events, max(0.0, now - oldest) if events else 0.0)
        for topic, name, events, oldest in sorted(ordered + shared, key=lambda row: row[:2])
    ]


def sweep(transaction: Transaction, retention_s: float) -> int:
    """Delete up to SWEEP_MAX events that may go; returns how many went."""
    return transaction.sql.run(
        "DELETE FROM stream_events WHERE seq IN (SELECT e.seq FROM stream_events e"
        " WHERE e.published_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM stream_partitions p"
        "  WHERE p.topic = e.topic AND p.partition = e.partition AND p.position < e.seq)"
        " AND NOT EXISTS (SELECT 1 FROM stream_subscriptions s"
        "  WHERE s.topic = e.topic AND s.mode = 'shared' AND s.position < e.seq)"
        " AND NOT EXISTS (SELECT 1 FROM stream_subscriptions s JOIN stream_shared h"
        "  ON h.topic = s.topic AND h.name = s.name AND h.seq = e.seq WHERE s.topic = e.topic)"
        " ORDER BY e.seq LIMIT ?)",
        (transaction.now - retention_s, SWEEP_MAX),
    )
