"""The criteria tree of an alert: the one syntax tree of alerts, search, preview and feeds.

Three-valued (Kleene): a test on a fact that the posting does not state is *unknown*. At the top an
unknown passes or drops as the alert says; a `hard` test turns its own unknown into false.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat

from models.base import Model
from models.money import Country, Currency, Period
from models.posting import Clearance, EmploymentType, Level, Mode, Place


class Outcome(StrEnum):
    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class UnknownPolicy(StrEnum):
    PASS = "pass"  # noqa: S105 - a policy, no password
    DROP = "drop"


class Test(Model):
    """Base of the leaves. A `hard` test is false where the posting does not state the fact."""

    __test__ = False  # pytest: this is no test class
    hard: StrictBool = False


class Words(Test):
    """Words of one text field; `any` is title, description, company and skills.

    `word`: the single term of `text`; `phrase`: its terms next to each other, in order, in one
    field; `prefix`: a word that begins with the term of `text`. Never unknown: text is stated.
    """

    op: Literal["words"] = "words"
    field: Literal["any", "title", "description", "company"] = "any"
    kind: Literal["word", "phrase", "prefix"] = "word"
    text: Annotated[str, Field(min_length=1, max_length=500)]


class HasSkill(Test):
    """One skill, by its canonical name in the taxonomy. Unknown where no skill was found."""

    op: Literal["skill"] = "skill"
    skill: str


class Experience(Test):
    """The years of experience that are asked for at the least: `min` or more, `max` or fewer."""

    op: Literal["experience"] = "experience"
    min: StrictFloat | None = None
    max: StrictFloat | None = None


class LevelIn(Test):
    """A seniority between two levels, both included."""

    op: Literal["level"] = "level"
    min: Level
    max: Level


class EmploymentIn(Test):
    op: Literal["employment"] = "employment"
    values: tuple[EmploymentType, ...] = Field(min_length=1)


class ModeIn(Test):
    op: Literal["mode"] = "mode"
    values: tuple[Mode, ...] = Field(min_length=1)


class Near(Test):
    """A place of the posting within `km` of the centre of `place` (great circle)."""

    op: Literal["near"] = "near"
    place: Place
    km: Annotated[StrictFloat, Field(gt=0, le=20_000)]


class In(Test):
    """A place of the posting is `place`, or lies within that region or country."""

    op: Literal["place"] = "place"
    place: Place


class RemoteFrom(Test):
    """Remote, and the posting accepts people who live in `country`; None: any country."""

    op: Literal["remote"] = "remote"
    country: Country | None = None


class Pay(Test):
    """Pay of at least `min` or at most `max`: the two ranges overlap, compared as USD a year."""

    op: Literal["pay"] = "pay"
    min: StrictFloat | None = None
    max: StrictFloat | None = None
    currency: Currency
    period: Period = Period.YEAR


class VisaIs(Test):
    op: Literal["visa"] = "visa"
    value: Literal["offered", "refused"]


class ClearanceIs(Test):
    """Whether the posting asks for a security clearance."""

    op: Literal["clearance"] = "clearance"
    value: Clearance


class CategoryIn(Test):
    """Categories by their canonical names. Unknown where none was given or found."""

    op: Literal["category"] = "category"
    values: tuple[str, ...] = Field(min_length=1)


class SourceIn(Test):
    """Where the posting was seen: the name of a source ("api", "import", a feed's id) or a host
    ("greenhouse.io" is also "boards.greenhouse.io"). Never unknown."""

    op: Literal["source"] = "source"
    values: tuple[str, ...] = Field(min_length=1)


class InList(Test):
    """The company, or one of the skills, is on a named list.

    `items` are the names on a person's own list as it was when the query was saved; a list that
    the product brings ("agencies") has none here. A company is never unknown; skills are where
    none was found.
    """

    op: Literal["list"] = "list"
    field: Literal["company", "skill"]
    name: str
    items: tuple[str, ...] = ()


class LanguageIn(Test):
    """ISO 639-1 codes."""

    op: Literal["language"] = "language"
    values: tuple[str, ...] = Field(min_length=1)


class PostedWithin(Test):
    """`posted` counts from the source's date, `first_seen` from when we first had it."""

    op: Literal["age"] = "age"
    field: Literal["posted", "first_seen"] = "posted"
    hours: Annotated[StrictFloat, Field(gt=0, le=24 * 3660)]


class Not(Model):
    op: Literal["not"] = "not"
    item: "Criteria"


class And(Model):
    op: Literal["and"] = "and"
    items: tuple["Criteria", ...] = Field(min_length=2)


class Or(Model):
    op: Literal["or"] = "or"
    items: tuple["Criteria", ...] = Field(min_length=2)


Leaf = (
    Words
    | HasSkill
    | LevelIn
    | Experience
    | EmploymentIn
    | ModeIn
    | Near
    | In
    | RemoteFrom
    | Pay
    | VisaIs
    | ClearanceIs
    | CategoryIn
    | SourceIn
    | InList
    | LanguageIn
    | PostedWithin
)
Criteria = Annotated[Leaf | Not | And | Or, Field(discriminator="op")]

Not.model_rebuild()
And.model_rebuild()
Or.model_rebuild()


class Clause(Model):
    """One line of an explanation: a clause, its outcome, and the words that decided it.

    `clause` is the clause in the alert language; `text` stands at [start, end) of the posting's
    `field`; `value` is the derived fact that was compared, as text.
    """

    clause: str
    outcome: Outcome
    field: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    value: str | None = None


class Explanation(Model):
    """`near_miss` names the one clause that failed where all others held."""

    matched: bool
    clauses: tuple[Clause, ...]
    near_miss: str | None = None
