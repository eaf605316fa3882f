"""The page of a run."""

from datetime import UTC, datetime

from chaos.checker import Verdict
from chaos.outcome import Outcome
from chaos.report import COLUMNS, Result, cells, page
from chaos.row import Elsewhere, Goal, Judgement, Row

VERDICT = Verdict(posted=1200, expected=3400, lost=0, twice=0, untrue=0, copies=3, inversions=0)
OUTCOME = Outcome(
    injected=10, verdict=VERDICT, recover_s=2.14, peak_mib=312.4, note="4 × 503 meanwhile"
)


def _run(trial: object) -> Outcome:
    return OUTCOME


ROW = Row("matcher", "matcher killed", Goal("back in 3 s", recover_s=3.0), _run)
SHOWN = Result(ROW, OUTCOME, Judgement.MET)
NOT_SHOWN = Result(ROW, None, None, "cannot be shown here: a tmpfs cannot be mounted here")


def _page(*results: Result) -> str:
    elsewhere = [Elsewhere("clock", "no early digest", "tests/a.py, tests/b.py")]
    at = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    left = [] if NOT_SHOWN in results else [NOT_SHOWN.row]
    return page(
        results, elsewhere, command="make chaos", left_out=left, seed=7, at=at, minutes=41.6
    )


def test_a_line_has_a_cell_for_each_column_also_where_nothing_was_shown() -> None:
    assert len(cells(SHOWN)) == len(cells(NOT_SHOWN)) == len(COLUMNS)
    assert cells(SHOWN)[9] == "2.1 of 3"
    assert "1,200" in cells(SHOWN)


def test_the_page_says_how_to_repeat_it_and_what_came_of_it() -> None:
    text = _page(SHOWN, NOT_SHOWN)
    for part in ("2026-11-21", "seed 7", "42 minutes", "make chaos", "--seed 7", "| `matcher` |"):
        assert part in text
    assert "- `matcher`: 4 × 503 meanwhile" in text
    assert "cannot be shown here" in text
    assert "`tests/a.py`, `tests/b.py`" in text
    assert "Not run" not in text
    assert "Not run this time: `matcher` (matcher killed)." in _page(SHOWN)


def test_every_line_of_a_table_is_as_long_as_its_head() -> None:
    rows = [line for line in _page(SHOWN, NOT_SHOWN).splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {len(COLUMNS) + 2, 4}
