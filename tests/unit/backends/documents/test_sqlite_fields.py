"""Fields become SQL safely; values keep their kinds."""

import pytest

from backends.documents.sqlite_fields import decode, encode, json_path


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
