"""Pay as it was given: a range in one currency for one period."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.base import Model

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


class Period(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Money(Model):
    """A range of pay in `currency` (ISO 4217) for each `period`; at least one bound is given."""

    min: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] | None = None
    max: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] | None = None
    currency: Currency
    period: Period = Period.YEAR

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("min or max must be given")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min must not exceed max")
        return self


class AnnualPay(Model):
    """Pay for a year in its own currency, and in USD by the rate of the posting's day."""

    min: float | None = None
    max: float | None = None
    currency: Currency
    usd_min: float | None = None
    usd_max: float | None = None
