"""Matches over HTTP: what an alert found, and why; each to its own person only."""

import pytest

from backends.documents.collections import ALERTS, MATCHES, POSTINGS
from deployments.shapes import MatchPage
from models.criteria import Explanation
from models.posting import Derived, Given
from processing.derive import Derivation
from services.intake import postings
from tests.matches import match_of

UNKNOWN = "0193f1c0-0000-7000-8000-000000000000"


@pytest.fixture
async def me(client, sign_up):
    return await sign_up(client)


@pytest.fixture
async def alert(client, me):
    body = {"name": "Engineers", "query": "title:engineer"}
    return (await client.post("/api/v1/alerts", json=body, headers=me)).json()


@pytest.fixture
async def posting(client, ports):
    submitted = await postings.submit(
        ports, owner_id="o", given=Given(title="Engineer", company="Acme"), source="api"
    )
    return await postings.finish(
        ports, submitted, Derivation(Derived(html="", text=""), "publish", ())
    )


@pytest.fixture
async def match(ports, alert, posting, clock):
    """As the matcher stores it."""
    stored = await ports.documents.get(ALERTS, alert["id"])
    clause = {"clause": "title:engineer", "outcome": "true", "field": "title", "text": "Engineer"}
    match = match_of(
        stored.body["user_id"],
        posting.id,
        clock(),
        alert_id=alert["id"],
        alert_name=alert["name"],
        cluster_id=posting.cluster_id,
        clauses=[clause],
    )
    await ports.documents.insert(MATCHES, match.id, match.model_dump(mode="json"))
    return match


async def test_what_an_alert_found(client, me, alert, match, posting):
    page = (await client.get(f"/api/v1/alerts/{alert['id']}/matches", headers=me)).json()
    MatchPage.model_validate(page)
    [item] = page["items"]
    assert (item["id"], item["posting"]["title"]) == (match.id, "Engineer")
    assert "user_id" not in item


async def test_a_posting_that_is_hidden_or_gone_shows_no_card(
    client, me, alert, match, posting, ports
):
    url = f"/api/v1/alerts/{alert['id']}/matches"
    document = await ports.documents.get(POSTINGS, posting.id)
    hidden = document.body | {"status": "needs_review"}
    await ports.documents.replace(POSTINGS, posting.id, hidden, expected_version=2)
    assert (await client.get(url, headers=me)).json()["items"][0]["posting"] is None
    await ports.documents.delete(POSTINGS, posting.id)
    assert (await client.get(url, headers=me)).json()["items"][0]["posting"] is None


async def test_why_tells_what_held_when_it_fired(client, me, alert, match, posting, ports):
    await client.patch(f"/api/v1/alerts/{alert['id']}", json={"query": "cook"}, headers=me)
    await ports.documents.delete(POSTINGS, posting.id)
    answer = await client.get(f"/api/v1/matches/{match.id}/why", headers=me)
    assert answer.status_code == 200
    Explanation.model_validate(answer.json())
    assert (answer.json()["matched"], answer.json()["near_miss"]) == (True, None)
    assert answer.json()["clauses"][0]["text"] == "Engineer"


async def test_a_match_is_its_own_person_s(client, me, match, sign_up):
    url = f"/api/v1/matches/{match.id}/why"
    assert (await client.get(url)).status_code == 401
    assert (await client.get(url, headers=await sign_up(client))).status_code == 404
    for id_ in (UNKNOWN, "none", "%00"):
        assert (await client.get(f"/api/v1/matches/{id_}/why", headers=me)).status_code == 404
