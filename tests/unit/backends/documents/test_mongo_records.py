"""Bodies become records that every server takes, and come back; keys are equal where values are."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.documents.base import Body, Document
from backends.documents.collections import Collection, Index
from backends.documents.filters import Eq, matches
from backends.documents.mongo_records import (
    content,
    document,
    entries,
    event_of,
    plain,
    pushed,
    unique_key,
    waiting,
)
from models.errors import InvalidInput
from models.events import Event

KEYED = Collection("keyed", (Index("plain", ("a",)), Index("one", ("a", "b.c"), unique=True)))
NAMES = st.text(alphabet="$.%\x00ab2E", max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


def stored(body: Body) -> dict[str, Any]:
    return content(KEYED, body)


def names_of(value: Any) -> list[str]:
    """Every name in a stored value; nested lists fail."""
    if isinstance(value, dict):
        return [name for key, item in value.items() for name in (key, *names_of(item))]
    if isinstance(value, list):
        assert not any(isinstance(item, list) for item in value)
        return [name for item in value for name in names_of(item)]
    return []


@given(st.dictionaries(NAMES, JSON, max_size=4))
def test_what_servers_refuse_is_coded_and_comes_back(body: Body) -> None:
    record = stored(body)
    for name in names_of(record["body"]):
        assert "." not in name
        assert "\x00" not in name
        assert not name.startswith("$")
    assert document({"_id": "a", "v": 3, **record}) == Document("a", 3, body)


def test_an_ordinary_body_is_stored_as_it_is() -> None:
    body = {"given": {"title": "$100 a.b%"}, "a$": [1, {"b": [2]}]}
    assert stored(body) == {"body": body, "coded": False, "u": {}}


def test_a_body_that_is_not_json_is_refused() -> None:
    with pytest.raises(InvalidInput):
        plain({"bad": object()})


@pytest.mark.parametrize(
    "body", [{}, {"a": 1}, {"a": None, "b": {"c": 1}}, {"a": 1, "b": {"c": [1]}}, {"a": 1, "b": 2}]
)
def test_a_key_needs_a_scalar_in_each_field(body: Body) -> None:
    assert stored(body)["u"] == {}


def test_keys_are_equal_where_values_are() -> None:
    values = [0, -0.0, 1, 1.0, True, False, "1", "", "true", 1.5, 2**53, 2**53 + 1, float(2**53)]
    for one, other in product(values, repeat=2):
        same = matches(Eq("a", one), {"a": other})  # type: ignore[arg-type]
        assert (unique_key({"a": one}, ["a"]) == unique_key({"a": other}, ["a"])) == same


def test_keys_of_several_fields_do_not_run_together() -> None:
    keys = {
        unique_key({"a": a, "b": {"c": c}}, ["a", "b.c"])
        for a, c in (("x", "yz"), ("xy", "z"), ('x", "y', "z"), ("x", 'y", "z'), (1, 2), (12, 0))
    }
    assert len(keys) == 6
    assert None not in keys


def test_the_outbox_keeps_events_and_their_order() -> None:
    events = [Event(type="t.v1", subject="s", key="k", data={"$x": [[n]]}) for n in range(3)]
    out = entries([("topic", event) for event in events], "a-write")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert pushed(out, now) == {"$push": {"out": {"$each": out}}, "$min": {"out_at": now}}
    assert pushed([], now) == {}
    held = waiting({"_id": "a", "out": out[:1]}, out[1:])
    assert [event_of(entry) for entry in held.out] == events
    assert {(entry["topic"], entry["write"]) for entry in held.out} == {("topic", "a-write")}
    assert (held.id, held.dead) == ("a", False)
