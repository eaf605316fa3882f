"""What every index does alike with what it found: the order of hits, the page, the facets."""

from collections import Counter
from collections.abc import Sequence

from backends.search.base import FACETS, Hit, SearchRequest
from backends.search.cursor import After, encode
from models.errors import FieldError, InvalidInput


def check_facets(request: SearchRequest) -> None:
    """Raises InvalidInput (parameter "facets") for a facet that no index has."""
    for name in request.facets:
        if name not in FACETS:
            fault = FieldError(parameter="facets", expected=", ".join(FACETS), got=name[:100])
            raise InvalidInput("there is no such facet", errors=[fault])


def rank(hit: Hit) -> tuple[bool, int, str]:
    """Sorts hits when reversed: the greatest key first, no key last, then the greatest id."""
    return (hit.key is not None, hit.key or 0, hit.posting_id)


def most_frequent(counts: Counter[str], values: int) -> list[tuple[str, int]]:
    """The first `values` of a facet, in the order the port promises."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:values]


def page(
    request: SearchRequest, hits: Sequence[Hit], *, is_more: bool = False
) -> tuple[tuple[Hit, ...], str | None]:
    """The first `limit` of the sorted hits, and the cursor behind them if there are more, among
    these or elsewhere (`is_more`, which is never so of a page that is not full)."""
    shown = tuple(hits[: request.limit])
    if len(hits) <= request.limit and not is_more:
        return shown, None
    return shown, encode(request, After(shown[-1].key, shown[-1].posting_id))
