"""Fields of a record -> `Given`, or the faults by JSON pointer in words a person can act on."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.errors import FieldError, kind_of
from models.posting import Given
from reference.money import ISO_4217
from sources.base import Parsed, rejected

Fields = Mapping[str, Any]

_CURRENCY = "an ISO 4217 currency code"
_GOT_MAX = 80
_ERRORS_MAX = 20


def parsed(line: int, fields: Fields) -> Parsed:
    """The record that begins at `line`; at most 20 of its faults are named. A faulty one still says
    whose it is, where that is no fault itself."""
    try:
        given = Given.model_validate(fields)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        errors = tuple(_field_error(fault) for fault in faults[:_ERRORS_MAX])
        return Parsed(line=line, given=None, errors=errors, external_id=_identity(fields, faults))
    if given.salary is not None and given.salary.currency not in ISO_4217:
        got, identity = shown(given.salary.currency), given.external_id
        return rejected(line, "/salary/currency", _CURRENCY, got, external_id=identity)
    return Parsed(line=line, given=given)


def _identity(fields: Fields, faults: Sequence[ErrorDetails]) -> str | None:
    if any(fault["loc"][:1] in ((), ("external_id",)) for fault in faults):
        return None
    return fields.get("external_id")


def shown(value: object) -> str:
    """The value as JSON, cut to 80 characters; of one nested too deeply only its kind."""
    try:
        text = orjson.dumps(value, default=str).decode()
    except orjson.JSONEncodeError:
        text = kind_of(value)
    return text if len(text) <= _GOT_MAX else text[: _GOT_MAX - 1] + "…"


def _field_error(fault: ErrorDetails) -> FieldError:
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in fault["loc"]]
    return FieldError(
        pointer="".join(f"/{step}" for step in steps), expected=_expected(fault), got=_got(fault)
    )


def _expected(fault: ErrorDetails) -> str:
    limits = fault.get("ctx", {})
    match fault["type"]:
        case "missing":
            return "a value"
        case "extra_forbidden":
            return "a field of a posting"
        case "string_too_long":
            return f"at most {limits['max_length']} characters"
        case "string_too_short":
            return f"at least {limits['min_length']} character"
        case "string_pattern_mismatch" if fault["loc"][-1] == "currency":
            return _CURRENCY
        case _:
            return fault["msg"].removeprefix("Input should be ").removeprefix("Value error, ")


def _got(fault: ErrorDetails) -> str:
    if fault["type"] == "missing":
        return "nothing"
    if fault["type"] == "string_too_long":
        return f"{len(fault['input'])} characters"
    return shown(fault["input"])
