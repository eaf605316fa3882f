"""Near misses by field: each once, of very many a sample, and no bad alert spoils the count."""

from datetime import timedelta

import pytest

from backends.documents.collections import ALERTS
from matching.subject import Subject
from services.alerting import near_misses
from services.ports import NEAR_MISS_FIELDS, Ports
from tests.unit.actors.matchers import edit, save
from tests.worlds import NOW, posting

QUERIES = {
    "baker zebra": "text",
    "title:zebra baker": "title",
    "description:zebra baker": "description",
    "company:zebra baker": "company",
    "company:@agencies baker": "company",
    "skill:python! baker": "skill",
    "category:finance! baker": "category",
    "level:senior! baker": "level",
    "experience<=1! baker": "experience",
    "employment:contract! baker": "employment",
    "mode:remote! baker": "mode",
    'near:"Leeds, GB"<5km! baker': "near",
    "place:DE! baker": "place",
    "remote:GB! baker": "remote",
    "pay>=90000GBP! baker": "pay",
    "visa:offered! baker": "visa",
    "clearance:required! baker": "clearance",
    "lang:de! baker": "lang",
    "source:elsewhere baker": "source",
    "posted<1h baker": "posted",
    "first_seen<1h baker": "first_seen",
    "(title:zebra OR source:elsewhere) baker": "several",
    "-baker work": "text",
}
SUBJECT = Subject.of(posting(title="Baker", text="work", first_seen_at=NOW - timedelta(days=9)))


@pytest.mark.parametrize("query", QUERIES)
async def test_the_failed_clause_names_its_field(ports: Ports, query: str) -> None:
    alert = await save(ports, query)
    expected = QUERIES[query]
    assert expected in NEAR_MISS_FIELDS
    found = await near_misses.by_field(ports.documents, [alert.id], SUBJECT, NOW)
    assert found == {expected: 1}


async def test_other_alerts_are_not_counted(ports: Ports) -> None:
    """One that matches, one that fails twice, one that fails its only clause, a paused, a broken
    and a deleted one: each may have become so since the percolator looked."""
    alerts = [await save(ports, query) for query in ("work baker", "title:a title:b", "zebra")]
    alerts.append(await edit(ports, await save(ports, "title:zebra baker"), paused=True))
    broken = await save(ports, "title:zebra baker")
    await ports.documents.replace(ALERTS, broken.id, {"id": broken.id}, expected_version=1)
    ids = [*(alert.id for alert in alerts), broken.id, "gone"]
    assert await near_misses.by_field(ports.documents, ids, SUBJECT, NOW) == {}


async def test_of_very_many_an_even_sample_stands_for_all(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_misses, "READ_MAX", 8)
    monkeypatch.setattr(near_misses, "STEP", 3)
    queries = ("title:zebra baker", "company:zebra baker")
    ids = [(await save(ports, queries[n >= 16])).id for n in range(32)]
    found = await near_misses.by_field(ports.documents, ids, SUBJECT, NOW)
    assert found == {"company": 16, "title": 16}
