"""The Documents port: JSON documents with versions, and events that are part of the write.

A document is (collection, id, version, body). The body is a JSON object whose integers have 64
bits; its version starts at 1 and rises by one with each replace. Every writing verb takes `events`:
they are stored in the same write as the document and reach the stream afterwards, in order per
document, exactly when the write is durable (invariant 1: what is announced is stored, what is
stored is announced). Where documents and stream are one file, that is one transaction and the order
is that of all writes. Where they are two servers, the events are stored in the document and
published from there, by the writer or by `relay` when the writer could not.

Every verb raises `Unavailable` when the store cannot be reached. A write that was refused at once
was not stored; one whose answer was lost on the way is stored whole, with its events, or not at
all: repeating it tells, by the version or the id. A write that carries a `Fence` raises `Fenced`
when a newer epoch of that name has been taken (invariant 3). Returned bodies are the caller's to
keep: they are never shared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from backends.documents.collections import Collection
from backends.documents.filters import Filter
from models.events import Event

Body = dict[str, Any]
Outgoing = tuple[str, Event]
"""A topic and an event for it."""


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    version: int
    body: Body


@dataclass(frozen=True, slots=True)
class Insert:
    """One document of an `insert_absent`, with the events that are stored only if it is new."""

    id: str
    body: Body
    events: Sequence[Outgoing] = ()


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to write as owner `name`, good until a higher epoch of that name is taken."""

    name: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Sort:
    """Order by a dotted field that holds a scalar or nothing in every document, then by id in the
    same direction. Missing fields come first when ascending, last when descending."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is an opaque cursor of the next page, None on the last."""

    items: tuple[Document, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A number over a group: count of documents, or sum, min, max of a numeric field."""

    name: str
    kind: Literal["count", "sum", "min", "max"]
    field: str | None = None


class Documents(Protocol):
    async def open(self) -> None:
        """Connect, migrate the schema, create the declared indexes. Idempotent."""

    async def close(self) -> None:
        """Finish the writes that were accepted, then release everything. Idempotent."""

    async def get(self, collection: Collection, id: str) -> Document:
        """The document. Raises NotFound."""

    async def get_many(self, collection: Collection, ids: Sequence[str]) -> dict[str, Document]:
        """The documents that exist, by id."""

    async def insert(
        self,
        collection: Collection,
        id: str,
        body: Body,
        *,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> Document:
        """Store a new document at version 1. Raises DuplicateKey (index "id" for the id itself)."""

    async def replace(
        self,
        collection: Collection,
        id: str,
        body: Body,
        *,
        expected_version: int,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> Document:
        """Replace the body if the stored version is the expected one; returns it at version + 1.
        Raises NotFound, VersionConflict, DuplicateKey."""

    async def delete(
        self,
        collection: Collection,
        id: str,
        *,
        expected_version: int | None = None,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> None:
        """Remove the document. Raises NotFound, VersionConflict."""

    async def insert_absent(
        self, collection: Collection, inserts: Sequence[Insert], *, fence: Fence | None = None
    ) -> list[str]:
        """Store the documents whose id is not there yet; returns the ids that were new, in order.
        A document that breaks another unique index counts as present. Each document is atomic with
        its events; the whole need not be."""

    async def find(
        self,
        collection: Collection,
        filter: Filter | None = None,
        *,
        sort: Sort | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page:
        """A page of the documents that match, by `sort` (default: by id). Pages neither repeat nor
        skip a document that stays unchanged meanwhile. A cursor that is not one of ours raises
        InvalidInput with parameter "cursor"."""

    async def count(self, collection: Collection, filter: Filter | None = None) -> int:
        """How many documents match."""

    async def group(
        self,
        collection: Collection,
        filter: Filter | None,
        *,
        by: Sequence[str],
        measures: Sequence[Measure],
    ) -> list[Body]:
        """One object per combination of the `by` fields, with those fields and the measures."""

    async def take_epoch(self, name: str) -> Fence:
        """Take the next epoch of `name`; every older fence of that name is refused from now on."""

    async def relay(self, *, older_than_s: float = 1.0) -> int:
        """Publish the events that have waited for at least this long, of each collection the oldest
        first; returns how many. Safe at any time and in several processes at once: what is
        published twice, the stream drops."""

    async def waiting(self, collection: Collection) -> list[Event]:
        """The events of the collection's documents that are stored and not yet known to be on the
        stream, the oldest first: whoever reads these and then the topic to its end has seen all
        that was stored before."""
