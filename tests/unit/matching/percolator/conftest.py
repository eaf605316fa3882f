"""The kernel is compiled once, before the first example is timed."""

import pytest

from matching.percolator.warm import warm


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    warm()
