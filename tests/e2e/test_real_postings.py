"""The 833 real postings, imported as an operator does, against the oracle."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backends.documents.collections import POSTINGS
from backends.documents.scan import every
from chaos.people import Person
from chaos.running import ROOT, Running
from cluster import wiring
from cluster.settings import load
from matching.evaluate import holds
from matching.language import parse
from matching.subject import Subject
from models.criteria import UnknownPolicy
from models.posting import Posting

DATA = Path(os.environ.get("JOBRAY_SHARED_DATA", ROOT.parent / "shared" / "data"))
JSON_FILE = DATA / "open-jobs-2026-08-22.json"
RSS_FILE = DATA / "open-jobs-2026-08-22.rss.xml"
QUERIES = (
    "title:engineer level:senior..staff",
    'place:"United States" -title:(sales OR account)',
    '(near:"London, GB"<50km OR remote:US!) title:manager',
)

pytestmark = pytest.mark.skipif(not JSON_FILE.exists(), reason="the shared postings are not here")


def stored_postings(running: Running) -> list[Posting]:
    """Every posting as the store has it."""

    async def read() -> list[Posting]:
        with pytest.MonkeyPatch.context() as process:
            for name, value in running.environment.items():
                process.setenv(name, value)
            settings = load()
        async with wiring.command_ports(settings) as ports:
            bodies = [document.body async for document in every(ports.documents, POSTINGS)]
            return [Posting.model_validate(body) for body in bodies]

    return asyncio.run(read())


def test_833_real_postings_come_in_and_three_alerts_agree_with_the_oracle(tmp_path: Path) -> None:
    running = Running(tmp_path / "system").start()
    try:
        seeker = Person(running.url, "seeker")
        alerts = {query: seeker.alert(query, name=query[:40])["id"] for query in QUERIES}
        done = running.run("import", str(JSON_FILE))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "833 accepted" in done.stdout
        drained = running.run("drain")
        assert drained.returncode == 0, drained.stderr

        published = [p for p in stored_postings(running) if p.status == "published"]
        assert len(published) > 800
        hits = [posting for posting in published if posting.canonical_id is None]
        assert 800 < len(hits) < len(published), "some are of one vacancy"
        told: dict[str, set[str]] = {}
        for notification in seeker.notifications():
            told.setdefault(notification["alert"]["id"], set()).add(notification["posting"]["id"])
        now = datetime.now(UTC)
        for query, alert_id in alerts.items():
            expected = _clusters(published, query, now)
            by_id = {posting.id: posting.cluster_id for posting in published}
            assert {by_id[id] for id in told.get(alert_id, set())} == expected, query
            assert len(told.get(alert_id, set())) == len(expected), "one a vacancy, never two"
            found = seeker.ok(seeker.http.get("/search/jobs", params={"q": query, "limit": 1}), 200)
            assert found["total"] == len(_matching(hits, query, now)), query

        again = running.run("import", str(JSON_FILE))
        assert "833 unchanged" in again.stdout
        counts = running.run("status")
        assert counts.returncode == 0, counts.stdout
        assert "matcher:0" in counts.stdout
        traced = running.run("trace", next(iter(told[alerts[QUERIES[0]]])))
        assert [
            word
            for word in ("submitted", "published", "matched", "notified")
            if word not in traced.stdout
        ] == []
    finally:
        running.stop()


def _matching(postings: list[Posting], query: str, now: datetime) -> list[Posting]:
    parsed = parse(query)
    unknown = parsed.unknown or UnknownPolicy.PASS
    return [p for p in postings if holds(parsed.criteria, unknown, Subject.of(p), now)]


def _clusters(postings: list[Posting], query: str, now: datetime) -> set[Any]:
    return {posting.cluster_id for posting in _matching(postings, query, now)}


def test_the_rss_form_and_a_broken_file(tmp_path: Path) -> None:
    running = Running(tmp_path / "system")
    running.folder.mkdir()
    # Nobody is at work, which on servers the command cannot know.
    done = running.run("import", "--no-wait", str(RSS_FILE))
    assert done.returncode == 0, done.stderr
    assert "833 accepted" in done.stdout
    lines = [
        '{"title": "Baker", "company": "Crumb", "description": "Bread."}',
        '{"title": "Baker", "company": 7}',
        '{"title": "Miller", "company": "Crumb", "colour": "red"}',
        "not json",
        '{"title": "Miller", "company": "Crumb"}',
    ]
    broken = tmp_path / "postings.ndjson"
    broken.write_text("\n".join(lines))
    done = running.run("import", "--no-wait", str(broken))
    output = " ".join(done.stdout.split())
    assert done.returncode == 0, done.stderr
    assert "2 accepted" in output
    assert "3 rejected" in output
    for place in ("line 2 /company:", "line 3 /colour:", "line 4:"):
        assert place in output


def test_a_stopped_system_takes_up_what_was_left(tmp_path: Path) -> None:
    """Restart in the middle: postings imported while nothing runs, and those in flight at the
    end, all reach the alert that was saved before."""
    running = Running(tmp_path / "system").start()
    seeker = Person(running.url, "seeker")
    seeker.alert("title:engineer")
    done = running.run("import", str(JSON_FILE), "--no-wait")
    assert done.returncode == 0, done.stderr
    assert running.stop() < 5.0
    running.start()
    try:
        assert running.run("drain").returncode == 0
        published = [p for p in stored_postings(running) if p.status == "published"]
        expected = _clusters(published, "title:engineer", datetime.now(UTC))
        assert len(seeker.notifications()) == len(expected) > 50
    finally:
        running.stop()
