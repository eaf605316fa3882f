"""A posting: what was given, what was derived from it with evidence, and where it stands."""

from enum import StrEnum
from typing import Annotated, Literal

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
    """What processing found. A fact that the posting does not state is None or empty: unknown."""

    html: str
    text: str
    language: str | None = None
    places: tuple[Place, ...] = ()
    mode: Mode | None = None
    remote_countries: tuple[Country, ...] = ()
    level: Level | None = None
    roles: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    pay: Money | None = None
    pay_annual: AnnualPay | None = None
    employment_type: EmploymentType | None = None
    visa: Visa | None = None
    clearance: Clearance | None = None
    category: str | None = None
    evidence: dict[str, tuple[Evidence, ...]] = Field(default_factory=dict)


class Reason(Model):
    """Why a posting is not (yet) published: a stable code, the field, a sentence for a person."""

    code: str
    field: str | None = None
    detail: str


class Step(Model):
    """One station of a posting's way."""

    status: Status
    at: Timestamp
    detail: str | None = None


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


class Posting(Model):
    """The stored document. `version` rises with each write of its given part. `published` is set
    where `given` is newer than what `derived` was found in and strangers may read."""

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
    sources: tuple[Source, ...] = ()
    created_at: Timestamp
    updated_at: Timestamp
    first_seen_at: Timestamp
    published_at: Timestamp | None = None
    published: Published | None = None
    closed_at: Timestamp | None = None
    traceparent: str | None = None
