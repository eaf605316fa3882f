"""What the checker counts, on tellings made by hand and by chance."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chaos.checker import Expected, Mail, check, descents, inversions

A, B, C = ("alert-a", 1), ("alert-a", 2), ("alert-b", 1)


def _expected(*must: tuple[str, int], mailed: tuple[str, ...] = ()) -> Expected:
    return Expected(frozenset(must), frozenset({A, B, C}), frozenset(mailed))


def test_everything_told_once_is_no_fault() -> None:
    mails = [Mail(C, "<1>")]
    found = check(_expected(A, C, mailed=("alert-b",)), [A, C], mails, posted=2, inversions=0)
    assert found.faults() == []
    assert (found.posted, found.expected, found.copies) == (2, 2, 0)


def test_what_is_not_in_the_inbox_is_lost_and_what_is_not_mailed_too() -> None:
    found = check(_expected(A, C, mailed=("alert-b",)), [C], [], posted=2, inversions=0)
    assert found.lost == 2
    assert found.faults() == ["2 were lost"]


def test_a_mail_again_with_its_id_is_a_copy_and_with_another_id_a_second_telling() -> None:
    expected = _expected(C, mailed=("alert-b",))
    again = check(expected, [C], [Mail(C, "<1>"), Mail(C, "<1>")], posted=1, inversions=0)
    assert (again.copies, again.twice) == (1, 0)
    other = check(expected, [C], [Mail(C, "<1>"), Mail(C, "<2>")], posted=1, inversions=0)
    assert (other.copies, other.twice) == (0, 1)


def test_an_entry_twice_in_the_inbox_is_told_twice() -> None:
    assert check(_expected(A), [A, A, A], [], posted=1, inversions=0).twice == 2


def test_what_only_may_be_told_is_neither_lost_nor_untrue() -> None:
    assert check(_expected(A), [A, B], [], posted=1, inversions=0).faults() == []


def test_what_does_not_match_is_untrue_in_the_inbox_and_in_a_mail() -> None:
    stranger = ("alert-c", 9)
    assert check(_expected(A), [A, stranger], [], posted=1, inversions=0).untrue == 1
    found = check(_expected(A), [A], [Mail(stranger, "<1>")], posted=1, inversions=0)
    assert found.untrue == 1


def test_a_row_that_expects_nothing_shows_nothing() -> None:
    assert check(_expected(), [], [], posted=0, inversions=0).faults()


def test_order_is_judged_by_what_both_sides_know_at_its_first_sight() -> None:
    assert inversions(["a", "b", "c"], ["a", "x", "b", "a", "c"]) == 0
    assert inversions(["a", "b", "c"], ["b", "a", "c"]) == 1
    assert inversions(["a", "b", "c"], ["c", "a", "b"]) == 2
    assert inversions(["a", "b", "a"], ["a", "b"]) == 0


def test_versions_may_repeat_and_may_not_fall() -> None:
    assert descents([1, 1, 2, 3, 3]) == 0
    assert descents([1, 3, 2, 3, 1]) == 2


@given(st.lists(st.integers(), unique=True, min_size=2), st.randoms(use_true_random=False))
def test_any_other_order_has_an_inversion(numbers: list[int], random: Random) -> None:
    order = [str(number) for number in numbers]
    seen = list(order)
    random.shuffle(seen)
    assert (inversions(order, seen) == 0) == (seen == order)
