"""How many examples a property test tries: all of them in CI, a part on a laptop.

`make check` is for every change; `JOBRAY_CI=1 make check` is as thorough as CI.
"""

import os

LAPTOP_SHARE = 0.1
LEAST = 10


def examples(thorough: int) -> int:
    """The examples of this run, for a test that tries `thorough` in CI."""
    if os.environ.get("JOBRAY_CI"):
        return thorough
    return max(LEAST, int(thorough * LAPTOP_SHARE))
