"""Turns: fair between users, in order for each, bounded."""

from hypothesis import given
from hypothesis import strategies as st

from delivery.turns import Turns


def drain(turns: Turns[int]) -> list[tuple[str, int]]:
    """Every item in the order of turns, one in flight at a time."""
    order = []
    while (turn := turns.take()) is not None:
        order.append(turn)
        turns.done(turn[0])
    return order


def test_a_long_line_delays_another_user_by_one_item() -> None:
    turns: Turns[int] = Turns(capacity=1000, per_user=1000)
    for number in range(500):
        turns.offer("greedy", f"g{number}", number)
    turns.offer("modest", "m0", 0)
    assert ("modest", 0) in drain(turns)[:2]


def test_a_user_has_one_item_in_flight() -> None:
    turns: Turns[int] = Turns(capacity=10, per_user=10)
    turns.offer("a", "1", 1)
    turns.offer("a", "2", 2)
    assert turns.take() == ("a", 1)
    assert turns.take() is None
    turns.done("a")
    assert turns.take() == ("a", 2)


def test_a_known_item_is_queued_once_until_it_is_done() -> None:
    turns: Turns[int] = Turns(capacity=10, per_user=10)
    assert turns.offer("a", "1", 1)
    assert turns.offer("a", "1", 1)
    assert len(turns) == 1
    turns.take()
    assert turns.offer("a", "1", 1)
    assert len(turns) == 0
    turns.done("a")
    assert turns.offer("a", "1", 1)
    assert len(turns) == 1


def test_a_known_item_needs_no_room() -> None:
    turns: Turns[int] = Turns(capacity=1, per_user=1)
    assert [turns.offer("a", id, 0) for id in ("1", "1", "2")] == [True, True, False]


def test_both_caps_hold() -> None:
    turns: Turns[int] = Turns(capacity=3, per_user=2)
    assert [turns.offer("a", f"a{n}", n) for n in range(3)] == [True, True, False]
    assert [turns.offer("b", f"b{n}", n) for n in range(2)] == [True, False]
    assert (len(turns), turns.room) == (3, 0)
    turns.take()
    assert (len(turns), turns.room) == (2, 1)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50)), max_size=60))
def test_everything_taken_in_comes_out_once_in_its_users_order(
    offers: list[tuple[str, int]],
) -> None:
    turns: Turns[int] = Turns(capacity=40, per_user=15)
    accepted: dict[str, list[int]] = {}
    for user, number in offers:
        if turns.offer(user, f"{user}{number}", number):
            line = accepted.setdefault(user, [])
            line += [number] if number not in line else []
    order = drain(turns)
    for user in "abc":
        assert [number for each, number in order if each == user] == accepted.get(user, [])
    assert len(turns) == 0
