"""The file of a snapshot is its owner's alone, whatever was there before."""

import stat
from pathlib import Path

import pytest

from matching.percolator import Percolator


@pytest.mark.parametrize("left_over", ["alerts", "alerts.new"])
def test_only_the_owner_can_read_a_snapshot(tmp_path: Path, left_over: str) -> None:
    (tmp_path / left_over).write_text("of another time")
    (tmp_path / left_over).chmod(0o644)
    Percolator().save(tmp_path / "alerts", "1")
    assert stat.S_IMODE((tmp_path / "alerts").stat().st_mode) == 0o600
