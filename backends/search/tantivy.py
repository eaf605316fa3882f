"""The SearchIndex port on tantivy, in one folder. The only file that imports tantivy.

Texts are indexed as the terms of our own analyzer, joined by spaces, facts as raw keywords, so the
library neither analyses nor parses anything: queries are built from our plans (compile.py).

One thread writes and one reads, so a search does not wait for a commit's fsync. Writes gather in
the writer until `commit`, which is durable; what was not committed is gone after a crash. When the
library fails, the index is lost (`IndexLost`): a folder that cannot be opened is moved aside, and
the index begins anew and empty.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import structlog
from tantivy import (
    DocAddress,
    Document,
    FieldType,
    Index,
    IndexWriter,
    Occur,
    Query,
    Schema,
    SchemaBuilder,
    Searcher,
)

from backends.search import aggregations
from backends.search.base import FACETS, Hit, IndexLost, Owner, SearchRequest, SearchResult
from backends.search.columns import (
    FIRST_SEEN,
    FLOATS,
    ID,
    INTEGERS,
    KEYWORDS,
    LANGUAGE,
    SCHEMA_VERSION,
    Columns,
    microseconds,
    terms_column,
    words_column,
)
from backends.search.compile import (
    AllOf,
    AnyOf,
    AnyTerm,
    Except,
    Phrase,
    Plan,
    Prefix,
    Range,
    plan_of,
    wanted_words,
)
from backends.search.cursor import After, decode
from backends.search.folder import Format, discard, owner_of, prepare, set_aside, set_owner
from backends.search.highlights import MARKED_FIELDS, Marked, highlight
from backends.search.relevance import points
from backends.search.results import check_facets, page
from matching.analyzer import ANALYZER_VERSION
from matching.subject import TEXT_FIELDS
from models.criteria import Words
from models.errors import Unavailable
from models.posting import Posting

log = structlog.get_logger()
T = TypeVar("T")

FORMAT: Format = {
    "schema": SCHEMA_VERSION,
    "analyzer": ANALYZER_VERSION,
    "library": version("tantivy"),
}
WRITER_HEAP_BYTES = 15_000_000
"""The library's least; a segment is written whenever it is full."""


class TantivySearchIndex:
    """The index in `folder`, which belongs to it alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._index: Index | None = None
        self._writer: IndexWriter | None = None
        self._view: _View | None = None
        self._writing = ThreadPoolExecutor(1, "search-write")
        self._reading = ThreadPoolExecutor(1, "search-read")

    async def open(self) -> None:
        await self._write(self._open)

    async def close(self) -> None:
        await self._write(self._close)

    async def take_over(self, owner: Owner) -> None:
        await self._write(lambda: self._take_over(owner))

    async def upsert(self, postings: Sequence[Posting]) -> None:
        await self._write(lambda: self._upsert(postings))

    async def remove(self, posting_ids: Sequence[str]) -> None:
        await self._write(lambda: self._remove(posting_ids))

    async def commit(self) -> None:
        await self._write(self._commit)

    async def search(self, request: SearchRequest) -> SearchResult:
        after = decode(request)
        check_facets(request)
        return await self._read(lambda view: view.search(request, after))

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        return await self._read(lambda view: view.histogram(request, days))

    async def count(self) -> int:
        return await self._read(lambda view: view.searcher.num_docs)

    async def _write(self, verb: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writing, verb)

    async def _read(self, verb: Callable[["_View"], T]) -> T:
        view = self._view
        if view is None:
            raise IndexLost("the search index is not open")
        return await asyncio.get_running_loop().run_in_executor(self._reading, verb, view)

    def _open(self) -> None:
        if self._writer is not None:
            return
        try:
            self._load()
        except IndexLost as lost:
            log.warning("search index moved aside", reason=str(lost.__cause__))
            with _library():
                set_aside(self._folder)
            self._load()

    def _load(self) -> None:
        with _library():
            if prepare(self._folder, FORMAT):
                log.info("search index begun anew", **FORMAT)
            index = Index(self._schema, path=str(self._folder))
            index.config_reader("manual")
            view = _View(index.searcher(), self._schema)
            writer = index.writer(WRITER_HEAP_BYTES, num_threads=1)
        self._index, self._writer, self._view = index, writer, view

    def _close(self) -> None:
        writer = self._writer
        self._forget()
        if writer is not None:
            with suppress(IndexLost), _library():
                writer.rollback()
                writer.wait_merging_threads()

    def _take_over(self, owner: Owner) -> None:
        _, index = self._ready()
        last = owner_of(self._folder)
        if index.searcher().num_docs and not owner.is_next_to(last):
            log.warning(
                "search index thrown away as stale",
                epoch=owner.epoch,
                last_epoch=last.epoch if last else None,
            )
            self._close()
            with _library():
                discard(self._folder)
            self._load()
        with _library():
            set_owner(self._folder, owner)

    def _forget(self) -> None:
        self._index = self._writer = self._view = None

    def _upsert(self, postings: Sequence[Posting]) -> None:
        documents = {posting.id: _document(Columns.of(posting)) for posting in postings}
        writer, _ = self._ready()
        with _library():
            for id_, document in documents.items():
                writer.delete_documents_by_term(ID, id_)
                writer.add_document(document)

    def _remove(self, posting_ids: Sequence[str]) -> None:
        writer, _ = self._ready()
        with _library():
            for id_ in posting_ids:
                writer.delete_documents_by_term(ID, id_)

    def _commit(self) -> None:
        writer, index = self._ready()
        with _library():
            writer.commit()
            index.reload()
            self._view = _View(index.searcher(), self._schema)

    def _ready(self) -> tuple[IndexWriter, Index]:
        if self._writer is None or self._index is None:
            raise IndexLost("the search index is not open")
        return self._writer, self._index


class _View:
    """The index as one commit left it: all searches, in the reading thread."""

    def __init__(self, searcher: Searcher, schema: Schema) -> None:
        self.searcher = searcher
        self._schema = schema

    @cached_property
    def _cities(self) -> tuple[str, ...]:
        """Every city of any posting (and of some that are gone)."""
        return tuple(atom for atom, _ in self.searcher.terms_with_prefix("city", ""))

    def search(self, request: SearchRequest, after: After | None) -> SearchResult:
        wanted = list(wanted_words(request.criteria))
        query = self._query(request)
        bodies = {name: aggregations.facet(name) for name in request.facets}
        bodies["*total"] = aggregations.total()
        if request.sort != "relevance":
            bodies["*page"] = aggregations.page(request.sort, request.limit + 1, after)
        counted = self.searcher.aggregate(query, bodies)
        if "*page" in bodies:
            found = aggregations.read_page(counted["*page"])
            hits = [Hit(at.id, 0.0, (), at.key) for at in found]
        else:
            found = self._ranked(query, wanted, after, request.limit + 1)
            hits = [Hit(at.id, float(at.key or 0), (), at.key) for at in found]
        shown, next_ = page(request, hits)
        return SearchResult(
            self._marked(shown, wanted),
            int(counted["*total"]["value"]),
            {name: aggregations.read_facet(counted[name], request) for name in request.facets},
            next_,
        )

    def histogram(self, request: SearchRequest, days: int) -> list[int]:
        since = Range(FIRST_SEEN, least=aggregations.first_day(request.now, days))
        query = _all([self._query(request), _lowered(self._schema, since)])
        counted = self.searcher.aggregate(query, {"days": aggregations.days()})
        return aggregations.read_days(counted["days"], request, days)

    def _query(self, request: SearchRequest) -> Query:
        plans: list[Plan] = []
        if request.criteria is not None:
            plans.append(
                plan_of(request.criteria, request.unknown, request.now, lambda: self._cities)
            )
        if request.first_seen_from is not None:
            plans.append(Range(FIRST_SEEN, least=microseconds(request.first_seen_from)))
        return _lowered(self._schema, AllOf(tuple(plans)))

    def _ranked(
        self, query: Query, wanted: Sequence[Words], after: After | None, size: int
    ) -> list[After]:
        """The next hits by (score, id)."""
        each = [_lowered(self._schema, plan) for test in wanted for plan in points(test)]
        if after is None:
            return self._best(query, each, len(each), size)
        score = after.key or 0
        found = self._tied(query, each, score, size, after)
        if len(found) < size:
            found += self._best(query, each, min(len(each), score - 1), size - len(found))
        return found

    def _best(self, query: Query, each: Sequence[Query], most: int, size: int) -> list[After]:
        """The best hits that score `most` at most. The library orders equal scores as it likes: of
        the last score there may be others, so it is asked for once more, by id."""
        within = Query.const_score_query(_scored(query, each, most=most), 0.0)
        parts = [(Occur.Should, Query.const_score_query(point, 1.0)) for point in each]
        ranking = Query.boolean_query([(Occur.Must, within), *parts])
        hits = self.searcher.search(ranking, size, count=False).hits
        last = hits[-1][0] if len(hits) == size else -1.0
        found = [(round(score), self._id_at(address)) for score, address in hits if score > last]
        whole = [After(score, id_) for score, id_ in sorted(found, reverse=True)]
        if len(whole) == len(hits):
            return whole
        return whole + self._tied(query, each, round(last), size - len(whole))

    def _tied(
        self,
        query: Query,
        each: Sequence[Query],
        score: int,
        size: int,
        after: After | None = None,
    ) -> list[After]:
        """The next hits of exactly this score, by falling id."""
        tied = _scored(query, each, least=score, most=score)
        body = {"page": aggregations.page("relevance", size, after)}
        found = aggregations.read_page(self.searcher.aggregate(tied, body)["page"])
        return [After(score, at.id) for at in found]

    def _id_at(self, address: DocAddress) -> str:
        return str(self.searcher.doc(address).get_first(ID))

    def _marked(self, hits: Sequence[Hit], wanted: Sequence[Words]) -> tuple[Hit, ...]:
        if not hits or not wanted:
            return tuple(hits)
        ids = Query.term_set_query(self._schema, ID, [hit.posting_id for hit in hits])
        found = self.searcher.search(ids, len(hits), count=False).hits
        documents = [self.searcher.doc(address) for _, address in found]
        marks = {d.get_first(ID): highlight(wanted, _marked_fields(d)) for d in documents}
        return tuple(Hit(h.posting_id, h.score, marks[h.posting_id], h.key) for h in hits)


@contextmanager
def _library() -> Iterator[None]:
    """Renders what tantivy raises: ValueError for nearly everything, and a panic of its own kind,
    which is no Exception. Raises Unavailable where another process holds the lock, IndexLost else.
    """
    try:
        yield
    except (ValueError, OSError) as error:
        if "LockBusy" in str(error):
            raise Unavailable("another process holds the search index") from error
        raise IndexLost from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise IndexLost from error


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field(ID, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for field in TEXT_FIELDS:
        builder.add_text_field(terms_column(field), tokenizer_name="whitespace")
        builder.add_text_field(
            words_column(field),
            stored=field in MARKED_FIELDS,
            tokenizer_name="whitespace",
            index_option="basic",
        )
    for field in MARKED_FIELDS:
        builder.add_bytes_field(f"{field}_spans", stored=True)
    for name in KEYWORDS:
        builder.add_text_field(
            name,
            stored=name == LANGUAGE,
            fast=name in FACETS,
            tokenizer_name="raw",
            index_option="basic",
        )
    for name in INTEGERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in FLOATS:
        builder.add_float_field(name, indexed=True, fast=True)
    return builder.build()


def _document(columns: Columns) -> Document:
    document = Document()
    document.add_text(ID, columns.id)
    for field, marked in columns.marked.items():
        document.add_bytes(f"{field}_spans", marked.pack())
    for name, values in (*columns.texts.items(), *columns.keywords.items()):
        for value in values:
            document.add_text(name, value)
    for name, number in columns.integers.items():
        document.add_integer(name, number)
    for name, amount in columns.floats.items():
        document.add_float(name, amount)
    return document


def _marked_fields(document: Document) -> dict[str, Marked]:
    language = document.get_first(LANGUAGE)
    return {
        field: Marked.unpack(
            document.get_first(words_column(field)) or "",
            language,
            document.get_first(f"{field}_spans") or b"",
        )
        for field in MARKED_FIELDS
    }


def _lowered(schema: Schema, plan: Plan) -> Query:
    """A plan as a query of the library."""
    match plan:
        case AnyTerm(column, terms):
            return _any_term(schema, column, terms)
        case Phrase(column, terms):
            return Query.phrase_query(schema, column, list(terms))
        case Prefix(column, start):
            return Query.fuzzy_term_query(schema, column, start, distance=0, prefix=True)
        case Range(column, least, most):
            kind = FieldType.Float if column in FLOATS else FieldType.Integer
            return Query.range_query(schema, column, kind, least, most)
        case AllOf(plans):
            return _all([_lowered(schema, inner) for inner in plans])
        case AnyOf(plans):
            return Query.boolean_query([(Occur.Should, _lowered(schema, p)) for p in plans])
        case Except(inner):
            excluded = (Occur.MustNot, _lowered(schema, inner))
            return Query.boolean_query([(Occur.Must, Query.all_query()), excluded])


def _any_term(schema: Schema, column: str, terms: frozenset[str]) -> Query:
    if len(terms) == 1:
        return Query.term_query(schema, column, *terms)
    return Query.term_set_query(schema, column, sorted(terms))


def _all(queries: Sequence[Query]) -> Query:
    must = [(Occur.Must, query) for query in queries]
    return Query.boolean_query(must) if must else Query.all_query()


def _scored(query: Query, each: Sequence[Query], *, least: int = 0, most: int) -> Query:
    """What `query` finds and scores from `least` to `most` points, of which `each` gives one."""
    within = [(Occur.Must, query), (Occur.Must, _at_least(each, least))]
    return Query.boolean_query([*within, (Occur.MustNot, _at_least(each, most + 1))])


def _at_least(each: Sequence[Query], least: int) -> Query:
    if least <= 0:
        return Query.all_query()
    if least > len(each):
        return Query.empty_query()
    parts = [(Occur.Should, point) for point in each]
    return Query.boolean_query(parts, minimum_number_should_match=least)
