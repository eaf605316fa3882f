"""When a server that failed is asked again."""

from backends.cache.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_closed_it_lets_everybody_pass() -> None:
    breaker = Breaker(Clock(), pause_s=1)
    assert [breaker.lets_pass() for _ in range(3)] == [True, True, True]
    assert not breaker.open
    assert breaker.failures == 0


def test_after_a_failure_nobody_asks_for_the_pause_and_then_one() -> None:
    clock = Clock()
    breaker = Breaker(clock, pause_s=1)
    assert breaker.failed()
    assert breaker.open
    clock.now += 0.99
    assert not breaker.lets_pass()
    clock.now += 0.01
    assert [breaker.lets_pass() for _ in range(3)] == [True, False, False]


def test_a_try_that_is_never_told_of_is_followed_by_another() -> None:
    clock = Clock()
    breaker = Breaker(clock, pause_s=1)
    breaker.failed()
    for _ in range(3):
        clock.now += 1
        assert [breaker.lets_pass() for _ in range(2)] == [True, False]


def test_a_failed_try_begins_another_pause() -> None:
    clock = Clock()
    breaker = Breaker(clock, pause_s=1)
    breaker.failed()
    clock.now += 1
    assert breaker.lets_pass()
    clock.now += 0.4
    assert not breaker.failed()
    clock.now += 0.99
    assert not breaker.lets_pass()
    assert breaker.failures == 2


def test_an_answer_closes_it() -> None:
    clock = Clock()
    breaker = Breaker(clock, pause_s=1)
    breaker.failed()
    breaker.close()
    assert not breaker.open
    assert [breaker.lets_pass() for _ in range(2)] == [True, True]
    assert breaker.failed()
