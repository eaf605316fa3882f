"""The short form of the fault matrix, row by row; `make chaos` is the long one."""

from collections.abc import Iterator

import pytest

from chaos.__main__ import chosen, run_row
from chaos.report import cells
from chaos.row import Judgement, Row, failures
from chaos.stage import Stage, environment_of_defaults
from chaos.trial import Trial

SEED = 1


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with environment_of_defaults(), Stage(tmp_path_factory.mktemp("chaos")) as stage:
        yield stage


@pytest.mark.timeout(300)
@pytest.mark.parametrize("row", chosen([], short=True), ids=lambda row: row.name)
def test_nothing_is_lost_or_told_twice(row: Row, stage: Stage) -> None:
    result = run_row(row, Trial(row.name, SEED, stage, short=True))
    print(" | ".join(cells(result)))
    if result.judgement is None:
        pytest.skip(result.reason)
    assert result.outcome is not None, result.reason
    assert failures(row.goal, result.outcome) == []
    assert result.judgement is not Judgement.FAILED
