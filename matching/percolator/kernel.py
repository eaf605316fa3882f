"""The compiled inner loops: which alerts of a segment match one posting, or up to 64 of them.

Alerts are filed under the atoms of their rarest clause. A posting looks up its own atoms in a hash
table and gets, for each, rows of alerts. The first stage reads one contiguous column, the next
rarest clause of each alert, and tests it without a branch against a bitmap of the posting (some KB,
in the first cache): of four rows one is left. The second stage does the same with one more literal
and then runs the programs of what is left, which lie in the order of the rows. Rows whose column
is one atom are *narrow*, those with two or three *wide*.

A batch does the same with 64 bits for each atom instead of one: bit i is posting i.

Compiled by numba from a wheel, without the GIL, and kept in a cache beside this file.
"""

from typing import Any

import numpy as np
from numba import njit

from matching.percolator.programs import ATOM_AT, FALL, FLAG_BITS, MISS, NEAR_MAX, SPARE

PROBE = 0x9E3779B1
"""Knuth's multiplicative hash, 2^32 / golden ratio. TAOCP 6.4."""
BLOCK = 1024
"""Rows of the first stage before the second takes over; both stay in the first cache."""
LANES = 64
UNFILED = 0x80000000
"""The highest bit of a slot whose alert is filed under what is no clause of it."""

NOTHING = FALL
"""A literal that always holds: a yes to ALWAYS, atom 0."""

_compiled: Any = njit(cache=True, nogil=True, boundscheck=False)


@_compiled
def mark(bitmap, atoms, yes):
    """Set the bits of the atoms, count each once in `yes`; moves the distinct ones to the front
    and returns how many they are."""
    n = 0
    for i in range(len(atoms)):
        a = atoms[i]
        bit = np.uint8(1) << np.uint8(a & 7)
        if bitmap[a >> 3] & bit == 0:
            bitmap[a >> 3] |= bit
            yes[a] += 1
            atoms[n] = a
            n += 1
    return n


@_compiled
def mark_only(bitmap, atoms):
    """Set the bits of atoms that nothing is filed under."""
    for i in range(len(atoms)):
        bitmap[atoms[i] >> 3] |= np.uint8(1) << np.uint8(atoms[i] & 7)


@_compiled
def unmark(bitmap, atoms):
    """Clear what was set."""
    for i in range(len(atoms)):
        bitmap[atoms[i] >> 3] = 0


@_compiled
def mark_lane(masks, atoms, lane, yes, union, n):
    """The same for posting `lane` of a batch; `union` collects the distinct atoms of all."""
    bit = np.uint64(1) << np.uint64(lane)
    for i in range(len(atoms)):
        a = atoms[i]
        if masks[a] & bit == 0:
            if masks[a] == 0:
                union[n] = a
                n += 1
            masks[a] |= bit
            yes[a] += 1
    return n


@_compiled
def mark_lane_only(masks, atoms, lane):
    bit = np.uint64(1) << np.uint64(lane)
    for i in range(len(atoms)):
        masks[atoms[i]] |= bit


@_compiled
def unmark_lanes(masks, atoms):
    for i in range(len(atoms)):
        masks[atoms[i]] = 0


@_compiled
def _has(bitmap, atom):
    return (bitmap[atom >> 3] >> np.uint8(atom & 7)) & np.uint8(1)


@_compiled
def _any(bitmap, wide, k):
    return _has(bitmap, wide[k, 0]) | _has(bitmap, wide[k, 1]) | _has(bitmap, wide[k, 2])


@_compiled
def distance(words, p):
    """How far the literal at p leads where it does not fall through."""
    near = (np.int64(words[p]) >> FLAG_BITS) & NEAR_MAX
    return near if near else np.int64(words[p + 1])


@_compiled
def size(words, p):
    """Words of the literal at p."""
    return 1 if (np.int64(words[p]) >> FLAG_BITS) & NEAR_MAX else 2


@_compiled
def _runs(bitmap, words, p, end):
    """Whether the program at [p, end) matches."""
    while p < end:
        w = np.int64(words[p])
        if _has(bitmap, w >> ATOM_AT) == (w & FALL):
            p += size(words, p)
        elif w & MISS:
            return False
        else:
            p += distance(words, p)
    return True


@_compiled
def place(atom, mask):
    """Where the search for an atom in a table of mask + 1 entries begins."""
    return (np.int64(atom) * PROBE >> 7) & mask


@_compiled
def _find(table, atom):
    """The entry of an atom in the hash table, -1 where no alert is filed under it."""
    mask = len(table) - 1
    at = place(atom, mask)
    while True:
        found = table[at, 0]
        if found == atom:
            return at
        if found < 0:
            return -1
        at = (at + 1) & mask


@_compiled
def _entries(table, atoms, n, entries):
    """The entries of those atoms that alerts are filed under: looked up together, so that the
    reads overlap."""
    found = 0
    for i in range(n):
        at = _find(table, atoms[i])
        if at >= 0:
            entries[found] = at
            found += 1
    return found


@_compiled
def scan(bitmap, atoms, n, table, slots, narrow, wide, single, starts, words, alive, stats, out):
    """Write the slots of the alerts that match into `out`, returns how many there are; those
    beyond its length are only counted. `stats` counts rows and candidates.

    Narrow rows come first: row r has its second clause in narrow[r], or in
    wide[r - len(narrow)], a literal in single[r]; its program is [starts[r], starts[r + 1])."""
    found = np.empty(BLOCK, np.uint32)
    entries = np.empty(n, np.uint32)
    n_entries = _entries(table, atoms, n, entries)
    n_narrow = len(narrow)
    matches = 0
    pending = 0
    for i in range(n_entries):
        at = entries[i]
        for family in range(2):
            row, last = table[at, 1 + 2 * family], table[at, 2 + 2 * family]
            stats[0] += last - row
            while row < last:
                until = min(last, row + BLOCK - pending)
                if family == 0:
                    for r in range(row, until):
                        found[pending] = r
                        pending += _has(bitmap, narrow[r])
                else:
                    for r in range(row, until):
                        found[pending] = r
                        k = r - n_narrow
                        pending += _any(bitmap, wide, k)
                row = until
                if pending > BLOCK // 2:
                    matches = _second(
                        bitmap, found, pending, slots, single, starts, words, alive, out, matches
                    )
                    stats[1] += pending
                    pending = 0
    stats[1] += pending
    return _second(bitmap, found, pending, slots, single, starts, words, alive, out, matches)


@_compiled
def _second(bitmap, found, n, slots, single, starts, words, alive, out, matches):
    """The second stage: single literals without a branch, then the programs of what is left."""
    left = 0
    for i in range(n):
        r = found[i]
        w = np.int64(single[r])
        found[left] = r
        left += _has(bitmap, w >> ATOM_AT) == (w & FALL)
    for i in range(left):
        r = found[i]
        if _runs(bitmap, words, np.int64(starts[r]), np.int64(starts[r + 1])):
            slot = slots[r] & (UNFILED - 1)
            if _has(alive, slot):
                if matches < len(out):
                    out[matches] = slot
                matches += 1
    return matches


@_compiled
def _lanes(masks, words, p, end, active, waiting):
    """The postings of `active` for which the program matches. `waiting` is scratch, all zero:
    the postings that have jumped to a place, while `behind` is not zero."""
    begin = p
    behind = np.uint64(0)
    while p < end:
        if behind != 0:
            arrived = waiting[p - begin]
            waiting[p - begin] = 0
            active |= arrived
            behind &= ~arrived
        w = np.int64(words[p])
        falls = masks[w >> ATOM_AT] ^ (np.uint64(w & FALL) - np.uint64(1))
        if w & MISS == 0:
            leaving = active & ~falls
            waiting[p - begin + distance(words, p)] |= leaving
            behind |= leaving
        active &= falls
        if active | behind == 0:
            return active
        p += size(words, p)
    if behind != 0:
        active |= waiting[end - begin]
        waiting[end - begin] = 0
    return active


@_compiled
def scan_lanes(
    masks, atoms, n, table, slots, narrow, wide, single, starts, words, alive, stats, waiting, out,
    out_lanes,
):  # fmt: skip
    """`scan` for a batch: a slot and the postings that it matches, as bits."""
    found = np.empty(BLOCK, np.uint32)
    lanes = np.empty(BLOCK, np.uint64)
    entries = np.empty(n, np.uint32)
    n_entries = _entries(table, atoms, n, entries)
    n_narrow = len(narrow)
    matches = 0
    pending = 0
    for i in range(n_entries):
        at = entries[i]
        having = masks[table[at, 0]]
        for family in range(2):
            row, last = table[at, 1 + 2 * family], table[at, 2 + 2 * family]
            stats[0] += last - row
            while row < last:
                until = min(last, row + BLOCK - pending)
                if family == 0:
                    for r in range(row, until):
                        both = having & masks[narrow[r]]
                        found[pending] = r
                        lanes[pending] = both
                        pending += both != 0
                else:
                    for r in range(row, until):
                        k = r - n_narrow
                        both = having & (masks[wide[k, 0]] | masks[wide[k, 1]] | masks[wide[k, 2]])
                        found[pending] = r
                        lanes[pending] = both
                        pending += both != 0
                row = until
                if pending > BLOCK // 2:
                    matches = _second_lanes(
                        masks, found, lanes, pending, slots, single, starts, words, alive, waiting,
                        out, out_lanes, matches,
                    )  # fmt: skip
                    stats[1] += pending
                    pending = 0
    stats[1] += pending
    return _second_lanes(
        masks, found, lanes, pending, slots, single, starts, words, alive, waiting, out, out_lanes,
        matches,
    )  # fmt: skip


@_compiled
def _second_lanes(
    masks, found, lanes, n, slots, single, starts, words, alive, waiting, out, out_lanes, matches
):
    left = 0
    for i in range(n):
        r = found[i]
        w = np.int64(single[r])
        # All bits where the literal asks for a no, else none: no branch.
        turned = np.uint64(w & FALL) - np.uint64(1)
        found[left] = r
        lanes[left] = lanes[i] & (masks[w >> ATOM_AT] ^ turned)
        left += lanes[left] != 0
    for i in range(left):
        r = found[i]
        matching = _lanes(
            masks, words, np.int64(starts[r]), np.int64(starts[r + 1]), lanes[i], waiting
        )
        if matching != 0:
            slot = slots[r] & (UNFILED - 1)
            if _has(alive, slot):
                if matches < len(out_lanes):
                    out[matches] = slot
                    out_lanes[matches] = matching
                matches += 1
    return matches


@_compiled
def misses(bitmap, table, slots, narrow, wide, single, starts, words, alive, out):
    """Slots of the alerts one clause of which fails, some twice; alerts that match are among them
    where they are filed under several atoms. Returns how many; those beyond the length of `out`
    are only counted."""
    found = 0
    n_narrow = len(narrow)
    for at in range(len(table)):
        if table[at, 0] < 0:
            continue
        unfiled = 1 - _has(bitmap, table[at, 0])
        for family in range(2):
            for r in range(table[at, 1 + 2 * family], table[at, 2 + 2 * family]):
                failed = 0 if slots[r] & UNFILED else np.int64(unfiled)
                if family == 0:
                    failed += 1 - _has(bitmap, narrow[r])
                else:
                    k = r - n_narrow
                    failed += 1 - _any(bitmap, wide, k)
                w = np.int64(single[r])
                failed += 0 if _has(bitmap, w >> ATOM_AT) == (w & FALL) else 1
                failed += _failures(bitmap, words, starts[r], starts[r + 1], 2 - failed)
                slot = slots[r] & (UNFILED - 1)
                if failed == 1 and _has(alive, slot):
                    if found < len(out):
                        out[found] = slot
                    found += 1
    return found


@_compiled
def _failures(bitmap, words, p, end, enough):
    """How many units of the program fail, counted up to `enough`; spare ones do not count."""
    failed = 0
    while p < end and failed < enough:
        w = np.int64(words[p])
        if _has(bitmap, w >> ATOM_AT) == (w & FALL):
            p += size(words, p)
            continue
        if w & MISS and w & SPARE == 0:
            failed += 1
        p += distance(words, p)
    return failed


@_compiled
def run_all(bitmap, starts, words, alive, n, out):
    """The slots of all programs that match, without any filing: for the few that are new."""
    found = 0
    for i in range(n):
        if alive[i] and _runs(bitmap, words, starts[i], starts[i + 1]):
            out[found] = i
            found += 1
    return found


@_compiled
def run_all_lanes(masks, starts, words, alive, n, active, waiting, out, out_lanes):
    found = 0
    for i in range(n):
        if alive[i]:
            left = _lanes(masks, words, starts[i], starts[i + 1], active, waiting)
            if left != 0:
                out[found] = i
                out_lanes[found] = left
                found += 1
    return found


@_compiled
def miss_all(bitmap, starts, words, alive, n, out):
    found = 0
    for i in range(n):
        if alive[i] and _failures(bitmap, words, starts[i], starts[i + 1], 2) == 1:
            out[found] = i
            found += 1
    return found
