"""How long a row waits for what is late."""

from collections.abc import Iterator

import pytest

from chaos.settling import settle


class Waiting:
    """Says one after the other what is left, then the last again and again; counts the seconds."""

    def __init__(self, *left: int | None) -> None:
        self._left: Iterator[int | None] = iter(left)
        self._last: int | None = None
        self.seconds = 0.0

    def left(self) -> int | None:
        self._last = next(self._left, self._last)
        return self._last

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def wait(self, patience_s: float) -> float:
        settle(self.left, patience_s, clock=lambda: self.seconds, sleep=self.sleep)
        return self.seconds


def test_who_has_all_waits_no_longer() -> None:
    assert Waiting(3, 2, 0).wait(60.0) == 1.0


def test_as_long_as_something_comes_it_is_late_and_not_lost() -> None:
    assert Waiting(*range(400, -1, -1)).wait(10.0) == 200.0


@pytest.mark.parametrize("said", [(3,), (None,), (3, 4, 3, 5)])
def test_what_does_not_get_less_is_lost(said: tuple[int | None, ...]) -> None:
    assert Waiting(*said).wait(10.0) == pytest.approx(10.0, abs=1.5)


def test_who_cannot_say_for_a_moment_is_asked_again() -> None:
    assert Waiting(None, None, 1, 0).wait(60.0) == 1.5
