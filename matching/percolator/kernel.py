"""The compiled inner loops: which alerts of a segment match one posting, or up to 64 of them.

Alerts are filed under the atoms of their rarest clause. A posting looks up its own atoms in a hash
table and gets, for each, a block of the arena: first a column, the next rarest clause of each
alert, then a record for each, then what does not fit into the records. The first stage tests the
column without a branch against a byte for each atom, what the posting has said to it: of four
alerts one is left. The second stage tests three more literals in the records of those, again
without a branch, and then runs what is left of their programs. All of a block lies together, so
that a posting costs about one wait for memory for each of its atoms, and asks for all of them at
once. Alerts whose column is one atom (*narrow*) and those with two or three (*wide*) have blocks of
their own.

A batch does the same with 64 bits for each atom instead of one: bit i is posting i.

Compiled by numba from a wheel (`compiled`).
"""

import numpy as np

from matching.percolator.compiled import compiled
from matching.percolator.prefetch import prefetch
from matching.percolator.programs import ATOM_AT, FALL, FLAG_BITS, MISS, NEAR_MAX, SPARE

PROBE = 0x9E3779B1
"""Knuth's multiplicative hash, 2^32 / golden ratio. TAOCP 6.4."""
BLOCK = 1024
"""Rows of the first stage before the second takes over; both stay in the first cache."""
LANES = 64
UNFILED = 0x80000000
"""The highest bit of a slot whose alert is filed under what is no clause of it."""

RECORD = 4
"""Words of a record: three literals and the slot of the alert. With OVERFLOW in the first, the
third is where in the arena the rest of its program stands: its length, then its words."""
LINE = 16
"""Words that memory gives at a time."""
AHEAD = 2048
"""Words of a block that are asked for while the one before is read."""
WIDE = 3
"""Atoms of a wide column."""
OVERFLOW = SPARE
"""A flag of the first literal of a record."""
NOTHING = FALL
"""A literal that always holds: a yes to ALWAYS, atom 0."""


@compiled
def mark(said, atoms, counts):
    """Note a yes to these atoms, counting each once; moves the distinct ones to the front and
    returns how many they are."""
    n = 0
    for i in range(len(atoms)):
        a = atoms[i]
        if said[a] == 0:
            said[a] = 1
            counts[a] += 1
            atoms[n] = a
            n += 1
    return n


@compiled
def mark_only(said, atoms):
    """Note a yes to atoms that nothing is filed under."""
    for i in range(len(atoms)):
        said[atoms[i]] = 1


@compiled
def unmark(said, atoms):
    for i in range(len(atoms)):
        said[atoms[i]] = 0


@compiled
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


@compiled
def mark_lane_only(masks, atoms, lane):
    bit = np.uint64(1) << np.uint64(lane)
    for i in range(len(atoms)):
        masks[atoms[i]] |= bit


@compiled
def unmark_lanes(masks, atoms):
    for i in range(len(atoms)):
        masks[atoms[i]] = 0


@compiled
def _alive(alive, slot):
    return (alive[slot >> 3] >> np.uint8(slot & 7)) & np.uint8(1)


@compiled
def distance(words, p):
    """How far the literal at p leads where it does not fall through."""
    near = (np.int64(words[p]) >> FLAG_BITS) & NEAR_MAX
    return near if near else np.int64(words[p + 1])


@compiled
def size(words, p):
    """Words of the literal at p."""
    return 1 if (np.int64(words[p]) >> FLAG_BITS) & NEAR_MAX else 2


@compiled
def _runs(said, words, p, end):
    """Whether the program at [p, end) matches."""
    while p < end:
        w = np.int64(words[p])
        if said[w >> ATOM_AT] == (w & FALL):
            p += size(words, p)
        elif w & MISS:
            return False
        else:
            p += distance(words, p)
    return True


@compiled
def place(atom, mask):
    """Where the search for an atom in a table of mask + 1 entries begins."""
    return (np.int64(atom) * PROBE >> 7) & mask


@compiled
def find(table, atom):
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


@compiled
def _entries(table, atoms, n, entries):
    """The entries of those atoms that alerts are filed under; memory is asked for all of them at
    once, so that nobody waits for one after the other."""
    cells, mask = table.reshape(-1), len(table) - 1
    for i in range(n):
        prefetch(cells, table.shape[1] * place(atoms[i], mask))
    found = 0
    for i in range(n):
        at = find(table, atoms[i])
        if at >= 0:
            entries[found] = at
            found += 1
    return found


@compiled
def _fetch(table, arena, at):
    """Ask memory for the blocks of an entry, which are read next."""
    for family in range(2):
        block, rows = np.int64(table[at, 1 + 2 * family]), np.int64(table[at, 2 + 2 * family])
        length = rows * (RECORD + (WIDE if family else 1))
        for word in range(block, block + min(length, AHEAD), LINE):
            prefetch(arena, word)


@compiled
def _literal(said, w):
    """Whether the posting answers a literal so that its program goes on."""
    return said[np.int64(w) >> ATOM_AT] == (np.int64(w) & FALL)


@compiled
def scan(said, atoms, n, table, arena, alive, stats, out):
    """Write the slots of the alerts that match into `out`, returns how many there are; those
    beyond its length are only counted. `stats` counts alerts whose column was read, and candidates
    whose record was.

    An entry of the table: atom, the block of its narrow alerts and how many they are, the block of
    its wide ones and how many."""
    found = np.empty(BLOCK, np.int64)
    entries = np.empty(n, np.uint32)
    n_entries = _entries(table, atoms, n, entries)
    matches = 0
    pending = 0
    for i in range(n_entries):
        if i + 1 < n_entries:
            _fetch(table, arena, np.int64(entries[i + 1]))
        at = np.int64(entries[i])
        for family in range(2):
            block, rows = np.int64(table[at, 1 + 2 * family]), np.int64(table[at, 2 + 2 * family])
            records = block + rows * (WIDE if family else 1)
            stats[0] += rows
            row = 0
            while row < rows:
                until = min(rows, row + BLOCK - pending)
                if family == 0:
                    for k in range(row, until):
                        found[pending] = records + RECORD * k
                        pending += said[arena[block + k]]
                else:
                    for k in range(row, until):
                        found[pending] = records + RECORD * k
                        pending += _any(said, arena, block + WIDE * k)
                row = until
                if pending > BLOCK // 2:
                    matches = _second(said, found, pending, arena, alive, out, matches)
                    stats[1] += pending
                    pending = 0
    stats[1] += pending
    return _second(said, found, pending, arena, alive, out, matches)


@compiled
def _any(said, arena, c):
    return said[arena[c]] | said[arena[c + 1]] | said[arena[c + 2]]


@compiled
def _second(said, found, n, arena, alive, out, matches):
    """The second stage: three literals without a branch, then what is left of the programs."""
    left = 0
    for i in range(n):
        r = found[i]
        third = arena[r + 2] if arena[r] & OVERFLOW == 0 else np.uint32(NOTHING)
        found[left] = r
        left += _literal(said, arena[r]) & _literal(said, arena[r + 1]) & _literal(said, third)
    for i in range(left):
        r = found[i]
        prefetch(arena, np.int64(arena[r + 2]) if arena[r] & OVERFLOW else 0)
    for i in range(left):
        r = found[i]
        if arena[r] & OVERFLOW:
            p = np.int64(arena[r + 2])
            if not _runs(said, arena, p + 1, p + 1 + np.int64(arena[p])):
                continue
        slot = arena[r + 3] & (UNFILED - 1)
        if _alive(alive, slot):
            if matches < len(out):
                out[matches] = slot
            matches += 1
    return matches


@compiled
def _lanes(masks, words, p, end, active, waiting):
    """The postings of `active` for which the program matches. `waiting` is scratch, all zero:
    the postings that have jumped to a place, while `behind` is not zero."""
    while p < end and words[p] & MISS:
        # Most units are one literal: nothing waits anywhere.
        w = np.int64(words[p])
        active &= masks[w >> ATOM_AT] ^ (np.uint64(w & FALL) - np.uint64(1))
        if active == 0:
            return active
        p += size(words, p)
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


@compiled
def _literal_lanes(masks, w):
    # All bits are turned where the literal asks for a no, else none: no branch.
    return masks[np.int64(w) >> ATOM_AT] ^ (np.uint64(np.int64(w) & FALL) - np.uint64(1))


@compiled
def scan_lanes(masks, atoms, n, table, arena, alive, stats, waiting, out, out_lanes):
    """`scan` for a batch: a slot and the postings that it matches, as bits."""
    found = np.empty(BLOCK, np.int64)
    lanes = np.empty(BLOCK, np.uint64)
    entries = np.empty(n, np.uint32)
    n_entries = _entries(table, atoms, n, entries)
    matches = 0
    pending = 0
    for i in range(n_entries):
        if i + 1 < n_entries:
            _fetch(table, arena, np.int64(entries[i + 1]))
        at = np.int64(entries[i])
        having = masks[table[at, 0]]
        for family in range(2):
            block, rows = np.int64(table[at, 1 + 2 * family]), np.int64(table[at, 2 + 2 * family])
            records = block + rows * (WIDE if family else 1)
            stats[0] += rows
            row = 0
            while row < rows:
                until = min(rows, row + BLOCK - pending)
                for k in range(row, until):
                    if family == 0:
                        both = having & masks[arena[block + k]]
                    else:
                        c = block + WIDE * k
                        both = having & (
                            masks[arena[c]] | masks[arena[c + 1]] | masks[arena[c + 2]]
                        )
                    found[pending] = records + RECORD * k
                    lanes[pending] = both
                    pending += both != 0
                row = until
                if pending > BLOCK // 2:
                    matches = _second_lanes(
                        masks, found, lanes, pending, arena, alive, waiting, out, out_lanes,
                        matches,
                    )  # fmt: skip
                    stats[1] += pending
                    pending = 0
    stats[1] += pending
    return _second_lanes(
        masks, found, lanes, pending, arena, alive, waiting, out, out_lanes, matches
    )


@compiled
def _second_lanes(masks, found, lanes, n, arena, alive, waiting, out, out_lanes, matches):
    left = 0
    for i in range(n):
        r = found[i]
        third = arena[r + 2] if arena[r] & OVERFLOW == 0 else np.uint32(NOTHING)
        found[left] = r
        lanes[left] = (
            lanes[i]
            & _literal_lanes(masks, arena[r])
            & _literal_lanes(masks, arena[r + 1])
            & _literal_lanes(masks, third)
        )
        left += lanes[left] != 0
    for i in range(left):
        r = found[i]
        prefetch(arena, np.int64(arena[r + 2]) if arena[r] & OVERFLOW else 0)
    for i in range(left):
        r = found[i]
        matching = lanes[i]
        if arena[r] & OVERFLOW:
            p = np.int64(arena[r + 2])
            matching = _lanes(masks, arena, p + 1, p + 1 + np.int64(arena[p]), matching, waiting)
            if matching == 0:
                continue
        slot = arena[r + 3] & (UNFILED - 1)
        if _alive(alive, slot):
            if matches < len(out_lanes):
                out[matches] = slot
                out_lanes[matches] = matching
            matches += 1
    return matches


@compiled
def misses(said, table, arena, alive, out):
    """Slots of the alerts one clause of which fails, some twice; alerts that match are among them
    where they are filed under several atoms. Returns how many; those beyond the length of `out`
    are only counted."""
    found = 0
    for at in range(len(table)):
        if table[at, 0] < 0:
            continue
        unfiled = 1 - np.int64(said[table[at, 0]])
        for family in range(2):
            block, rows = np.int64(table[at, 1 + 2 * family]), np.int64(table[at, 2 + 2 * family])
            records = block + rows * (WIDE if family else 1)
            for k in range(rows):
                r = records + RECORD * k
                failed = 0 if arena[r + 3] & UNFILED else unfiled
                if family == 0:
                    failed += 1 - said[arena[block + k]]
                else:
                    failed += 1 - _any(said, arena, block + WIDE * k)
                failed += _record_failures(said, arena, r, 2 - failed)
                slot = arena[r + 3] & (UNFILED - 1)
                if failed == 1 and _alive(alive, slot):
                    if found < len(out):
                        out[found] = slot
                    found += 1
    return found


@compiled
def _record_failures(said, arena, r, enough):
    """How many clauses of a record fail, counted up to `enough`."""
    over = arena[r] & OVERFLOW
    failed = 0 if _literal(said, arena[r]) else 1
    for k in range(1, 2 if over else 3):
        w = arena[r + k]
        if w & SPARE == 0 and not _literal(said, w):
            failed += 1
    if over and failed < enough:
        p = np.int64(arena[r + 2])
        end = p + 1 + np.int64(arena[p])
        failed += _failures(said, arena, p + 1, end, enough - failed)
    return failed


@compiled
def _failures(said, words, p, end, enough):
    """How many units of the program fail, counted up to `enough`; spare ones do not count."""
    failed = 0
    while p < end and failed < enough:
        w = np.int64(words[p])
        if said[w >> ATOM_AT] == (w & FALL):
            p += size(words, p)
            continue
        if w & MISS and w & SPARE == 0:
            failed += 1
        p += distance(words, p)
    return failed


@compiled
def run_all(said, starts, words, alive, n, out):
    """The slots of all programs that match, without any filing: for the few that are new."""
    found = 0
    for i in range(n):
        if alive[i] and _runs(said, words, starts[i], starts[i + 1]):
            out[found] = i
            found += 1
    return found


@compiled
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


@compiled
def miss_all(said, starts, words, alive, n, out):
    found = 0
    for i in range(n):
        if alive[i] and _failures(said, words, starts[i], starts[i + 1], 2) == 1:
            out[found] = i
            found += 1
    return found
