"""A posting: what was given, what was derived from it with evidence, and where it stands."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictFloat, StrictInt, StringConstraints

from models.base import Model, Timestamp
from models.money import AnnualPay, Country, Money


class Mode(StrEnum):
    ONSITE = "onsite"
    HYBRID = "hybrid"
    REMOTE = "remote"


class EmploymentType(StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    INTERNSHIP = "internship"
    TEMPORARY = "temporary"


class Level(StrEnum):
    """Seniority, in rising order of declaration."""

    INTERN = "intern"
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    STAFF = "staff"
    PRINCIPAL = "principal"
    MANAGER = "manager"
    DIRECTOR = "director"
    EXECUTIVE = "executive"

    @property
    def rank(self) -> int:
        return tuple(Level).index(self)


class Visa(StrEnum):
    OFFERED = "offered"
    REFUSED = "refused"


class Clearance(StrEnum):
    REQUIRED = "required"
    NOT_REQUIRED = "not_required"


class Status(StrEnum):
    SUBMITTED = "submitted"
    PROCESSING = "processing"
    PUBLISHED = "published"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"
    FAILED = "failed"
    CLOSED = "closed"


def _no_control_characters(text: str) -> str:
    if any(c < " " and c not in "\t\n\r" for c in text) or "\x7f" in text:
        raise ValueError("no control characters")
    return text


def _web_address(text: str) -> str:
    if not text.lower().startswith(("http://", "https://")):
        raise ValueError("an http or https address")
    if any(c.isspace() for c in text):
        raise ValueError("no white space")
    return text


def _text(max_length: int) -> object:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length)


Plain = AfterValidator(_no_control_characters)
Title = Annotated[str, _text(300), Plain]
Name = Annotated[str, _text(200), Plain]
WebAddress = Annotated[str, StringConstraints(max_length=2000), Plain, AfterValidator(_web_address)]
DESCRIPTION_MAX = 100_000
"""Characters of HTML; the longest of some thousands of real postings had about 30,000."""


class Given(Model):
    """A posting as its source states it, before anything is derived. `description` is HTML."""

    title: Title
    description: Annotated[str, StringConstraints(max_length=DESCRIPTION_MAX)] = ""
    company: Name
    locations: tuple[Name, ...] = Field(default=(), max_length=200)
    mode: Mode | None = None
    remote_countries: tuple[Country, ...] = Field(default=(), max_length=250)
    employment_type: EmploymentType | None = None
    level: Level | None = None
    salary: Money | None = None
    skills: tuple[Name, ...] = Field(default=(), max_length=100)
    category: Name | None = None
    url: WebAddress | None = None
    apply_url: WebAddress | None = None
    external_id: Name | None = None
    posted_at: Timestamp | None = None
    closes_at: Timestamp | None = None


class Place(Model):
    """A place of the GeoNames gazetteer. `within` are the ids of its region and country."""

    id: StrictInt
    name: str
    kind: Literal["city", "region", "country"]
    country: Country
    region: str | None = None
    lat: StrictFloat
    lon: StrictFloat
    within: tuple[StrictInt, ...] = ()


class Evidence(Model):
    """Where a derived fact comes from: `text` stands at [start, end) of the given `field`.

    Offsets count characters; for `description` they count in the extracted plain text
    (`Derived.text`). `by` names the parser and its version, as `pay@1`.
    """

    field: Literal[
        "title",
        "description",
        "company",
        "location",
        "mode",
        "salary",
        "skills",
        "level",
        "employment_type",
        "remote_countries",
        "category",
    ]
    start: int
    end: int
    text: str
    by: str


class Derived(Model):
    """What processing found. A fact that the posting does not state is None or empty: unknown.

    `on_target` is what pay and commission come to together (OTE), which is no base pay; `equity` is
    true where shares or options are part of the package; `experience_years` is the least that is
    asked for; `closes_on` the last day to apply as the text has it; `utc_offsets` the least and the
    greatest offset from UTC, in hours, of the time zones to which the working day is limited.
    `parsers` are the versions of all parsers that looked, also of those that found nothing; one
    that is missing is the oldest.
    """

    html: str
    text: str
    language: str | None = None
    places: tuple[Place, ...] = ()
    mode: Mode | None = None
    remote_countries: tuple[Country, ...] = ()
    utc_offsets: tuple[float, float] | None = None
    level: Level | None = None
    roles: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    pay: Money | None = None
    pay_annual: AnnualPay | None = None
    on_target: Money | None = None
    equity: bool | None = None
    experience_years: float | None = None
    closes_on: date | None = None
    employment_type: EmploymentType | None = None
    visa: Visa | None = None
    clearance: Clearance | None = None
    category: str | None = None
    evidence: dict[str, tuple[Evidence, ...]] = Field(default_factory=dict)
    parsers: dict[str, int] = Field(default_factory=dict)


class Reason(Model):
    """Why a posting is not (yet) published: a stable code, the field, a sentence for a person."""

    code: str
    field: str | None = None
    detail: str


class Step(Model):
    """One station of a posting's way. `by` is the user id of the administrator who decided it."""

    status: Status
    at: Timestamp
    detail: str | None = None
    by: str | None = None


class Review(Model):
    """A posting waits for an administrator `since` then, for these reasons. It is off the board, or
    still on it where only a newer parser has doubts. `codes` are those of the reasons: what the
    queue is filtered by."""

    since: Timestamp
    reasons: tuple[Reason, ...]
    codes: tuple[str, ...]

    @classmethod
    def begun(cls, since: Timestamp, reasons: tuple[Reason, ...]) -> Self:
        codes = dict.fromkeys(reason.code for reason in reasons)
        return cls(since=since, reasons=reasons, codes=tuple(codes))


class Approval(Model):
    """An administrator let this content through in spite of these reasons. `content` is a digest of
    what was given, `codes` those of the reasons, `by` his user id."""

    content: str
    codes: tuple[str, ...]
    by: str
    at: Timestamp


class Source(Model):
    """Where a posting was seen: `name` is 'api', 'import' or the feed's id."""

    name: str
    url: str | None = None
    external_id: str | None = None
    seen_at: Timestamp


class Published(Model):
    """What the board keeps showing of a posting while a newer version waits for its outcome: the
    parts of the document that the newer version has replaced."""

    version: int
    given: Given
    sources: tuple[Source, ...]
    updated_at: Timestamp


class Merged(Model):
    """What other postings of the same cluster add to the one that stands for all: `members` are the
    ids of those that are on the board (this one among them), of very many the first, `count` says
    how many there are; `places` and `sources` are those of the others that it has not itself,
    `former_clusters` theirs."""

    members: tuple[str, ...]
    count: int = 0
    places: tuple[Place, ...] = ()
    sources: tuple[Source, ...] = ()
    former_clusters: tuple[str, ...] = ()


class Posting(Model):
    """The stored document. `version` rises with each write of its given part, and of what the board
    shows of it beside: other facts, other members of its cluster. `published` is set where `given`
    is newer than what `derived` was found in and strangers may read. `review` is set where an
    administrator is asked, `approval` where one has agreed. `canonical_id` is the posting that
    stands for the cluster, where that is another; `merged` is set where it is this one, and there
    are others. `former_clusters` are those out of which a person has taken it: who was told of this
    posting then knows it. `repost_of` is a posting of the same vacancy that was closed before this
    one came. `received_at` is when the request arrived that brought what is given, `traceparent`
    its trace; both are unset where nobody asked, as with a feed.
    """

    id: str
    owner_id: str
    given: Given
    version: int = 1
    status: Status = Status.SUBMITTED
    reasons: tuple[Reason, ...] = ()
    attempts: int = 0
    history: tuple[Step, ...] = ()
    derived: Derived | None = None
    cluster_id: str | None = None
    canonical_id: str | None = None
    merged: Merged | None = None
    former_clusters: tuple[str, ...] = ()
    repost_of: str | None = None
    sources: tuple[Source, ...] = ()
    created_at: Timestamp
    updated_at: Timestamp
    first_seen_at: Timestamp
    published_at: Timestamp | None = None
    published: Published | None = None
    review: Review | None = None
    approval: Approval | None = None
    closed_at: Timestamp | None = None
    traceparent: str | None = None
    # Left out where it is unset: a program that does not know it can read such a document.
    received_at: Timestamp | None = Field(default=None, exclude_if=lambda at: at is None)

    @property
    def all_places(self) -> tuple[Place, ...]:
        """Its own, and what the other members of its cluster add."""
        own = self.derived.places if self.derived is not None else ()
        return own + self.merged.places if self.merged is not None else own

    @property
    def members(self) -> frozenset[str]:
        """The postings that it stands for: itself, and those of its cluster on the board."""
        others = self.merged.members if self.merged is not None else ()
        return frozenset((self.id, *others))

    @property
    def all_former_clusters(self) -> tuple[str, ...]:
        """Its own, and those of the other members of its cluster."""
        others = self.merged.former_clusters if self.merged is not None else ()
        return tuple(dict.fromkeys(self.former_clusters + others))

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """Its own, and what the other members of its cluster add."""
        return self.sources + self.merged.sources if self.merged is not None else self.sources
