"""In CI a skipped test is a failed one: what was not run was not shown. So is a file that skips
itself while it is imported, of which no test is ever seen.

And where real servers and processes answered late, the test is tried once more: machines of CI are
shared, and a run is long. It is listed as rerun. What was answered wrong fails at once."""

import gc
import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

from tests.examples import examples

# Machines are shared: how long an example takes says nothing.
settings.register_profile("jobray", max_examples=examples(100), deadline=None)
settings.load_profile("jobray")

WITH_SERVERS = {"contract", "cluster", "e2e"}
LATE = ("^Unavailable", "^(Connect|Read)(Error|Timeout)", "^NodeError", "^ServerError")
"""Errors that say that a server did not answer. What a test waited for in vain is none of them: it
may be lost."""
WRONG = ("^AssertionError", "^Failed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("JOBRAY_CI"):
        return
    for item in items:
        if WITH_SERVERS & set(item.nodeid.split("/")):
            tried_again = {"only_rerun": list(LATE), "rerun_except": list(WRONG)}
            item.add_marker(pytest.mark.flaky(reruns=1, **tried_again))


def pytest_collection_finish() -> None:
    """Thousands of tests and the modules they import stay to the end: the collector need not walk
    through them again and again, nor look for cycles after every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, None]:
    outcome = yield
    _fail_if_skipped(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, None]:
    outcome = yield
    _fail_if_skipped(outcome.get_result())


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("JOBRAY_CI"):
        # Where, at which line, and why; what fails as expected has a traceback in its place.
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and this is CI: {reason}"
