"""Search over HTTP: parameters, facets, pages, faults."""

import pytest

from deployments.shapes import SearchAnswer
from models.posting import Clearance, Derived, Given, Mode
from processing.derive import Derivation
from services.intake import postings

SEARCH = "/api/v1/search/jobs"


@pytest.fixture
async def board(client, ports, clock):
    """Three postings, the newest last."""
    for title, mode in (("Data engineer", "remote"), ("Engineer", "onsite"), ("Cook", None)):
        clock.advance(60)
        posting = await postings.submit(
            ports, owner_id="o", given=Given(title=title, company="Acme"), source="api"
        )
        derived = Derived(
            html="",
            text="Python",
            mode=Mode(mode) if mode else None,
            category="data" if title.startswith("Data") else "engineering",
            clearance=Clearance.NOT_REQUIRED if title == "Cook" else None,
        )
        outcome = Derivation(derived, "publish", ())
        await ports.search.upsert([await postings.finish(ports, posting, outcome)])
    await ports.search.commit()


async def titles(client, **params):
    answer = await client.get(SEARCH, params=params)
    assert answer.status_code == 200, answer.text
    SearchAnswer.model_validate(answer.json())
    return [item["title"] for item in answer.json()["items"]]


async def test_everybody_searches(client, board):
    assert await titles(client) == ["Cook", "Engineer", "Data engineer"]
    assert await titles(client, q="title:data") == ["Data engineer"]
    assert await titles(client, title="engineer", mode="onsite", q="unknown:drop python") == [
        "Engineer"
    ]
    assert await titles(client, mode="remote") == ["Cook", "Data engineer"]
    assert await titles(client, mode="remote", unknown="pass") == ["Cook", "Data engineer"]
    assert await titles(client, mode="remote", unknown="drop") == ["Data engineer"]
    assert await titles(client, visa="offered", place="Leeds, GB", unknown="drop") == []
    assert await titles(client, category="data", unknown="drop") == ["Data engineer"]
    assert await titles(client, clearance="not_required", unknown="drop") == ["Cook"]
    assert await titles(client, source="api", company="acme") == [
        "Cook",
        "Engineer",
        "Data engineer",
    ]
    assert await titles(client, source="import") == []
    assert await titles(client, title="engineer", sort="date") == ["Engineer", "Data engineer"]


async def test_facets_pages_and_time(client, board):
    params = {"facets": "mode,company", "limit": 2}
    first = (await client.get(SEARCH, params=params)).json()
    assert first["total"] == 3
    assert {"value": "remote", "count": 1} in first["facets"]["mode"]
    assert first["facets"]["company"] == [{"value": "Acme", "count": 3}]
    assert first["took_ms"] >= 0
    rest = (await client.get(SEARCH, params=params | {"cursor": first["next_cursor"]})).json()
    shown = [item["title"] for item in first["items"] + rest["items"]]
    assert (shown, rest["next_cursor"]) == (["Cook", "Engineer", "Data engineer"], None)


async def test_a_fault_names_its_parameter(client, board):
    for params, where in (
        ({"colour": "red"}, "colour"),
        ({"q": "titel:x"}, "q"),
        ({"q": "(" * 500}, "q"),
        ({"q": "x" * 3000}, "q"),
        ({"mode": "moon"}, "mode"),
        ({"title": "a) OR (company:b"}, "title"),
        ({"near": "Nowhereville"}, "near"),
        ({"place": "Nowhereville"}, "place"),
        ({"visa": "perhaps"}, "visa"),
        ({"category": "cookery"}, "category"),
        ({"clearance": "perhaps"}, "clearance"),
        ({"source": "api) title:x"}, "source"),
        ({"company": "@watched"}, "company"),
        ({"unknown": "maybe"}, "unknown"),
        ({"q": "cook unknown:drop", "unknown": "pass"}, "unknown"),
        ({"sort": "price"}, "sort"),
        ({"facets": "shoes"}, "facets"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
    ):
        answer = await client.get(SEARCH, params=params)
        assert answer.status_code == 422, (params, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert [fault["parameter"] for fault in answer.json()["errors"]] == [where]
