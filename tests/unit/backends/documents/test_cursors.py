"""Cursors come back, and say what they were made for."""

import pytest

from backends.documents.base import Sort
from backends.documents.collections import POSTINGS, USERS
from backends.documents.cursors import Keyset, read_cursor, write_cursor
from backends.documents.filters import Scalar
from models.errors import InvalidInput

SORT = Sort("first_seen_at", descending=True)


@pytest.mark.parametrize(
    "value", [None, True, False, 3, 0.1, -(2**63), "2026-01-01T00:00:00.000000Z", "ä\x00"]
)
def test_a_cursor_comes_back(value: Scalar) -> None:
    cursor = write_cursor(POSTINGS, SORT, Keyset(value, "some-id"))
    back = read_cursor(POSTINGS, SORT, cursor)
    assert back == Keyset(value, "some-id")
    assert type(back.value) is type(value)
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = write_cursor(POSTINGS, SORT, Keyset("x", "some-id"))
    for collection, sort in ((USERS, SORT), (POSTINGS, Sort("first_seen_at")), (POSTINGS, None)):
        with pytest.raises(InvalidInput) as refused:
            read_cursor(collection, sort, cursor)
        assert [error.parameter for error in refused.value.errors] == ["cursor"]


def test_a_value_that_no_store_can_hold_is_refused() -> None:
    cursor = write_cursor(POSTINGS, SORT, Keyset(2**63, "some-id"))
    with pytest.raises(InvalidInput):
        read_cursor(POSTINGS, SORT, cursor)
