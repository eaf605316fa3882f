"""A text as a few numbers by which two texts can be compared: how much of the one is in the other.

The text is cut into overlapping runs of SHINGLE terms, each hashed to 32 bits. The SKETCH_MAX
smallest distinct hashes are a random sample of all runs, the same sample wherever a run occurs
(bottom-k MinHash: A. Broder, *On the resemblance and containment of documents*, 1997). Below the
smaller of the hashes that the two samples reach both are complete, so shares counted there estimate
those of the whole texts, however different their lengths: an excerpt is found in its original,
which a comparison of equal positions could not see. Of a text with no more runs than SKETCH_MAX the
sample is all of it, and the shares are exact.

Bands find texts that are worth comparing. The hashes fall into BANDS x ROWS bins by their last
digits and the smallest of each bin is kept (one permutation hashing); ROWS of them together make
the value of one band. Two texts of which the share j is common agree on a band with probability
j ** ROWS: on one of four at least with 0.98 for j = 0.9, with 0.1 for j = 0.4.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.analyzer import words

SHINGLE = 3
"""Terms of a run: long enough that different adverts share few, short enough that one changed word
breaks few."""
SKETCH_MAX = 64
BANDS, ROWS = 4, 4

_Hashes = NDArray[np.uint64]
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))
_FINAL = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)
_BINS = np.uint32(BANDS * ROWS)


class _Words(dict[str, int]):
    """The 64-bit hash of a word, remembered. Forgets all when full, which bounds it."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _WORDS_MAX:
            self.clear()
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self[word] = found = int.from_bytes(digest, "little")
        return found


_WORDS = _Words()
_WORDS_MAX = 1 << 16


@dataclass(frozen=True)
class Sketch:
    """The smallest hashes of a text, rising. `size` counts the text's distinct runs."""

    size: int
    packed: str
    """The hashes as base64 of little-endian 32-bit numbers."""

    @cached_property
    def hashes(self) -> frozenset[int]:
        return frozenset(self._array.tolist())

    @cached_property
    def reach(self) -> int:
        """Below this hash the sample is complete. Where it is cut, its last hash is the limit and
        not counted: it is there in any case, and would make the shares too large."""
        array = self._array
        return int(array[-1]) if self.size > len(array) else 1 << 32

    @cached_property
    def _array(self) -> NDArray[np.uint32]:
        return np.frombuffer(base64.b64decode(self.packed), dtype="<u4")


@dataclass(frozen=True, slots=True)
class Shares:
    """Estimated: of all runs in either text the share in both (`resemblance`), and of the runs of
    the text with fewer the share that the other has too (`containment`)."""

    resemblance: float
    containment: float


def sketch(text: str) -> tuple[Sketch, tuple[int, ...]]:
    """The sketch of a text and its bands (32 bits each; none for a text of few runs). 0.2 ms for
    4 KB."""
    hashes = _runs(text)
    smallest = hashes[:SKETCH_MAX].astype("<u4")
    packed = base64.b64encode(smallest.tobytes()).decode("ascii")
    return Sketch(len(hashes), packed), _bands(hashes)


def shares(a: Sketch, b: Sketch) -> Shares:
    """How much two texts have in common; nothing where either has no run at all."""
    reach = min(a.reach, b.reach)
    shorter, longer = sorted((a, b), key=lambda each: (each.size, each.packed))
    of_shorter = {value for value in shorter.hashes if value < reach}
    of_longer = {value for value in longer.hashes if value < reach}
    common, either = len(of_shorter & of_longer), len(of_shorter | of_longer)
    fewer = len(of_shorter)
    return Shares(common / either if either else 0.0, common / fewer if fewer else 0.0)


def _runs(text: str) -> NDArray[np.uint32]:
    """The distinct hashes of all runs, rising. A text of fewer terms than a run has none."""
    found = words(text)
    if len(found) < SHINGLE:
        return np.empty(0, dtype=np.uint32)
    terms = np.fromiter(map(_WORDS.__getitem__, found), dtype=np.uint64, count=len(found))
    count = len(terms) - SHINGLE + 1
    mixed: _Hashes = np.zeros(count, dtype=np.uint64)
    for place, factor in enumerate(_MIX):
        mixed = (mixed ^ terms[place : place + count]) * factor
        mixed ^= mixed >> _HALF
    return np.unique(((mixed * _FINAL) >> _HALF).astype(np.uint32))


def _bands(hashes: NDArray[np.uint32]) -> tuple[int, ...]:
    """Bins that stay empty make a band of their own kind, so short texts have none."""
    if len(hashes) < BANDS * ROWS * 2:
        return ()
    bins = np.full(BANDS * ROWS, 0xFFFFFFFF, dtype=np.uint32)
    falling = hashes[::-1]
    bins[falling % _BINS] = falling  # the last one written to a bin stays: its smallest
    rows = bins.reshape(BANDS, ROWS).astype("<u4")
    return tuple(
        int.from_bytes(
            hashlib.blake2b(row.tobytes(), digest_size=4, salt=bytes([n])).digest(), "big"
        )
        for n, row in enumerate(rows)
    )
