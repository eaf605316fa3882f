"""PostgreSQL as a rival: a table of alerts by anchor, `atom = any($1)` and a boolean query.

An alert stands in the table once for each atom of its rarest clause (its anchor), with its other
clauses as one boolean query, the rarest first, and its pay floor. A posting brings its atoms twice:
as the array that the b-tree is asked for, and as the document that the queries are tested on. An
anchor's earlier atoms are negated in the rows of the later ones, so that no alert is found twice
and the statement needs no `distinct`.

This is the fastest exact design of those tried (200,000 alerts, PostgreSQL 15): `tsvector @@
tsquery` with lexemes of three characters 1.8 ms a posting, with decimal ones 2.0; `int[] @@
query_int` (intarray, which sorts its own copy of the array for every row) 2.5 times that; an index
that includes all columns saves 5 % for twice the memory. A generic plan saves planning each time.
"""

import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.percolation import postgres_server
from bench.percolation.atoms import ANY, FLOOR, NONE, Clause, Ints, clauses
from bench.percolation.workload import Abstract, read

if TYPE_CHECKING:  # The driver is of the group `dev`, and may not be there.
    from psycopg import Connection
    from psycopg.pq.abc import PGconn

EVERY = -1
"""The anchor of an alert that needs no atom; every posting asks for it too."""
ENOUGH = 2**31 - 1
"""USD a year: what a posting of unknown pay brings, as unknown passes every floor."""

_CREATE = "create table alert (atom int not null, id int not null, query tsquery, floor int)"
_COPY = "copy alert (atom, id, query, floor) from stdin"
_MATCH = b"""
    select array_agg(id) from alert
    where atom = any($1) and (floor is null or floor <= $3)
      and (query is null or $2 @@ query)
"""
_OIDS = (1007, 3614, 23)  # int4[], tsvector, int4
_INT4 = 23
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Result:
    """`ns` is by (pass, posting), from sending the statement to having its answer; `matches` are
    the rising ordinals for each posting; `build_s` counts loading and indexing."""

    ns: NDArray[np.int64]
    matches: list[Ints]
    build_s: float
    table_bytes: int
    version: str


class Row(NamedTuple):
    """One line of the table; None is null."""

    atom: int
    id: int
    query: str | None
    floor: int | None


class Question(NamedTuple):
    """A posting as the three parameters in PostgreSQL's binary form."""

    atoms: bytes
    document: bytes
    pay: bytes


def available() -> str | None:
    """Why the rival cannot run here; None where it can."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed (dependency group dev)"
    if postgres_server.programs() is None:
        return "no PostgreSQL is installed"
    if postgres_server.user() is None:
        return "root has no unprivileged user to run PostgreSQL as"
    return None


def run(folder: Path, *, warm: int = 1, passes: int = 3) -> Result:
    """Match every posting of the workload in `folder`, one at a time: `warm` passes unmeasured,
    then `passes` measured. Raises RuntimeError where PostgreSQL fails, and OSError without files.

    Cost: 30 s and 850 MB for a million alerts before the first posting.
    """
    import psycopg

    abstract = read(folder)
    questions = [_question(abstract.postings[at]) for at in range(len(abstract.postings))]
    rows = sorted(table_rows(abstract))
    with (
        postgres_server.server() as socket,
        psycopg.connect(
            host=str(socket), user=postgres_server.USER, dbname="postgres", autocommit=True
        ) as connection,
    ):
        build_s, table_bytes = _load(connection, rows)
        server = connection.pgconn
        _prepare(server)
        matches = [_ordinals(_ask(server, question)) for question in questions]
        for _ in range(warm - 1):
            _time(server, questions)
        ns = np.array([_time(server, questions) for _ in range(passes)], dtype=np.int64)
        version = connection.info.parameter_status("server_version") or ""
    return Result(ns, matches, build_s, table_bytes, version)


def table_rows(abstract: Abstract) -> Iterator[Row]:
    """The alerts as lines of the table, in the order of the alerts."""
    frequencies = abstract.frequencies

    def rarity(clause: Clause) -> int:
        return int(frequencies[list(clause.atoms)].sum())

    for ordinal in range(len(abstract.alerts)):
        found = list(clauses(abstract.alerts[ordinal]))
        needed = sorted((clause for clause in found if clause.kind == ANY), key=rarity)
        anchor = needed[0].atoms if needed else (EVERY,)
        refused = [clause for clause in found if clause.kind == NONE]
        tests = [_test(clause) for clause in (*needed[1:], *refused)]
        floor = max((clause.atoms[0] for clause in found if clause.kind == FLOOR), default=None)
        for at, atom in enumerate(anchor):
            earlier = [_test(Clause(NONE, anchor[:at]))] if at else []
            yield Row(atom, ordinal, "&".join(tests + earlier) or None, floor)


def _test(clause: Clause) -> str:
    """The clause as part of a tsquery."""
    some = "|".join(map(_lexeme, clause.atoms))
    return f"!({some})" if clause.kind == NONE else f"({some})"


def _lexeme(atom: int) -> str:
    """Three characters for each atom below 238,328, more above: short ones compare fastest."""
    digits = ""
    while atom or len(digits) < 3:
        atom, digit = divmod(atom, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _load(connection: "Connection", rows: list[Row]) -> tuple[float, int]:
    """Fill the table in the order of its anchors; how long it took, in seconds, and its bytes."""
    lines = ["\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in rows]
    start = perf_counter()
    connection.execute(_CREATE)
    with connection.cursor().copy(_COPY) as copy:
        for at in range(0, len(lines), 10_000):
            copy.write("".join(lines[at : at + 10_000]))
    connection.execute("create index on alert (atom)")
    connection.execute("vacuum (freeze, analyze) alert")
    build_s = perf_counter() - start
    size = connection.execute("select pg_total_relation_size('alert')").fetchone()
    assert size is not None
    return build_s, size[0]


def _prepare(server: "PGconn") -> None:
    for statement in (
        b"set plan_cache_mode = force_generic_plan",
        # With few alerts the planner would read them all; the rival is the index.
        b"set enable_seqscan = off",
    ):
        server.exec_(statement)
    _checked(server, server.prepare(b"match", _MATCH, _OIDS).status)


def _question(posting: Ints) -> Question:
    pay, atoms = int(posting[0]), posting[2:]
    asked = np.append(atoms, EVERY).astype(">i4")
    # Each element stands behind its length.
    elements = np.stack([np.full_like(asked, 4), asked], axis=1).astype(">i4")
    array = struct.pack(">iiiii", 1, 0, _INT4, len(asked), 1) + elements.tobytes()
    lexemes = sorted(_lexeme(atom).encode() for atom in atoms.tolist())
    # Each lexeme ends in a zero byte and is followed by its number of positions: none.
    document = struct.pack(">i", len(lexemes)) + b"".join(word + b"\0\0\0" for word in lexemes)
    return Question(array, document, struct.pack(">i", ENOUGH if pay < 0 else pay))


def _ask(server: "PGconn", question: Question) -> bytes | None:
    """The array of ids in binary form; None where no alert matches."""
    from psycopg.pq import Format

    result = server.exec_prepared(b"match", question, [Format.BINARY] * 3, Format.BINARY)
    _checked(server, result.status)
    return result.get_value(0, 0)


def _checked(server: "PGconn", status: int) -> None:
    from psycopg.pq import ExecStatus

    if status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise RuntimeError(f"PostgreSQL: {server.get_error_message()}")


def _time(server: "PGconn", questions: list[Question]) -> list[int]:
    taken: list[int] = []
    for question in questions:
        start = perf_counter_ns()
        _ask(server, question)
        taken.append(perf_counter_ns() - start)
    return taken


def _ordinals(array: bytes | None) -> Ints:
    """The elements of the array, rising: behind a head of 20 bytes each has its length first."""
    if array is None:
        return np.empty(0, dtype=np.int32)
    return np.sort(np.frombuffer(array, dtype=">i4", offset=20)[1::2].astype(np.int32))
