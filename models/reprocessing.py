"""A run over the stored postings that derives them anew, and how far it is."""

from enum import StrEnum

from models.base import Model, Timestamp


class Cause(StrEnum):
    """Why a run was begun; there is at most one of each under way."""

    NEWER_PARSERS = "newer_parsers"
    ASKED = "asked"


class Run(Model):
    """The stored document. `parsers` are the versions that postings are brought to; with `parser`
    only those are derived that an older version of this one has seen, with `everything` all of
    them. `after` is the cursor of the page that comes next. Counts are of postings: `total` as of
    the beginning, `seen` looked at, `derived` derived anew, of which `changed` say other
    things now and `doubted` went to the review queue, `failed` not to be derived or read."""

    cause: Cause
    parsers: dict[str, int]
    parser: str | None = None
    everything: bool = False
    after: str | None = None
    total: int
    seen: int = 0
    derived: int = 0
    changed: int = 0
    doubted: int = 0
    failed: int = 0
    started_at: Timestamp
    updated_at: Timestamp
    finished_at: Timestamp | None = None

    @property
    def left(self) -> int:
        """Postings still to be looked at; 0 once it is finished."""
        return 0 if self.finished_at else max(0, self.total - self.seen)

    def same_wish(self, other: "Run") -> bool:
        """Whether the other one does the same."""
        mine = (self.parser, self.everything, self.parsers)
        return mine == (other.parser, other.everything, other.parsers)
