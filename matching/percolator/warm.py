"""Compiles the kernel, or takes it from its cache, before the first posting is waiting for it."""

from datetime import UTC, datetime

from matching.percolator.percolator import Percolator
from matching.subject import Subject
from models.base import new_id
from models.criteria import UnknownPolicy, Words
from models.posting import Given, Posting

_THEN = datetime(2000, 1, 1, tzinfo=UTC)


def warm() -> None:
    """Run every loop once, on one alert and one posting: half a second from the cache, half a
    minute without."""
    posting = Posting(
        id=new_id(),
        owner_id="",
        given=Given(title="Engineer", company="Acme"),
        created_at=_THEN,
        updated_at=_THEN,
        first_seen_at=_THEN,
    )
    subject, percolator = Subject.of(posting), Percolator()
    percolator.register(new_id(), Words(text="engineer"), UnknownPolicy.PASS)
    for _ in range(2):
        percolator.percolate(subject, _THEN)
        percolator.percolate_many([subject], _THEN)
        percolator.near_misses(subject, _THEN)
        percolator.compact(whole=True)
