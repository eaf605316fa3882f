"""From programs to a filed segment and back: compiled loops over a million alerts at a time.

Each alert is filed under its anchor, the plain clause that the fewest postings are expected to say
yes to: once for each atom of it, a lenient one as its strict and its unstated atom. Its rarest
other plain clause of at most three atoms becomes the column that the first stage reads, and the
clause of one literal that then fails most often the first of its record; what does not fit there
overflows to the end of the block. An alert that is filed under several atoms would be found once
for each that a posting has, so the program of its later rows asks that no earlier one is there:
*spare* units of one literal.
"""

import numpy as np

from matching.percolator.atoms import ALWAYS
from matching.percolator.compiled import compiled
from matching.percolator.kernel import (
    NOTHING,
    OVERFLOW,
    RECORD,
    UNFILED,
    WIDE,
    distance,
    find,
    place,
    size,
)
from matching.percolator.programs import (
    ANCHOR_MAX,
    ATOM_AT,
    FALL,
    FLAG_BITS,
    LENGTH_MAX,
    MISS,
    SPARE,
)

_ONE = (1 << FLAG_BITS) + MISS
"""A unit of one literal, apart from its atom and FALL."""


@compiled
def unit_end(words, p):
    """Where the unit that begins at p ends: its last literal always can miss."""
    while words[p] & MISS == 0:
        p += size(words, p)
    return p + distance(words, p)


@compiled
def _atom(words, p):
    return np.int64(words[p]) >> ATOM_AT


@compiled
def plain_width(words, p, end):
    """How many atoms the unit [p, end) asks one of; 0 where it asks anything else."""
    if size(words, p) == 2:
        return 0
    for q in range(p, end - 1):
        if words[q] & (FALL | MISS) or q + distance(words, q) != end:
            return 0
    last = words[end - 1] & (FALL | MISS)
    return end - p if last == FALL | MISS and distance(words, end - 1) == 1 else 0


@compiled
def _share(shares, words, p, end):
    total = np.float32(0)
    for q in range(p, end):
        total += shares[_atom(words, q)]
    return total


@compiled
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


@compiled
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


@compiled
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


@compiled
def choose(starts, words, shares, parts, anchors, columns, singles, rows):
    """Each alert's anchor, column and single literal, as the places of their units (-1: none), and
    how many alerts each atom has: rows[0] narrow, rows[1] wide."""
    atoms = np.empty(ANCHOR_MAX, np.int64)
    for i in range(len(starts) - 1):
        p, end = starts[i], starts[i + 1]
        anchor = _rarest(words, p, end, shares, ANCHOR_MAX // 2, -1, True)
        column = _rarest(words, p, end, shares, WIDE, anchor, False)
        anchors[i], columns[i] = anchor, column
        singles[i] = _single(words, p, end, shares, anchor, column)
        family = 1 if column >= 0 and unit_end(words, column) - column > 1 else 0
        for k in range(_anchor_atoms(words, anchor, parts, atoms)):
            rows[family, atoms[k]] += 1


@compiled
def order(starts, words, parts, anchors, columns, rows, alerts, ranks):
    """The alerts in the order of the arena: by atom, narrow ones first. `ranks` is which of the
    anchor's atoms it is."""
    atoms = np.empty(ANCHOR_MAX, np.int64)
    behind = np.empty_like(rows)
    total = 0
    for atom in range(rows.shape[1]):
        for family in range(2):
            behind[family, atom] = total
            total += rows[family, atom]
    for i in range(len(starts) - 1):
        column = columns[i]
        family = 1 if column >= 0 and unit_end(words, column) - column > 1 else 0
        for k in range(_anchor_atoms(words, anchors[i], parts, atoms)):
            row = behind[family, atoms[k]]
            behind[family, atoms[k]] += 1
            alerts[row] = i
            ranks[row] = k


@compiled
def tabulate(rows, table):
    """The hash table of the atoms that have alerts, without the places of their blocks."""
    for atom in range(rows.shape[1]):
        if rows[0, atom] or rows[1, atom]:
            at = place(atom, len(table) - 1)
            while table[at, 0] >= 0:
                at = (at + 1) & (len(table) - 1)
            table[at, 0] = atom
            table[at, 2], table[at, 4] = rows[0, atom], rows[1, atom]


@compiled
def lay(
    starts, words, parts, anchors, columns, singles, rows, alerts, ranks, table, arena, counting
):
    """Fill the arena, and the places of the blocks into the table; returns its length. With
    `counting` only that."""
    atoms, rest = np.empty(ANCHOR_MAX, np.int64), np.empty(LENGTH_MAX + ANCHOR_MAX, np.uint32)
    block, row = 0, 0
    for atom in range(rows.shape[1]):
        for family in range(2):
            n, width = rows[family, atom], WIDE if family else 1
            records = block + width * n
            over = records + RECORD * n
            if n and not counting:
                table[find(table, atom), 1 + 2 * family] = block
            for k in range(n):
                i, rank = alerts[row], ranks[row]
                row += 1
                ones, length = _rest(
                    words, starts[i], starts[i + 1], anchors[i], columns[i], singles[i], rank,
                    parts, atoms, rest,
                )  # fmt: skip
                fits = length <= 2 and ones == length
                if not counting:
                    _put_column(words, columns[i], arena, block + width * k, width)
                    r = records + RECORD * k
                    single = NOTHING if singles[i] < 0 else np.int64(words[singles[i]])
                    unfiled = anchors[i] < 0 or words[anchors[i]] & SPARE != 0
                    arena[r] = single if fits else single | OVERFLOW
                    arena[r + 1] = rest[0] if ones > 0 else NOTHING
                    arena[r + 2] = over if not fits else rest[1] if length > 1 else NOTHING
                    arena[r + 3] = i | UNFILED if unfiled else i
                if not fits:
                    first = 1 if ones > 0 else 0
                    if not counting:
                        arena[over] = length - first
                        arena[over + 1 : over + 1 + length - first] = rest[first:length]
                    over += 1 + length - first
            block = over
    return block


@compiled
def _rest(words, p, end, anchor, column, single, rank, parts, atoms, rest):
    """What anchor, column and single literal leave of the program [p, end), into `rest`: units of
    one literal first, those for the rank last of them; their number, and the length."""
    ones = 0
    q = p
    while q < end:
        behind = unit_end(words, q)
        if behind == q + 1 and q != anchor and q != column and q != single:
            rest[ones] = words[q]
            ones += 1
        q = behind
    if rank:
        _anchor_atoms(words, anchor, parts, atoms)
        for k in range(rank):
            rest[ones] = atoms[k] << ATOM_AT | SPARE | _ONE
            ones += 1
    length = ones
    q = p
    while q < end:
        behind = unit_end(words, q)
        if behind != q + 1 and q != anchor and q != column:
            rest[length : length + behind - q] = words[q:behind]
            length += behind - q
        q = behind
    return ones, length


@compiled
def _put_column(words, column, arena, at, width):
    behind = column if column < 0 else unit_end(words, column)
    for c in range(width):
        arena[at + c] = ALWAYS if column < 0 else _atom(words, min(column + c, behind - 1))


@compiled
def _unpack(arena, r, into, to):
    """The literals and units of a record, from into[to] on, without those for its rank; where they
    end, and whether there was one for its rank."""
    ranked = False
    over = arena[r] & OVERFLOW
    for k in range(2 if over else 3):
        word = arena[r + k] & ~np.uint32(OVERFLOW) if k == 0 else arena[r + k]
        if _is_rank(word):
            ranked = True
        elif word != NOTHING:
            into[to] = word
            to += 1
    if over:
        p = np.int64(arena[r + 2])
        end = p + 1 + np.int64(arena[p])
        p += 1
        while p < end:
            behind = unit_end(arena, p)
            if _is_rank(arena[p]):
                ranked = True
            else:
                into[to : to + behind - p] = arena[p:behind]
                to += behind - p
            p = behind
    return to, ranked


@compiled
def _is_rank(word):
    return word & ((1 << ATOM_AT) - 1) == SPARE | _ONE


@compiled
def recover(table, arena, lengths, starts, laid, counting):
    """The whole programs of all slots: anchor, column, rest. With `counting` only their lengths."""
    n_atoms = np.zeros(len(lengths), np.int32)
    scratch = np.empty(LENGTH_MAX + ANCHOR_MAX, np.uint32)
    for at in range(len(table)):
        atom = np.int64(table[at, 0])
        for family in range(2 if atom >= 0 else 0):
            block, n = np.int64(table[at, 1 + 2 * family]), np.int64(table[at, 2 + 2 * family])
            width = WIDE if family else 1
            for k in range(n):
                r, c = block + width * n + RECORD * k, block + width * k
                slot = arena[r + 3] & (UNFILED - 1)
                if atom != ALWAYS:
                    if not counting:
                        spare = SPARE if arena[r + 3] & UNFILED else 0
                        laid[starts[slot] + n_atoms[slot]] = atom << ATOM_AT | spare
                    n_atoms[slot] += 1
                end, ranked = _unpack(arena, r, scratch, _column_width(arena, c, width))
                if not ranked:
                    if counting:
                        lengths[slot] += end
                    else:
                        _put_unit(arena, c, _column_width(arena, c, width), scratch)
                        behind = starts[slot + 1]
                        laid[behind - end : behind] = scratch[:end]
    for slot in range(len(lengths)):
        if counting:
            lengths[slot] += n_atoms[slot]
        else:
            _join(laid, starts[slot], n_atoms[slot])


@compiled
def _column_width(arena, c, width):
    """Different atoms of a column; the last one is repeated."""
    if width == 1:
        return 0 if arena[c] == ALWAYS else 1
    while arena[c + width - 1] == arena[c + width - 2]:
        width -= 1
    return width


@compiled
def _put_unit(arena, c, n, into):
    for k in range(n):
        into[k] = np.int64(arena[c + k]) << ATOM_AT
    _join(into, 0, n)


@compiled
def _join(words, p, n):
    """Make n atoms from p on a plain unit; at most ANCHOR_MAX, so that all its jumps are near."""
    for k in range(n):
        words[p + k] |= _ONE | FALL if k == n - 1 else (n - k) << FLAG_BITS


@compiled
def gather(order, starts, words, new_starts, new_words):
    """Programs in another order."""
    for i in range(len(order)):
        to = new_starts[i]
        for p in range(starts[order[i]], starts[order[i] + 1]):
            new_words[to] = words[p]
            to += 1
