"""In CI a skipped test is a failed one: what was not run was not shown."""

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

from tests.examples import examples

# Machines are shared: how long an example takes says nothing.
settings.register_profile("jobray", max_examples=examples(100), deadline=None)
settings.load_profile("jobray")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, None]:
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("JOBRAY_CI"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and this is CI"
