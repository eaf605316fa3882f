"""How far each durable subscription is behind, and which events may go.

Retention: an event goes when it is older than the retention *and* every durable subscription of
its topic has acknowledged it. A subscription that nobody reads any more therefore keeps its events
for ever; `lags` shows it. Tails and replays keep nothing.
"""

import json

from backends.stream.base import Lag
from backends.writer import Connection, Transaction

SWEEP_MAX = 1_000
"""Events deleted in one transaction: other writers pass in between."""


def lags(sql: Connection, now: float) -> list[Lag]:
    """Counted on indexes alone; of the events only the oldest of each subscription is read."""
    rows = sql.rows(
        "SELECT g.topic, g.name, g.n, o.published_at FROM ("
        " SELECT topic, name, sum(n) AS n, min(first) AS first FROM ("
        "  SELECT p.topic, p.name, count(e.seq) AS n, min(e.seq) AS first"
        "  FROM stream_partitions p LEFT JOIN stream_events e"
        "  ON e.topic = p.topic AND e.partition = p.partition AND e.seq > p.position"
        "  GROUP BY p.topic, p.name"
        "  UNION ALL SELECT s.topic, s.name, count(e.seq), min(e.seq)"
        "  FROM stream_subscriptions s LEFT JOIN stream_events e"
        "  ON e.topic = s.topic AND e.seq > s.position WHERE s.mode = 'shared'"
        "  GROUP BY s.topic, s.name"
        "  UNION ALL SELECT topic, name, count(seq), min(seq) FROM stream_shared"
        "  GROUP BY topic, name"
        " ) GROUP BY topic, name"
        ") g LEFT JOIN stream_events o ON o.seq = g.first ORDER BY g.topic, g.name"
    )
    return [
        Lag(topic, name, events, 0.0 if oldest is None else max(0.0, now - oldest))
        for topic, name, events, oldest in rows
    ]


def may_go(sql: Connection, until: int) -> list[int]:
    """Up to SWEEP_MAX numbers of events that are not beyond `until` and that every durable
    subscription has acknowledged. Positions only rise, so what may go now may go later."""
    rows = sql.rows(
        "SELECT e.seq FROM stream_events e WHERE e.seq <= ?"
        " AND NOT EXISTS (SELECT 1 FROM stream_partitions p"
        "  WHERE p.topic = e.topic AND p.partition = e.partition AND p.position < e.seq)"
        " AND NOT EXISTS (SELECT 1 FROM stream_subscriptions s"
        "  WHERE s.topic = e.topic AND s.mode = 'shared' AND s.position < e.seq)"
        " AND NOT EXISTS (SELECT 1 FROM stream_subscriptions s CROSS JOIN stream_shared h"
        "  ON h.topic = s.topic AND h.name = s.name AND h.seq = e.seq WHERE s.topic = e.topic)"
        " ORDER BY e.seq LIMIT ?",
        (until, SWEEP_MAX),
    )
    return [seq for (seq,) in rows]


def delete(transaction: Transaction, seqs: list[int]) -> int:
    """Delete the events; returns how many were still there. What is gone is remembered, so that
    nobody reads on from before it unawares."""
    listed = (json.dumps(seqs),)
    transaction.sql.run(
        "INSERT INTO stream_swept (topic, seq) SELECT topic, max(seq) FROM stream_events"
        " WHERE seq IN (SELECT value FROM json_each(?)) GROUP BY topic"
        " ON CONFLICT (topic) DO UPDATE SET seq = max(seq, excluded.seq)",
        listed,
    )
    return transaction.sql.run(
        "DELETE FROM stream_events WHERE seq IN (SELECT value FROM json_each(?))", listed
    )
