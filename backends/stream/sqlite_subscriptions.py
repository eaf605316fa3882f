"""Durable subscriptions in the SQLite file: made by the first who joins, ended by being forgotten.

A subscription has a mode, an id (two of one name, one after the other, are not the same) and a
begin: `position` for all partitions, or one for each in `begins`, where it comes after others. A
shared one moves its `position` on. The partitions of an ordered one have places of their own:
a partition belongs to it from the day somebody of that name wants it. One that nobody wants is no
part of it: it holds up no retention and no lag.
"""

import json
from collections.abc import Iterable

from backends.stream.after import Standing, furthest_behind
from backends.stream.base import PARTITIONS, After, Mode, Start
from backends.stream.sqlite_leases import partitions
from backends.stream.sqlite_log import end
from backends.writer import Connection, Transaction
from models.base import new_id
from models.errors import Conflict

FORGET = (
    "DELETE FROM stream_subscriptions WHERE topic = ? AND name = ?",
    "DELETE FROM stream_partitions WHERE topic = ? AND name = ?",
    "DELETE FROM stream_members WHERE topic = ? AND name = ?",
    "DELETE FROM stream_shared WHERE topic = ? AND name = ?",
)


def join(
    transaction: Transaction,
    topic: str,
    name: str,
    mode: Mode,
    start: Start,
    wanted: Iterable[int],
) -> str:
    """Make the subscription if it is not there, and `wanted` partitions of an ordered one part of
    it; returns its id. Raises Conflict."""
    sql = transaction.sql
    row = sql.row(
        "SELECT mode, id FROM stream_subscriptions WHERE topic = ? AND name = ?", (topic, name)
    )
    if row is None:
        row = mode, _create(sql, topic, name, mode, start)
    _check_mode(topic, name, row[0], mode)
    if mode == "ordered":
        _include(sql, topic, name, wanted)
    return str(row[1])


def forget(transaction: Transaction, topic: str, name: str) -> None:
    """Delete what is known of it; whoever waits for its events is woken."""
    for statement in FORGET:
        transaction.sql.run(statement, (topic, name))
    transaction.announced.add(topic)


def _create(sql: Connection, topic: str, name: str, mode: Mode, start: Start) -> str:
    made, position, begins = new_id(), 0, None
    if isinstance(start, After):
        begins = json.dumps(_begins_after(sql, topic, start.names))
    elif start == "latest":
        position = end(sql, topic)
    sql.run(
        "INSERT INTO stream_subscriptions (topic, name, mode, position, id, begins)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (topic, name, mode, position, made, begins),
    )
    return made


def _begins_after(sql: Connection, topic: str, names: Iterable[str]) -> list[int]:
    found = (_standing(sql, topic, name) for name in names)
    return furthest_behind((each for each in found if each is not None), 0)


def _standing(sql: Connection, topic: str, name: str) -> Standing[int] | None:
    """Where the ordered subscription stands; None where there is none."""
    row = sql.row(
        "SELECT mode, position, begins FROM stream_subscriptions WHERE topic = ? AND name = ?",
        (topic, name),
    )
    if row is None:
        return None
    mode, position, begins = row
    _check_mode(topic, name, mode, "ordered")
    begin = [position] * PARTITIONS if begins is None else json.loads(begins)
    return Standing(begin, {p.number: p.position for p in partitions(sql, topic, name)})


def _include(sql: Connection, topic: str, name: str, wanted: Iterable[int]) -> None:
    for number in wanted:
        sql.run(
            "INSERT INTO stream_partitions (topic, name, partition, position)"
            " SELECT topic, name, ?1, coalesce(begins ->> ?1, position) FROM stream_subscriptions"
            " WHERE topic = ?2 AND name = ?3 ON CONFLICT DO NOTHING",
            (number, topic, name),
        )


def _check_mode(topic: str, name: str, found: str, mode: Mode) -> None:
    if found != mode:
        raise Conflict(f"the subscription {name} of {topic} is {found}, not {mode}")
