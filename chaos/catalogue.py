"""Every row of the fault matrix, in the order in which they run: those that share a system first.

To add rows: make a module with a tuple `ROWS`, and name it here.
"""

from chaos import (
    nodes_rows,
    rows_actors,
    rows_backends,
    rows_disk,
    rows_events,
    rows_mail,
    rows_million,
    rows_upgrade,
)
from chaos.row import Elsewhere, Row

ROWS: tuple[Row, ...] = (
    *rows_actors.ROWS,
    *rows_events.ROWS,
    *rows_mail.ROWS,
    *rows_backends.ROWS,
    *nodes_rows.ROWS,
    *rows_disk.ROWS,
    *rows_upgrade.ROWS,
    *rows_million.ROWS,
)

ELSEWHERE = (
    Elsewhere(
        "mail server away for a day",
        "at least 8 tries over 24 h, with jitter",
        "tests/unit/delivery/test_retry.py, tests/unit/actors/test_notifier.py",
    ),
    Elsewhere(
        "mail server answers slowly or not at all",
        "cut off and tried again; nobody waits for another's backlog",
        "tests/unit/delivery/test_turns.py, tests/unit/actors/test_notifier.py",
    ),
    Elsewhere(
        "a queue killed between claim and send, before and after each write",
        "nothing lost, one copy at most",
        "tests/unit/actors/test_notifier.py",
    ),
    Elsewhere(
        "a writer killed at any instant of a write",
        "a document and its events are one write",
        "tests/contract/test_sqlite_crash.py, tests/contract/test_mongo_crash.py",
    ),
    Elsewhere(
        "stream killed and frozen under 100,000 events",
        "order per key, nothing lost",
        "tests/contract/test_pulsar.py, tests/contract/test_stream_ordered.py",
    ),
    Elsewhere(
        "most events fail",
        "the consumer stops instead of burying everything",
        "tests/unit/backends/stream/test_consumer.py",
    ),
)
