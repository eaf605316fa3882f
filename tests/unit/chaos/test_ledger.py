"""The ledger survives what a crash of the harness leaves behind."""

import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from chaos.ledger import Ledger, Posted, Saved, read


def _posted(number: int) -> Posted:
    return Posted(
        id=f"p{number}",
        owner_id="o",
        vacancy=number,
        body={"title": "Baker", "company": "Crumb"},
        revision=1,
        begun=1.0,
        answered=2.0,
    )


SAVED = Saved(id="a", user_id="u", name="n", query="python", channels=("inapp",), answered=0.5)


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "new" / "ledger.jsonl")
    for line in (SAVED, _posted(1), _posted(2)):
        ledger.append(line)
    assert list(read(ledger.path)) == [SAVED, _posted(1), _posted(2)]
    ledger.close()


def test_a_line_that_a_crash_cut_off_is_none(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.append(SAVED)
    ledger.close()
    whole = ledger.path.read_bytes()
    ledger.path.write_bytes(whole + whole[:20])
    assert list(read(ledger.path)) == [SAVED]


def test_a_damaged_line_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"kind": "posted"}\n')
    with pytest.raises(ValidationError):
        list(read(path))


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")

    def append(first: int) -> None:
        for number in range(first, first + 25):
            ledger.append(_posted(number))

    threads = [threading.Thread(target=append, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    assert len({line.id for line in read(ledger.path)}) == 100
