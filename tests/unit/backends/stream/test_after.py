"""Where a subscription begins that comes after others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.stream.after import Standing, check_start, furthest_behind
from backends.stream.base import PARTITIONS, After

PLACES = st.integers(0, 9)
STANDINGS = st.lists(
    st.builds(
        Standing,
        st.lists(PLACES, min_size=PARTITIONS, max_size=PARTITIONS),
        st.dictionaries(st.integers(0, PARTITIONS - 1), PLACES),
    ),
    max_size=4,
)


def test_in_each_partition_the_furthest_behind_counts() -> None:
    begin = [2] * PARTITIONS
    found = furthest_behind([Standing(begin, {0: 7, 1: 3}), Standing(begin, {0: 5, 1: 4})], 0)
    assert found == [5, 3] + [2] * (PARTITIONS - 2)


def test_who_has_not_claimed_a_partition_stands_at_its_begin() -> None:
    found = furthest_behind([Standing([8] * PARTITIONS, {}), Standing([6] * PARTITIONS, {0: 9})], 0)
    assert found == [8] + [6] * (PARTITIONS - 1)


def test_where_there_is_none_it_is_the_beginning() -> None:
    assert furthest_behind([], -1) == [-1] * PARTITIONS


@given(STANDINGS)
def test_nothing_is_left_out_that_somebody_has_yet_to_do(
    standings: list[Standing[int]],
) -> None:
    begin = furthest_behind(standings, -1)
    for number in range(PARTITIONS):
        left = [each.places.get(number, each.begin[number]) for each in standings]
        assert all(begin[number] <= place for place in left)
        # And not more than somebody has to do.
        assert begin[number] in (left or [-1])


def test_a_shared_subscription_comes_after_nobody() -> None:
    check_start("ordered", After(("a",)))
    check_start("shared", "latest")
    with pytest.raises(ValueError, match="only an ordered"):
        check_start("shared", After(("a",)))
