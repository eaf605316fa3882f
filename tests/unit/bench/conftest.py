"""The benchmark's workload, made from fewer training postings than when it is measured."""

from collections.abc import Iterator

import pytest

from bench.percolation import workload


@pytest.fixture(scope="module", autouse=True)
def short_training() -> Iterator[None]:
    """They only say which atoms are frequent, and drawing them takes most of a small workload's
    time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(workload, "TRAINING_POSTINGS", 200)
        yield
