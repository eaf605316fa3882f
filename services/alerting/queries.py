"""From what a client sends (text or a tree) to checked criteria, and back to the normal text.

The one way in for alerts, previews, explanations and searches. What `Wanted.of` accepts can be
registered, counted, explained and printed. `parse` and `bounded` are for what is only asked once,
searches and explanations: they hold the size of a query, but let pass what would make no alert: one
that matches nearly everything, contradicts itself, or is longer than TEXT_MAX in its normal form.
Each takes the `lists` that the query can name; `services.alerting.known_lists` knows those of a
person.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field

from matching import check, language
from matching.bounds import TEXT_MAX, refuse_deep, refuse_many
from matching.lists import BUILT_IN, Lists
from models.base import Model
from models.criteria import Criteria, UnknownPolicy
from models.errors import FieldError, InvalidInput, InvalidQuery
from models.posting import Plain
from services.alerting.known_lists import refuse_many_lists

QueryText = Annotated[
    str,
    Field(description="A query in the alert language.", json_schema_extra={"maxLength": TEXT_MAX}),
    Plain,
]
"""Its length is held by the parser, which counts bytes and says how many there are."""


class QueryInput(Model):
    """A query as text of the alert language or as a criteria tree: exactly one of them."""

    query: QueryText | None = None
    criteria: dict[str, Any] | None = None
    unknown: UnknownPolicy | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Checked criteria. `unknown` is None where nothing was said about unknown facts."""

    criteria: Criteria
    unknown: UnknownPolicy | None

    @property
    def policy(self) -> UnknownPolicy:
        return self.unknown or UnknownPolicy.PASS

    @property
    def text(self) -> str:
        return text_of(self.criteria, self.policy)

    @classmethod
    def of(cls, given: QueryInput, lists: Lists = BUILT_IN) -> Self:
        """Parse and check. Raises InvalidQuery, or InvalidInput where not exactly one of `query`
        and `criteria` is given, or text and field contradict each other on unknown facts."""
        if (given.query is None) == (given.criteria is None):
            both = given.query is not None
            raise InvalidInput(
                "give either a query or criteria",
                errors=[
                    FieldError(
                        pointer="/criteria" if both else "/query",
                        expected="exactly one of query and criteria",
                        got="both" if both else "neither",
                    )
                ],
            )
        if given.query is not None:
            return cls._of_text(given.query, given.unknown, lists)
        criteria = check.from_json(given.criteria, "/criteria", lists)
        with _located(pointer="/criteria"):
            refuse_many_lists(criteria)
        return cls(criteria, given.unknown)

    @classmethod
    def _of_text(cls, text: str, unknown: UnknownPolicy | None, lists: Lists) -> Self:
        with _located(pointer="/query"):
            query = language.parse(text, lists)
            check.check(query.criteria, query.positions)
            refuse_many_lists(query.criteria)
        if unknown and query.unknown and unknown is not query.unknown:
            raise InvalidInput(
                "the query and the field unknown contradict each other",
                errors=[FieldError(pointer="/unknown", expected=query.unknown, got=unknown)],
            )
        return cls(query.criteria, query.unknown or unknown)


def parse(
    text: str,
    *,
    lists: Lists = BUILT_IN,
    pointer: str | None = None,
    parameter: str | None = None,
    offset: int = 0,
) -> language.Query:
    """Parse the alert language, at most TEXT_MAX bytes, DEPTH_MAX levels and TESTS_MAX tests of it;
    faults tell where the text came from, `offset` characters of which were put in front of it by
    us. Raises InvalidQuery."""
    with _located(pointer=pointer, parameter=parameter, offset=offset):
        return language.parse(text, lists)


def bounded(criteria: Criteria, *, parameter: str) -> Criteria:
    """The normal form of criteria that were put together from parsed ones, held to the same depth
    and number of tests as one text. Raises InvalidQuery."""
    with _located(parameter=parameter):
        tree = language.normalise(criteria)
        refuse_deep(tree)
        refuse_many(tree)
    return tree


@contextmanager
def _located(
    *, pointer: str | None = None, parameter: str | None = None, offset: int = 0
) -> Iterator[None]:
    try:
        yield
    except InvalidQuery as error:
        where = {"pointer": pointer, "parameter": parameter}
        errors = [
            fault.model_copy(update=where | {"position": _moved(fault.position, offset)})
            for fault in error.errors
        ]
        raise InvalidQuery(error.detail, errors=errors) from None


def _moved(position: int | None, offset: int) -> int | None:
    return None if position is None else max(0, position - offset)


def text_of(criteria: Criteria, unknown: UnknownPolicy) -> str:
    """The normal form; the default policy is left out of it."""
    return language.to_text(criteria, unknown if unknown is UnknownPolicy.DROP else None)
