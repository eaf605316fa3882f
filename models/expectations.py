"""What a value should have been, in the words of JSON, where pydantic speaks of Python's types.

An error here reads "expected X, got Y": "an array", not "Input should be a valid tuple".
"""

from collections.abc import Mapping
from typing import Any

_KINDS = {
    "missing": "a value",
    "extra_forbidden": "no field of this name",
    "tuple_type": "an array",
    "list_type": "an array",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
_LIMITS = {
    "string_too_short": "a string of at least {min_length} characters",
    "string_too_long": "a string of at most {max_length} characters",
    "string_pattern_mismatch": "a string that matches {pattern}",
    "too_short": "an array of at least {min_length}",
    "too_long": "an array of at most {max_length}",
    "greater_than": "a number greater than {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number less than {lt}",
    "less_than_equal": "a number of at most {le}",
}


def expectation(fault: Mapping[str, Any]) -> str:
    """What one fault of `ValidationError.errors()` says was expected. A validator of ours says it
    itself."""
    kind = fault["type"]
    if kind in _LIMITS:
        return _LIMITS[kind].format_map(fault["ctx"])
    said = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return _KINDS.get(kind, said)
