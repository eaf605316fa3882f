"""The alerts of one shard: registered, replaced and forgotten at any time, matched all at once."""

import re
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.percolator import kernel, snapshot
from matching.percolator.atoms import Answered
from matching.percolator.programs import Program
from matching.percolator.questions import Questions
from matching.percolator.recent import Id, Recent
from matching.percolator.scanner import Hits, Scanner
from matching.percolator.segment import Alerts, Segment
from matching.percolator.snapshot import Contents
from matching.subject import Subject
from models.criteria import Criteria, UnknownPolicy

_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RECENT_MAX = 1024
"""Alerts that wait to be filed together: a few microseconds for each posting."""
FAN = 4
"""Segments of one size that are merged to one of the next."""
LEARNED = 1000
"""Postings after which alerts are filed anew by what was seen, and each time that is fourfold."""
RELEARNED = 1_000_000
"""Postings after which they are filed anew in any case: the market moves."""


class Percolator:
    """Alert ids are UUIDs. Every method may be called from any thread. `compact` takes long and
    holds up none of the others; `near_misses`, which takes milliseconds, does.

    Questions that nobody asks any more are kept (`question_bytes`), because programs name them by
    number: who holds a percolator for long fills a new one when they have become too many.
    """

    def __init__(self, *, recent_max: int = RECENT_MAX) -> None:
        self._recent_max = recent_max
        self._lock = threading.RLock()
        self._compacting = threading.Lock()
        self._questions = Questions()
        self._recent = Recent(recent_max)
        self._segments: tuple[Segment, ...] = ()
        self._removed: list[Id] | None = None
        """Alerts taken from the segments that are being merged just now."""
        self._size = 0
        self._filed_at = 0
        """Postings ever seen when the largest segment was made."""
        self._scanner = Scanner()
        self._postings = self._answers = self._merges = 0

    def __len__(self) -> int:
        return self._size

    def __contains__(self, alert_id: str) -> bool:
        return self.version(alert_id) is not None

    def version(self, alert_id: str) -> int | None:
        """The version of a registered alert."""
        id_ = _halves(alert_id)
        with self._lock:
            found = self._recent.version(id_)
            if found is not None:
                return found
            for segment in self._segments:
                slot = segment.slot_of(*id_)
                if slot is not None:
                    return int(segment.versions[slot])
        return None

    def register(
        self, alert_id: str, criteria: Criteria, unknown: UnknownPolicy, version: int = 1
    ) -> None:
        """Add the alert, or replace the one of that id. `criteria` are in normal form. Raises
        ValueError, and changes nothing, for an id that is no UUID."""
        id_ = _halves(alert_id)
        with self._lock:
            program = Program.of(*self._questions.asked(criteria, unknown))
            self._remove(id_)
            if self._recent.full:
                self._file_recent()
            self._recent.add(id_, version, program)
            self._size += 1

    def unregister(self, alert_id: str) -> None:
        """Forget the alert; fine if it is not there."""
        with self._lock:
            self._remove(_halves(alert_id))

    def _remove(self, id_: Id) -> None:
        if self._recent.remove(id_):
            self._size -= 1
        elif self._kill(id_, self._segments):
            self._size -= 1
            if self._removed is not None:
                self._removed.append(id_)

    def _kill(self, id_: Id, segments: Sequence[Segment]) -> bool:
        for segment in segments:
            slot = segment.slot_of(*id_)
            if slot is not None:
                segment.kill(slot)
                return True
        return False

    def percolate(self, subject: Subject, now: datetime) -> list[str]:
        """The ids of the alerts that match the posting at `now`, sorted.

        Cost: the atoms of the posting, the rows filed under them, the programs of candidates.
        """
        with self._lock:
            return _texts(self.match(self._questions.answers(subject, now)).ids())

    def percolate_many(self, subjects: Sequence[Subject], now: datetime) -> list[list[str]]:
        """`percolate` of several postings, up to 64 of them in one scan."""
        found: list[list[str]] = []
        for at in range(0, len(subjects), kernel.LANES):
            batch = subjects[at : at + kernel.LANES]
            with self._lock:
                hits = self.match_many([self._questions.answers(s, now) for s in batch])
                found += [_texts(hits.ids_of(lane)) for lane in range(len(batch))]
        return found

    def answers(self, subject: Subject, now: datetime) -> Answered:
        """The posting's side of `percolate`: what it says yes to. To be matched by this percolator
        before another alert is registered."""
        with self._lock:
            return self._questions.answers(subject, now)

    def match(self, answered: Answered) -> Hits:
        """The alerts' side of `percolate`: which of them match."""
        with self._lock:
            counts = self._questions.atoms.counts()
            hits = self._scanner.one(answered, counts, self._recent, self._segments)
            self._saw([answered])
            return hits

    def match_many(self, batch: Sequence[Answered]) -> Hits:
        """`match` of up to 64 postings at once."""
        with self._lock:
            counts = self._questions.atoms.counts()
            hits = self._scanner.many(batch, counts, self._recent, self._segments)
            self._saw(batch)
            return hits

    def near_misses(self, subject: Subject, now: datetime) -> list[str]:
        """The ids of the alerts that fail on exactly one of their clauses, sorted.

        Reads every alert: some 20 ms for a million.
        """
        with self._lock:
            answered = self._questions.answers(subject, now)
            size = len(self._questions.atoms)
            missed = self._scanner.misses(answered, size, self._recent, self._segments)
            unseen = np.zeros(size, np.int64)
            matched = self._scanner.one(answered, unseen, self._recent, self._segments)
            return sorted({*_texts(missed.ids())} - {*_texts(matched.ids())})

    def _saw(self, batch: Sequence[Answered]) -> None:
        self._postings += len(batch)
        self._answers += sum(len(each.atoms) + len(each.lenient) for each in batch)
        self._questions.atoms.saw(len(batch))

    # Segments: new alerts are filed by RECENT_MAX; four segments of one size become one of the
    # next, so that each alert is filed again a logarithmic number of times.

    def _file_recent(self) -> None:
        alerts, self._recent = self._recent.alerts(), Recent(self._recent_max)
        if len(alerts):
            segment = Segment.of(alerts, self._questions.knowledge())
            self._segments = (*self._segments, segment)

    @property
    def compaction_due(self) -> bool:
        """Whether `compact` would do something worth its time."""
        return bool(self._mergeable(self._segments))

    def _mergeable(self, segments: Sequence[Segment]) -> tuple[Segment, ...]:
        """The segments that are to become one: all that are as small as the smallest size of
        which there are FAN; all, where postings have taught much since the largest was made; those
        that mostly hold alerts which are deleted."""
        seen = self._questions.atoms.seen_ever
        if segments and seen >= min(max(LEARNED, 4 * self._filed_at), self._filed_at + RELEARNED):
            return tuple(segments)
        if wasted := [segment for segment in segments if 2 * segment.live < len(segment)]:
            return tuple(wasted)
        sizes = sorted(self._tier(segment) for segment in segments)
        for tier in dict.fromkeys(sizes):
            smaller = [segment for segment in segments if self._tier(segment) <= tier]
            if len(smaller) >= FAN:
                return tuple(smaller)
        return ()

    def _tier(self, segment: Segment) -> int:
        """The size of a segment, as a power of FAN."""
        return max(0, (len(segment) // self._recent_max).bit_length() - 1) // 2

    def compact(self, *, whole: bool = False) -> bool:
        """Merge segments, into a single one with `whole`; whether there was anything to do.

        To be called from a thread: a second for a million alerts, without the interpreter's lock.
        """
        with self._compacting:
            with self._lock:
                if whole:
                    self._file_recent()
                old = self._segments if whole else self._mergeable(self._segments)
                if not old:
                    return False
                removed = self._removed = []
                knowledge, seen = self._questions.knowledge(), self._questions.atoms.seen_ever
            try:
                alerts = Alerts.joined([segment.alerts() for segment in old])
                new = (Segment.of(alerts, knowledge),) if len(alerts) else ()
                with self._lock:
                    for id_ in removed:
                        self._kill(id_, new)
                    kept = tuple(s for s in self._segments if all(s is not o for o in old))
                    if all(len(segment) <= len(alerts) for segment in kept):
                        self._filed_at = seen
                    self._segments = (*new, *kept)
                    self._merges += 1
            finally:
                self._removed = None
        return True

    def save(self, path: Path, position: str) -> None:
        """Keep everything in a file; `position` is the caller's, and what it stands for must have
        been registered before. To be called from a thread. Raises OSError."""
        with self._lock:
            self._file_recent()
            atoms = self._questions.atoms
            contents = Contents(
                position,
                bytes(atoms.log),
                atoms.counts()[: len(atoms)].copy(),
                atoms.seen,
                atoms.seen_ever,
                tuple(segment.copied() for segment in self._segments),
            )
        snapshot.write(path, contents)

    @classmethod
    def load(cls, path: Path, *, recent_max: int = RECENT_MAX) -> tuple[Self, str] | None:
        """The percolator that was saved, and its position; None where there is none, or where it
        is damaged or of another version."""
        contents = snapshot.read(path)
        if contents is None:
            return None
        percolator = cls(recent_max=recent_max)
        percolator._questions.ask_again(contents.log)
        atoms = percolator._questions.atoms
        atoms.restore(contents.yes, contents.seen, contents.seen_ever)
        percolator._filed_at = contents.seen_ever
        percolator._segments = contents.segments
        percolator._size = sum(segment.live for segment in contents.segments)
        return percolator, contents.position

    def counters(self) -> dict[str, float]:
        """What only ever grows."""
        return {
            "postings_matched": float(self._postings),
            "answers": float(self._answers),
            "rows": float(self._scanner.stats[0]),
            "candidates": float(self._scanner.stats[1]),
            "compactions": float(self._merges),
        }

    @property
    def question_bytes(self) -> int:
        """The length of all questions that were ever asked, as they are written down: some quarter
        of what they take in memory."""
        return len(self._questions.atoms.log)

    def gauges(self) -> dict[str, float]:
        segments = self._segments
        filed = sum(map(len, segments)) + len(self._recent)
        return {
            "alerts_registered": float(self._size),
            "alerts_forgotten": float(filed - self._size),
            "atoms": float(len(self._questions.atoms)),
            "question_bytes": float(self.question_bytes),
            "segments": float(len(segments)),
            "segment_bytes": float(sum(segment.nbytes for segment in segments)),
        }


def _halves(alert_id: str) -> Id:
    if not _UUID.fullmatch(alert_id):
        raise ValueError(f"a UUID, not {alert_id[:60]!r}")
    number = int(alert_id.replace("-", ""), 16)
    return number >> 64, number & 0xFFFFFFFFFFFFFFFF


def _texts(ids: NDArray[np.uint64]) -> list[str]:
    """The ids as UUID texts, sorted."""
    digits = np.ascontiguousarray(ids).astype(">u8").tobytes().hex()
    found = []
    for at in range(0, len(digits), 32):
        h = digits[at : at + 32]
        found.append(f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}")
    return sorted(found)
