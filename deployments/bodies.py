"""What the posting and alert routes take in: closed models, so that a field we do not know, an
`owner_id` or an operator object is refused before anything is done with it."""

from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Strict,
    StringConstraints,
    model_validator,
)

from models.alert import AlertName
from models.base import Model, Timestamp
from models.money import Country, Currency, Money, Period
from models.posting import DESCRIPTION_MAX, EmploymentType, Level, Mode, Name, Title, WebAddress
from reference.money import ISO_4217
from services.alerting.lists import Items, ListField, ListName
from services.alerting.queries import QueryInput, QueryText
from services.alerting.terms import AlertTerms


def _not_blank(text: str) -> str:
    """What a feed or an import may lack, somebody who writes a posting must say."""
    if not text.strip():
        raise ValueError("a text that is not blank")
    return text


def _known_currency(value: object) -> object:
    if isinstance(value, str) and value not in ISO_4217:
        raise ValueError("an ISO 4217 currency code")
    return value


Description = Annotated[
    str, StringConstraints(max_length=DESCRIPTION_MAX), AfterValidator(_not_blank)
]
KnownCurrency = Annotated[Currency, BeforeValidator(_known_currency)]
Id = Annotated[str, StringConstraints(max_length=36)]
Amount = Annotated[float, Strict()]
"""A number: neither a text of one, which a CSV file has to use, nor a boolean."""


def _written_out(value: object) -> object:
    """Refuse what pydantic would take for seconds since 1970: a number, and a text of one."""
    if not isinstance(value, str) or ":" not in value:
        raise ValueError("a time as 2026-11-21T09:30:00Z")
    return value


Moment = Annotated[Timestamp, BeforeValidator(_written_out)]


class Facts(Model):
    """What a posting may state beside its title, description, company and places."""

    mode: Mode | None = None
    remote_countries: Annotated[tuple[Country, ...], Field(max_length=250)] | None = None
    employment_type: EmploymentType | None = None
    level: Level | None = None
    skills: Annotated[tuple[Name, ...], Field(max_length=100)] | None = None
    category: Name | None = None
    url: WebAddress | None = None
    apply_url: WebAddress | None = None
    external_id: Name | None = None
    closes_at: Moment | None = None


class Salary(Money):
    """The bounds as JSON numbers, the currency one that is in use."""

    min: Annotated[Amount, Field(ge=0, le=1e12)] | None = None
    max: Annotated[Amount, Field(ge=0, le=1e12)] | None = None
    currency: KnownCurrency


class Submission(Facts):
    """A posting to publish. The company by name or by id; one location or several."""

    title: Title
    description: Annotated[Description, Field(description="HTML or plain text")]
    company: Name | None = None
    company_id: Id | None = None
    location: Name | None = None
    locations: Annotated[tuple[Name, ...], Field(max_length=200)] | None = None
    salary: Salary | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.company is None) == (self.company_id is None):
            raise ValueError("give either company or company_id")
        if self.location is not None and self.locations is not None:
            raise ValueError("give either location or locations")
        return self


class SalaryPatch(Model):
    """Parts of the salary to change; the others stay."""

    min: Amount | None = None
    max: Amount | None = None
    currency: KnownCurrency | None = None
    period: Period | None = None


class Revision(Facts):
    """The fields to change. A field that is null is taken away; one that is missing stays, and so
    does what a posting cannot be without."""

    title: Title | None = None
    description: Description = ""
    company: Name | None = None
    locations: Annotated[tuple[Name, ...], Field(max_length=200)] | None = None
    salary: SalaryPatch | None = None


class WhyBody(Model):
    """Exactly one of a query, as text or as a criteria tree, and an alert of yours."""

    query: QueryText | None = None
    criteria: dict[str, Any] | None = None
    alert_id: Id | None = None


class AlertChange(QueryInput, AlertTerms):
    """The fields to change; a field that is missing or null stays as it is."""

    name: AlertName | None = None


class AlertBody(AlertChange):
    """A new alert: a name, and exactly one of `query` and `criteria`."""

    name: AlertName


class ListBody(Model):
    """A new list of companies or skills, which queries name as `company:@name` or `skill:@name`."""

    name: ListName
    field: ListField
    items: Items


class ListChange(Model):
    """The items that the list has from now on. A name or a field that is given is the list's."""

    name: ListName | None = None
    field: ListField | None = None
    items: Items
