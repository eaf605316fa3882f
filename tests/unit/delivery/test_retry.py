"""The schedule of retries: at least eight tries over at least a day, whatever the dice say."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.retry import RetrySchedule

SCHEDULE = RetrySchedule()


def lowest(low: float, high: float) -> float:
    return low


def highest(low: float, high: float) -> float:
    return high


def life(uniform: Callable[[float, float], float]) -> list[float]:
    """The ages in seconds at which a delivery that always fails is tried."""
    tries, age = [0.0], 0.0
    while (wait := SCHEDULE.next_wait_s(len(tries), timedelta(seconds=age), uniform)) is not None:
        age += wait
        tries.append(age)
    return tries


@given(st.integers())
def test_a_delivery_is_given_up_after_eight_tries_and_a_day(seed: int) -> None:
    tries = life(random.Random(seed).uniform)
    assert len(tries) >= 8
    assert tries[-1] >= 24 * 3600


def test_the_longest_waits_end_within_two_days() -> None:
    tries = life(highest)
    assert len(tries) == 10
    assert 24 * 3600 <= tries[-1] <= 48 * 3600


def test_the_shortest_draws_still_pause() -> None:
    assert SCHEDULE.next_wait_s(1, timedelta(0), lowest) == SCHEDULE.floor_s


def test_waits_are_drawn_from_the_whole_step() -> None:
    drawn: list[tuple[float, float]] = []

    def watching(low: float, high: float) -> float:
        drawn.append((low, high))
        return high

    for attempts in range(1, 12):
        SCHEDULE.next_wait_s(attempts, timedelta(0), watching)
    assert [low for low, _ in drawn] == [0.0] * 11
    assert [high for _, high in drawn] == [*SCHEDULE.steps_s, *SCHEDULE.steps_s[-1:] * 3]


@pytest.mark.parametrize(
    ("asked", "waits"), [(None, 10.0), (3.0, 10.0), (120.0, 120.0), (1e9, 86_400.0)]
)
def test_the_receivers_wish_is_obeyed_up_to_a_day(asked: float | None, waits: float) -> None:
    assert SCHEDULE.next_wait_s(1, timedelta(0), highest, asked) == waits
