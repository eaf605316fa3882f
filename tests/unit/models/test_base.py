"""What a newer version of the program has written, and what others send."""

import json
import random
from typing import Any

import pytest
from pydantic import ValidationError

from models.events import Event
from models.posting import Posting
from tests.worlds import some_posting

MAPS = {"evidence", "parsers"}
"""Their keys are data, not fields."""


def of_a_newer_version(value: Any, name: str = "") -> Any:
    """The same with a field more in every object."""
    if isinstance(value, list):
        return [of_a_newer_version(each) for each in value]
    if not isinstance(value, dict):
        return value
    fields = {key: of_a_newer_version(each, key) for key, each in value.items()}
    return fields if name in MAPS else fields | {"added_later": [1]}


@pytest.mark.parametrize("seed", range(20))
def test_what_a_newer_version_stored_is_read_without_what_is_new(seed: int) -> None:
    posting = some_posting(random.Random(seed))
    body = of_a_newer_version(posting.model_dump(mode="json"))
    assert Posting.from_store(body) == posting
    assert Posting.from_stored_json(json.dumps(body)) == posting


def test_an_event_of_a_newer_version_keeps_its_data() -> None:
    event = Event(type="t", subject="s", key="k", data={"posting": {"added_later": 1}})
    newer = event.model_dump(mode="json") | {"added_later": 1}
    assert Event.from_stored_json(json.dumps(newer)) == event


def test_whoever_asks_is_refused_what_is_not_known() -> None:
    body = some_posting(random.Random(1)).model_dump(mode="json")
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Posting.model_validate(body | {"added_later": 1})


def test_what_is_missing_is_still_missing() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        Posting.from_store({})
