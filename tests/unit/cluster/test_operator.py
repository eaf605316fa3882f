"""`import` and `drain` where nothing runs, and on servers, where somebody else may be at work."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner

from cluster import console, importing, operator
from cluster.cli import app
from cluster.settings import Settings, load
from cluster.system import StartError, claimed
from services.ports import Ports

T = TypeVar("T")
LINE = (
    '{"title": "Cook", "company": "Acme", "description": "Cooking.", "url": "https://a.example/1"}'
)


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setenv("JOBRAY_DATA_DIR", str(tmp_path / "data"))
    return load()


@pytest.fixture
def on_servers(monkeypatch: pytest.MonkeyPatch, embedded: Settings) -> None:
    """Settings that name servers; what is stored there lies in a file."""

    def with_ports(settings: Settings, work: Callable[[Ports], Awaitable[T]]) -> T:
        assert not settings.is_embedded
        return console.with_ports(embedded, work)

    monkeypatch.setattr(operator, "with_ports", with_ports)
    monkeypatch.setenv("JOBRAY_DOCUMENTS_URL", "mongodb://db/jobray")
    monkeypatch.setenv("JOBRAY_STREAM_URL", "pulsar://broker:6650")
    monkeypatch.setenv("JOBRAY_SECRET_KEY", "k" * 32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "postings.ndjson"
    file.write_text(LINE + "\n")
    return file


def jobray(*arguments: str) -> str:
    answer = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_a_laptop_on_which_nothing_runs_says_so(file: Path) -> None:
    assert "Nothing runs here" in jobray("import", str(file))
    with pytest.raises(StartError, match="nothing runs on"):
        jobray("drain")


def test_a_laptop_on_which_it_runs(embedded: Settings, file: Path) -> None:
    with claimed(embedded):
        assert "Nothing runs" not in jobray("import", str(file), "--no-wait")


@pytest.mark.usefixtures("on_servers")
def test_on_servers_somebody_is_taken_to_be_at_work(file: Path) -> None:
    assert "Nothing is on its way" in jobray("drain")
    said = jobray("import", str(file), "--no-wait")
    assert "1 accepted" in said
    assert "Nothing runs" not in said


@pytest.mark.usefixtures("on_servers")
def test_waiting_ends_where_nobody_is(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(importing, "STALLED_S", 0.3)
    with pytest.raises(StartError, match="none was processed for 0 s; `jobray status` shows"):
        jobray("import", str(file))
