"""The answers of the posting, alert, match, search and company routes, as OpenAPI shows them.

They describe and are not run: the routes send what `services.representations` makes of stored
bodies, without building models. A test holds the two together.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from models.alert import Alert
from models.base import Model, Timestamp
from models.criteria import Clause
from models.money import AnnualPay, Country, Money
from models.notification import PostingRef
from models.posting import (
    Clearance,
    EmploymentType,
    Evidence,
    Level,
    Mode,
    Reason,
    Source,
    Status,
    Visa,
)
from services.alerting.lists import ListField


class Links(Model):
    self: str
    status: str


class AcceptedAnswer(Model):
    """A submission is taken in; processing happens in the background. `warnings` are reasons for
    which it will not be published as it is; there may be others that only processing finds."""

    id: str
    status: Status
    version: int
    links: Links
    warnings: list[Reason]


class StepAnswer(Model):
    """One station of a posting's way."""

    status: Status
    at: Timestamp
    detail: str | None


class StatusAnswer(Model):
    id: str
    version: int
    status: Status
    reasons: list[Reason]
    attempts: int
    history: list[StepAnswer]


class PlaceAnswer(Model):
    id: Annotated[int, Field(description="GeoNames id")]
    name: str
    country: Country
    region: str | None
    lat: float
    lon: float


class StatedAnswer(Model):
    """What the source stated. `description` (as handed in) only to the owner and an admin."""

    title: str
    company: str
    locations: list[str]
    mode: Mode | None
    remote_countries: list[Country]
    employment_type: EmploymentType | None
    level: Level | None
    salary: Money | None
    skills: list[str]
    category: str | None
    url: str | None
    apply_url: str | None
    external_id: str | None
    posted_at: Timestamp | None
    closes_at: Timestamp | None
    description: str | None = None


class ClusterOfPosting(Model):
    """The vacancy that a posting tells of. `canonical_id` is the posting that stands for all of
    them: it shows their places and sources, the ids of the `members` (of very many the first) and
    their `count`. Any other names that one and itself, and its `count` is null:
    `/jobs/{id}/cluster` has them all."""

    id: str
    canonical_id: str
    members: list[str]
    count: int | None


class PostingAnswer(Model):
    """A posting: the facts as they hold. `description` is clean HTML, `text` the plain text that
    evidence counts characters in; `evidence` gives for each derived fact where it was found."""

    id: str
    version: int
    status: Status
    title: str
    company: str
    description: str | None
    text: str | None
    locations: list[str]
    places: list[PlaceAnswer]
    mode: Mode | None
    remote_countries: list[Country]
    utc_offsets: Annotated[
        tuple[float, float] | None,
        Field(description="Least and greatest offset from UTC, in hours, of the working day"),
    ]
    employment_type: EmploymentType | None
    level: Level | None
    roles: list[str]
    skills: list[str]
    category: Annotated[str | None, Field(description="A category of ours, as `engineering`")]
    salary: Money | None
    pay: Money | None
    pay_annual: AnnualPay | None
    on_target: Annotated[Money | None, Field(description="Base pay and commission together")]
    equity: Annotated[bool | None, Field(description="Whether shares or options are offered")]
    experience_years: Annotated[float | None, Field(description="The least that is asked for")]
    closes_on: Annotated[date | None, Field(description="The last day to apply, as its text says")]
    language: str | None
    visa: Visa | None
    clearance: Clearance | None
    url: str | None
    apply_url: str | None
    external_id: str | None
    posted_at: Timestamp | None
    closes_at: Timestamp | None
    evidence: dict[str, list[Evidence]]
    given: StatedAnswer
    cluster_id: str | None
    cluster: ClusterOfPosting | None
    repost_of: Annotated[
        str | None, Field(description="A posting of this vacancy that was closed before")
    ]
    sources: list[Source]
    created_at: Timestamp
    updated_at: Timestamp
    first_seen_at: Timestamp
    published_at: Timestamp | None
    closed_at: Timestamp | None
    owner_id: Annotated[str | None, Field(description="Only to the owner and an admin")] = None


class HighlightAnswer(Model):
    """Words of `title` or of `text` (field "description") that the query named."""

    field: str
    start: int
    end: int
    text: str


class HitAnswer(PostingAnswer):
    score: float
    highlights: list[HighlightAnswer]


class FacetValue(Model):
    value: str
    count: int


class SearchAnswer(Model):
    items: list[HitAnswer]
    total: int
    facets: dict[str, list[FacetValue]]
    next_cursor: str | None
    took_ms: float


class AlertAnswer(Alert):
    """An alert; `query` is the normal form of `criteria`."""

    user_id: Annotated[str, Field(exclude=True)] = ""


class AlertPage(Model):
    items: list[AlertAnswer]
    next_cursor: str | None


class MatchAnswer(Model):
    """`posting` is null once it is gone from the board."""

    id: str
    alert_id: str
    posting_version: int
    firing: int
    clauses: list[Clause]
    created_at: Timestamp
    posting: PostingRef | None


class MatchPage(Model):
    items: list[MatchAnswer]
    next_cursor: str | None


class WarningAnswer(Model):
    code: str
    detail: str


class NearMissAnswer(Model):
    """How many more postings of those days match without this clause."""

    clause: str
    count: int


class PreviewAnswer(Model):
    """`per_day` counts the last 30 UTC days, today last; `near_misses` are of the first ten
    clauses, none where there is only one."""

    query: str
    criteria: dict[str, Any]
    count_30d: int
    per_day: list[int]
    sample: list[PostingRef]
    warnings: list[WarningAnswer]
    near_misses: list[NearMissAnswer]


class PostingNearMisses(Model):
    """How many alerts a posting meets (null: fewer than 5), and how many it misses by one clause
    alone, by the field of that clause ("several" where it tests more than one); a field that is not
    there: fewer than 5."""

    matched: int | None
    by_field: dict[str, int]


class BuiltInList(Model):
    """A list that everybody can name and nobody changes. `count` is the number of its names."""

    name: str
    field: ListField
    count: int
    built_in: bool


class ListAnswer(BuiltInList):
    """A list of yours. Skills are shown by their canonical names."""

    items: list[str]
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class ListPage(Model):
    """Your lists by name, and with each page those that everybody has."""

    items: list[ListAnswer]
    built_in: list[BuiltInList]
    next_cursor: str | None


class CompanyAnswer(Model):
    id: str
    name: str
    slug: str
    created_at: Timestamp


class CompanyDetail(CompanyAnswer):
    postings: Annotated[int, Field(description="Published postings now")]


class CompanyPage(Model):
    items: list[CompanyAnswer]
    next_cursor: str | None
