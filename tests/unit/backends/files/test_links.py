"""Links to files: bound to one file and one end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.files.base import LINK_MAX_S
from backends.files.links import Grant, LinkMaker, sign, verify

SECRET, OLD = "s" * 32, "o" * 32
NOW = datetime(2026, 11, 21, 9, 30, 0, 123_457, tzinfo=UTC)
GRANT = Grant("cvs/one.pdf", NOW)
MAKER = LinkMaker("https://jobs.example.org/files/", SECRET, lambda: NOW)


def test_a_link_names_its_file_and_its_end() -> None:
    link = MAKER.link("cvs/one.pdf", 90.5)
    token = link.removeprefix("https://jobs.example.org/files/")
    assert verify(token, [SECRET]) == Grant("cvs/one.pdf", NOW + timedelta(seconds=90.5))
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize("expires_s", [0, -60, LINK_MAX_S + 0.1, float("nan"), float("inf")])
def test_a_link_lives_neither_never_nor_for_ever(expires_s: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        MAKER.link("cvs/one.pdf", expires_s)


@given(st.integers(0, 100 * 365 * 24 * 3600 * 10**6))
def test_the_end_is_kept_to_the_microsecond(later_us: int) -> None:
    grant = Grant("cvs/one.pdf", NOW + timedelta(microseconds=later_us))
    assert verify(sign(grant, SECRET), [SECRET]) == grant


def test_the_key_before_a_rotation_is_good_while_it_is_given() -> None:
    token = sign(GRANT, OLD)
    assert verify(token, [SECRET, OLD]) == GRANT
    assert verify(token, [SECRET]) is None


@pytest.mark.parametrize(
    "other", [Grant("cvs/two.pdf", NOW), Grant("cvs/one.pdf", NOW + timedelta(microseconds=1))]
)
def test_a_signature_is_good_for_nothing_else(other: Grant) -> None:
    payload = sign(other, SECRET).partition(".")[0]
    mac = sign(GRANT, SECRET).partition(".")[2]
    assert verify(f"{payload}.{mac}", [SECRET]) is None


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(MAKER)
