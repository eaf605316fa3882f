"""The commands for sources over the store of a laptop, and the settings of their platforms."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from backends.fetch.base import FetchFailed
from cluster import outside, sources
from cluster.cli import app
from cluster.settings import load, unpack
from models.errors import InvalidInput
from models.feed import BelievedDrop, Drop, Feed
from sources.platforms import PLATFORMS
from tests.polled import BOARD_URL, PAGE_1, ScriptedFetcher, listing, outside_of


@pytest.fixture(autouse=True)
def fetcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedFetcher:
    monkeypatch.setenv("JOBRAY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "400")
    fetcher = ScriptedFetcher({PAGE_1: listing("1", "[/red]")})
    monkeypatch.setattr(outside, "make", lambda settings: outside_of(fetcher))
    return fetcher


def jobray(*arguments: str) -> str:
    answer = CliRunner().invoke(app, ["sources", *arguments], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_a_source_is_shown_before_it_is_kept() -> None:
    shown = jobray("add", BOARD_URL, "--preview")
    assert "Tiny of Acme: acme" in shown
    assert "2 postings." in shown
    assert "Cook [/red]" in shown
    assert "at most one round every 60 s" in shown
    assert "Each posting must say: From Tiny" in shown
    assert "Acme on Tiny" not in jobray("list")
    assert "Acme on Tiny is polled every 300 s" in jobray("add", BOARD_URL, "--every-s", "300")
    assert "Acme on Tiny" in jobray("list")


def test_a_source_is_paused_resumed_run_and_removed() -> None:
    id_ = jobray("add", BOARD_URL).rpartition("as ")[2].strip().removesuffix(".")
    assert "is paused" in jobray("pause", id_)
    assert "paused" in jobray("list")
    jobray("resume", id_)
    assert "paused" not in jobray("list")
    jobray("run", id_)
    jobray("remove", id_)
    assert "Acme" not in jobray("list")


def test_what_is_no_board_is_one_line(fetcher: ScriptedFetcher) -> None:
    fetcher.answers[PAGE_1] = FetchFailed("the answer has status 404", answered=404)
    with pytest.raises(InvalidInput, match="got the answer has status 404"):
        jobray("add", BOARD_URL)


@pytest.mark.parametrize(
    "health, remark",
    [
        ({}, ""),
        ({"failures": 2, "last_error": "too slow", "notice": "half"}, "too slow"),
        ({"failures": 0, "last_error": None, "notice": "half"}, "half"),
        (
            {"drop": Drop(items=1, usual=9, at="2026-11-21T09:30:00Z")},
            "only 1 postings where 9 are usual: not believed",
        ),
        (
            {
                "believed_drop": BelievedDrop(
                    items=0, usual=30, at="2026-11-21T09:30:00Z", closed=30
                ),
                "notice": "half",
            },
            "only 0 postings where 30 were usual: believed on 2026-11-21, 30 closed; half",
        ),
    ],
)
def test_the_remark_on_a_source(health: dict[str, object], remark: str) -> None:
    feed = Feed.model_validate(
        {
            "id": "f",
            "url": BOARD_URL,
            "platform": "tiny",
            "token": "acme",
            "host": "jobs.example",
            "name": "Acme",
            "owner_id": "feed:f",
            "interval_s": 60,
            "created_at": "2026-11-21T09:30:00Z",
            "next_at": "2026-11-21T09:30:00Z",
            **health,
        }
    )
    assert sources._remark(feed) == remark


def test_every_credential_has_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().sources.credentials == {}
    lacking = {
        setting
        for platform in PLATFORMS.values()
        for setting in outside_of(None, *PLATFORMS.values()).lacking(platform)
    }
    for setting in lacking:
        monkeypatch.setenv(setting, f"value of {setting}")
    settings = unpack(load().packed())
    given = outside_of(None, *PLATFORMS.values(), credentials=settings.sources.credentials)
    assert len(lacking) == 4
    assert not any(given.lacking(platform) for platform in PLATFORMS.values())
    assert settings.sources.credentials["usajobs"]["key"] == "value of JOBRAY_SOURCES_USAJOBS_KEY"
