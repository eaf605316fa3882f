"""From programs to a filed segment and back: compiled loops over a million alerts at a time.

Each alert is filed under its anchor, the plain clause that the fewest postings are expected to say
yes to: once for each atom of it, a lenient one as its strict and its unstated atom. Its rarest
other plain clause of at most three atoms becomes the column that the first stage reads, and the
clause of one literal that then fails most often the word that the second stage reads; what is left
stays a program. An alert that is filed under several atoms would be found once for each that a
posting has, so the program of its later rows asks that no earlier one is there: *spare* units of
one literal.
"""

from typing import Any

import numpy as np
from numba import njit

from matching.percolator.atoms import ALWAYS
from matching.percolator.kernel import NOTHING, UNFILED, distance, place, size
from matching.percolator.programs import ATOM_AT, FALL, FLAG_BITS, MISS, NEAR_MAX, SPARE

COLUMN_MAX = 3
"""Atoms of the clause that is a column."""
ANCHOR_MAX = 2 * NEAR_MAX
"""Atoms that an alert can be filed under: two for each literal of a plain unit."""
_ONE = (1 << FLAG_BITS) + MISS
"""A unit of one literal, apart from its atom and FALL."""

_compiled: Any = njit(cache=True, nogil=True, boundscheck=False)


@_compiled
def unit_end(words, p):
    """Where the unit that begins at p ends: its last literal always can miss."""
    while words[p] & MISS == 0:
        p += size(words, p)
    return p + distance(words, p)


@_compiled
def _atom(words, p):
    return np.int64(words[p]) >> ATOM_AT


@_compiled
def plain_width(words, p, end):
    """How many atoms the unit [p, end) asks one of; 0 where it asks anything else."""
    if size(words, p) == 2:
        return 0
    for q in range(p, end - 1):
        if words[q] & (FALL | MISS) or q + distance(words, q) != end:
            return 0
    last = words[end - 1] & (FALL | MISS)
    return end - p if last == FALL | MISS and distance(words, end - 1) == 1 else 0


@_compiled
def _share(shares, words, p, end):
    total = np.float32(0)
    for q in range(p, end):
        total += shares[_atom(words, q)]
    return total


@_compiled
def _rarest(words, p, end, shares, width_max, but, spare):
    """The plain unit with the least share of those in [p, end) that have at most `width_max` atoms
    and do not begin at `but`; -1 if there is none. `spare`: also spare ones."""
    found, least = -1, np.float32(np.inf)
    while p < end:
        behind = unit_end(words, p)
        width = plain_width(words, p, behind)
        asked = spare or words[p] & SPARE == 0
        if 0 < width <= width_max and asked and p != but:
            share = _share(shares, words, p, behind)
            if share < least:
                found, least = p, share
        p = behind
    return found


@_compiled
def _single(words, p, end, shares, but, nor):
    """The unit of one literal in [p, end) that fails most often, apart from two; -1 if none."""
    found, least = -1, np.float32(np.inf)
    while p < end:
        behind = unit_end(words, p)
        if behind == p + 1 and words[p] & SPARE == 0 and p != but and p != nor:
            share = shares[_atom(words, p)]
            passing = share if words[p] & FALL else 1 - share
            if passing < least:
                found, least = p, passing
        p = behind
    return found


@_compiled
def _anchor_atoms(words, anchor, parts, atoms):
    """The atoms that an alert is filed under, into `atoms`, and their number."""
    if anchor < 0:
        atoms[0] = ALWAYS
        return 1
    n = 0
    for q in range(anchor, unit_end(words, anchor)):
        atom = _atom(words, q)
        lenient = parts[atom, 0] != 0
        for k in range(2 if lenient else 1):
            one = np.int64(parts[atom, k]) if lenient else atom
            new = True
            for m in range(n):
                new &= atoms[m] != one
            if new:
                atoms[n] = one
                n += 1
    return n


@_compiled
def choose(starts, words, shares, parts, anchors, columns, singles, rows):
    """Each alert's anchor, column and single literal, as the places of their units (-1: none), and
    how many rows each atom has: rows[0] narrow, rows[1] wide."""
    atoms = np.empty(ANCHOR_MAX, np.int64)
    for i in range(len(starts) - 1):
        p, end = starts[i], starts[i + 1]
        anchor = _rarest(words, p, end, shares, ANCHOR_MAX // 2, -1, True)
        column = _rarest(words, p, end, shares, COLUMN_MAX, anchor, False)
        anchors[i], columns[i] = anchor, column
        singles[i] = _single(words, p, end, shares, anchor, column)
        family = 1 if column >= 0 and unit_end(words, column) - column > 1 else 0
        for k in range(_anchor_atoms(words, anchor, parts, atoms)):
            rows[family, atoms[k]] += 1


@_compiled
def tabulate(rows, first, table):
    """The hash table of the atoms that have rows; `first[family, atom]` is set to the first row,
    wide rows behind all narrow ones."""
    row = 0
    for family in range(2):
        for atom in range(rows.shape[1]):
            first[family, atom] = row
            row += rows[family, atom]
    for atom in range(rows.shape[1]):
        if rows[0, atom] or rows[1, atom]:
            at = place(atom, len(table) - 1)
            while table[at, 0] >= 0:
                at = (at + 1) & (len(table) - 1)
            table[at, 0] = atom
            for family in range(2):
                table[at, 1 + 2 * family] = first[family, atom]
                table[at, 2 + 2 * family] = first[family, atom] + rows[family, atom]


@_compiled
def lay_rows(
    starts, words, parts, anchors, columns, singles, next_row, slots, narrow, wide, single, ranks,
    lengths,
):  # fmt: skip
    """The rows of all alerts, in the order of their atoms, then of their slots. `ranks` is which
    of the anchor's atoms a row stands for, `lengths` of its program."""
    atoms = np.empty(ANCHOR_MAX, np.int64)
    for i in range(len(starts) - 1):
        anchor, column = anchors[i], columns[i]
        width = 0 if column < 0 else unit_end(words, column) - column
        rest = starts[i + 1] - starts[i] - width - (0 if singles[i] < 0 else 1)
        rest -= 0 if anchor < 0 else unit_end(words, anchor) - anchor
        unfiled = anchor < 0 or words[anchor] & SPARE != 0
        family = 1 if width > 1 else 0
        for k in range(_anchor_atoms(words, anchor, parts, atoms)):
            row = next_row[family, atoms[k]]
            next_row[family, atoms[k]] += 1
            slots[row] = i | UNFILED if unfiled else i
            single[row] = NOTHING if singles[i] < 0 else words[singles[i]]
            ranks[row] = k
            lengths[row] = rest + k
            if family:
                for c in range(COLUMN_MAX):
                    wide[row - len(narrow), c] = _atom(words, column + min(c, width - 1))
            else:
                narrow[row] = _atom(words, column) if width else ALWAYS


@_compiled
def lay_programs(starts, words, parts, anchors, columns, singles, slots, ranks, at, laid):
    """The programs of the rows: what anchor, column and single literal leave of them."""
    atoms = np.empty(ANCHOR_MAX, np.int64)
    for row in range(len(slots)):
        i = slots[row] & (UNFILED - 1)
        to = np.int64(at[row])
        if ranks[row]:
            _anchor_atoms(words, anchors[i], parts, atoms)
            for k in range(ranks[row]):
                laid[to] = atoms[k] << ATOM_AT | SPARE | _ONE
                to += 1
        p = starts[i]
        while p < starts[i + 1]:
            end = unit_end(words, p)
            if p != anchors[i] and p != columns[i] and p != singles[i]:
                for q in range(p, end):
                    laid[to] = words[q]
                    to += 1
            p = end


@_compiled
def _is_rank(word):
    """Whether this is a unit that `lay_programs` put before the later rows of an alert."""
    return word & ((1 << ATOM_AT) - 1) == SPARE | _ONE


@_compiled
def measure(table, slots, narrow, wide, single, starts, words, base, widths, lengths):
    """Of each slot: the row of its first atom, its number of atoms (0 where it is filed under
    ALWAYS), and the length of its whole program."""
    n_narrow = len(narrow)
    for at in range(len(table)):
        atom = table[at, 0]
        if atom < 0:
            continue
        for family in range(2):
            for row in range(table[at, 1 + 2 * family], table[at, 2 + 2 * family]):
                slot = slots[row] & (UNFILED - 1)
                if atom != ALWAYS:
                    widths[slot] += 1
                    lengths[slot] += 1
                p, end = np.int64(starts[row]), np.int64(starts[row + 1])
                if p < end and _is_rank(words[p]):
                    continue
                base[slot] = row
                lengths[slot] += end - p + (1 if single[row] != NOTHING else 0)
                if family:
                    lengths[slot] += _distinct(wide, row - n_narrow)
                elif narrow[row] != ALWAYS:
                    lengths[slot] += 1


@_compiled
def _distinct(wide, k):
    n = COLUMN_MAX
    while wide[k, n - 1] == wide[k, n - 2]:
        n -= 1
    return n


@_compiled
def recover(table, slots, narrow, wide, single, starts, words, base, widths, whole, laid):
    """The whole programs of all slots, that of slot i from whole[i] on: anchor, column, single
    literal, rest."""
    n_narrow = len(narrow)
    filled = np.zeros(len(base), np.int32)
    for at in range(len(table)):
        atom = table[at, 0]
        if atom <= ALWAYS:
            continue
        for family in range(2):
            for row in range(table[at, 1 + 2 * family], table[at, 2 + 2 * family]):
                slot = slots[row] & (UNFILED - 1)
                spare = SPARE if slots[row] & UNFILED else 0
                k = filled[slot]
                filled[slot] += 1
                _put(laid, whole[slot], k, widths[slot], atom, spare)
    for slot in range(len(base)):
        row = base[slot]
        to = whole[slot] + widths[slot]
        if row >= n_narrow:
            n = _distinct(wide, row - n_narrow)
            for c in range(n):
                _put(laid, to, c, n, wide[row - n_narrow, c], 0)
            to += n
        elif narrow[row] != ALWAYS:
            _put(laid, to, 0, 1, narrow[row], 0)
            to += 1
        if single[row] != NOTHING:
            laid[to] = single[row]
            to += 1
        for p in range(starts[row], starts[row + 1]):
            laid[to] = words[p]
            to += 1


@_compiled
def _put(words, to, k, n, atom, spare):
    """Literal k of a plain unit of n."""
    flags = _ONE | FALL if k == n - 1 else (n - k) << FLAG_BITS
    words[to + k] = np.int64(atom) << ATOM_AT | spare | flags


@_compiled
def gather(order, starts, words, new_starts, new_words):
    """Programs in another order."""
    for i in range(len(order)):
        to = new_starts[i]
        for p in range(starts[order[i]], starts[order[i] + 1]):
            new_words[to] = words[p]
            to += 1
