"""Do two engines find the same alerts? All of them are compared by the ordinals of the alerts.

The percolator knows UUIDs, its rivals know ordinals; `Ordinals` leads from the one to the other.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.percolation.atoms import Ints

SHOWN = 10
"""Alerts that a disagreement names."""


class DisagreementError(Exception):
    """Two engines found different alerts. The message says where."""


class Ordinals:
    """The ordinals of alerts by their ids: the place of each id in `ids`, UUIDs as text."""

    def __init__(self, ids: Iterable[str]) -> None:
        octets = b"".join(bytes.fromhex(id_.replace("-", "")) for id_ in ids)
        keys = np.frombuffer(octets, "S16")
        self._order = np.argsort(keys)
        self._keys = keys[self._order]

    def of(self, ids: NDArray[np.uint64]) -> Ints:
        """The ordinals, rising, of n ids given as n × 2 halves. Raises DisagreementError for an id
        that no alert has."""
        keys = np.ascontiguousarray(ids.astype(">u8")).view("S16").ravel()
        places = np.searchsorted(self._keys, keys)
        known = self._keys[np.minimum(places, len(self._keys) - 1)] == keys
        if not known.all():
            raise DisagreementError(f"{int((~known).sum())} ids are of no alert")
        return np.sort(self._order[places]).astype(np.int32)


def must_agree(name: str, found: Sequence[Ints], expected: Sequence[Ints]) -> None:
    """Raises DisagreementError where an engine found anything else on a posting, or an alert twice.

    Both have the rising ordinals of the alerts for each posting.
    """
    for posting, (mine, theirs) in enumerate(zip(found, expected, strict=True)):
        if not np.array_equal(mine, theirs):
            more = np.setdiff1d(mine, theirs)[:SHOWN].tolist()
            less = np.setdiff1d(theirs, mine)[:SHOWN].tolist()
            raise DisagreementError(
                f"{name}, posting {posting}: {len(mine)} alerts found, {len(theirs)} expected; "
                f"too many, among others: {more}; missing, among others: {less}"
            )
