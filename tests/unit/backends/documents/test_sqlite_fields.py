"""Fields become SQL safely; cursors say what they were made for."""

import pytest

from backends.documents.base import Sort
from backends.documents.collections import POSTINGS
from backends.documents.sqlite_fields import decode, encode, json_path
from backends.documents.sqlite_pages import Keyset, read_cursor, write_cursor


@pytest.mark.parametrize("field", ["", ".", "a.", ".a", "a..b", "a'b", 'a"b', "a b", "1a", "a[0]"])
def test_only_dotted_names_become_sql(field: str) -> None:
    with pytest.raises(ValueError, match="not a field name"):
        json_path(field)


def test_a_path_quotes_each_step() -> None:
    assert json_path("given.external_id") == """'$."given"."external_id"'"""


@pytest.mark.parametrize("value", [None, True, False, 0, 1, 1.5, "", "1", "true"])
def test_scalars_come_back_in_their_kind(value: object) -> None:
    back = decode(encode(value))  # type: ignore[arg-type]
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [None, b"\x01", 3, 0.1, "2026-01-01T00:00:00.000000Z", "ä\x00"])
def test_a_cursor_comes_back(value: object) -> None:
    sort, last = Sort("first_seen_at", descending=True), Keyset(value, "some-id")
    cursor = write_cursor(POSTINGS, sort, last)
    assert read_cursor(POSTINGS, sort, cursor) == last
    assert cursor.replace("-", "").replace("_", "").isalnum()
