"""What may be answered while one version of the program gives way to another."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from chaos import rows_upgrade
from chaos.rows_upgrade import ROWS
from tests.unit.chaos.trials import Answered


class NeverRun:
    """A system that was not started."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.root = folder

    def start(self, *, ready_s: float) -> "NeverRun":
        return self

    def stop(self) -> None: ...


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ([202, 202, 429], []),
        ([202, 503, 0], ["failed while the old one gave way: 1 × no answer, 1 × 503"]),
        ([202, 401], ["failed while the old one gave way: 1 × 401"]),
    ],
)
def test_side_by_side_no_request_may_fail(
    monkeypatch: pytest.MonkeyPatch, statuses: list[int], said: list[str]
) -> None:
    monkeypatch.setattr(rows_upgrade, "launch", lambda folder: {})
    monkeypatch.setattr(rows_upgrade, "server_settings", lambda backends: {})
    monkeypatch.setattr(rows_upgrade, "_before", nullcontext)
    monkeypatch.setattr(rows_upgrade, "Running", NeverRun)
    (row,) = (row for row in ROWS if row.name == "upgrade-mixed")
    trial: Any = Answered(statuses)
    assert row.run(trial).faults == tuple(said)
