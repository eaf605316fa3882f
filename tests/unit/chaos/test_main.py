"""Which rows a command runs, and what its exit code says."""

import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chaos import __main__ as command
from chaos.catalogue import ROWS
from chaos.checker import Verdict
from chaos.outcome import Outcome
from chaos.report import Result
from chaos.row import Goal, Judgement, NotShownHereError, Row
from chaos.stage import Stage
from chaos.trial import Trial

VERDICT = Verdict(posted=1, expected=1, lost=0, twice=0, untrue=0, copies=0, inversions=0)


def _trial(tmp_path: Path, *, short: bool = False) -> Trial:
    return Trial("row", 1, Stage(tmp_path), short)


def _row(found: Outcome | Exception) -> Row:
    def run(trial: Trial) -> Outcome:
        if isinstance(found, Exception):
            raise found
        return found

    return Row("row", "a fault", Goal("back in 1 s", recover_s=1.0), run)


def test_the_short_form_is_a_part_and_a_named_row_is_always_run() -> None:
    assert command.chosen([], short=False) == list(ROWS)
    short = command.chosen([], short=True)
    assert 0 < len(short) < len(ROWS)
    assert [row.name for row in command.chosen(["million"], short=True)] == ["million"]


def test_a_name_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["no-such-row"])
    assert "no-such-row" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Outcome(1, VERDICT, recover_s=0.5), 0),
        (Outcome(1, VERDICT, recover_s=1.5), 0),
        (Outcome(1, VERDICT, recover_s=2.5), command.FAILED),
        (Outcome(1, Verdict(1, 1, 1, 0, 0, 0, 0)), command.FAILED),
        (NotShownHereError("no git here"), 0),
        (RuntimeError("it fell over"), command.BROKEN),
    ],
)
def test_the_exit_code_tells_the_worst(tmp_path: Path, found: Any, code: int) -> None:
    result = command.run_row(_row(found), _trial(tmp_path))
    assert command.exit_code([result]) == code


def test_a_time_never_fails_the_short_form(tmp_path: Path) -> None:
    outcome = Outcome(1, VERDICT, recover_s=9.0)
    result = command.run_row(_row(outcome), _trial(tmp_path, short=True))
    assert (result.judgement, command.exit_code([result])) == (Judgement.MISSED, 0)


def test_the_last_line_says_how_long_it_took(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ROWS", (_row(Outcome(1, VERDICT)), _row(Outcome(1, VERDICT))))
    assert command.main(["--short"]) == 0
    assert re.fullmatch(r"2 rows in \d+ s", capsys.readouterr().out.splitlines()[-1])


def test_a_row_that_falls_over_does_not_keep_the_others_from_running() -> None:
    ran = [_row(RuntimeError("it fell over")), _row(Outcome(1, VERDICT))]
    results = command.run(ran, seed=1, short=True, console=Console(quiet=True))
    assert [result.judgement for result in results] == [Judgement.FAILED, Judgement.MET]
    assert isinstance(results[0], Result)


def test_a_row_draws_the_same_whatever_runs_beside_it(tmp_path: Path) -> None:
    assert _trial(tmp_path).random.random() == _trial(tmp_path).random.random()
    other = Trial("other", 1, Stage(tmp_path), False)
    assert other.random.random() != _trial(tmp_path).random.random()
