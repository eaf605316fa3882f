"""When a delivery that failed is tried again, and when it is given up.

Exponential steps with full jitter (Marc Brooker, "Exponential Backoff And Jitter", 2015): the wait
is drawn evenly between nothing and the step, so that many deliveries that failed together do not
come back together. Because a draw can be short, the end is not a count alone: a delivery is given
up only after `min_attempts` tries *and* `min_age`, whatever the dice say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

Uniform = Callable[[float, float], float]
"""A number drawn evenly from [a, b]; `random.Random.uniform`. Injected, so that tests can cheat."""


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """`steps_s` are the longest waits in seconds after the first, second, … failure; the last one
    repeats. `floor_s` keeps a lucky draw from hammering; `ceiling_s` bounds what a receiver may
    ask for by Retry-After."""

    steps_s: tuple[float, ...] = (10, 60, 300, 900, 3600, 10_800, 21_600, 43_200)
    min_attempts: int = 8
    min_age: timedelta = timedelta(hours=24)
    floor_s: float = 1.0
    ceiling_s: float = 86_400.0

    def next_wait_s(
        self, attempts: int, age: timedelta, uniform: Uniform, retry_after_s: float | None = None
    ) -> float | None:
        """Seconds until the next try after `attempts` failed ones, or None: give up.

        Never shorter than the receiver's own `retry_after_s` (up to the ceiling).
        """
        if attempts >= self.min_attempts and age >= self.min_age:
            return None
        step = self.steps_s[min(attempts, len(self.steps_s)) - 1]
        wait = max(self.floor_s, uniform(0.0, step))
        return max(wait, min(retry_after_s or 0.0, self.ceiling_s))
