"""Companies over HTTP."""

import pytest

from deployments.shapes import CompanyDetail, CompanyPage
from models.posting import Derived, Given
from processing.derive import Derivation
from services.intake import postings

COMPANIES = "/api/v1/companies"
UNKNOWN = "0193f1c0-0000-7000-8000-000000000000"


@pytest.fixture
async def board(client, ports):
    for company in ("Acme", "ACME", "Beta"):
        posting = await postings.submit(
            ports, owner_id="o", given=Given(title="Cook", company=company), source="api"
        )
        outcome = Derivation(Derived(html="", text=""), "publish", ())
        await ports.search.upsert([await postings.finish(ports, posting, outcome)])
    await ports.search.commit()


async def test_companies_are_listed_and_counted(client, board):
    page = (await client.get(COMPANIES)).json()
    CompanyPage.model_validate(page)
    assert [company["name"] for company in page["items"]] == ["Acme", "Beta"]
    [acme] = (await client.get(COMPANIES, params={"q": "ac"})).json()["items"]
    read = await client.get(f"{COMPANIES}/{acme['id']}")
    CompanyDetail.model_validate(read.json())
    assert (read.json()["name"], read.json()["postings"]) == ("Acme", 2)


async def test_no_such_company(client, board):
    for id_ in (UNKNOWN, "acme", "%00"):
        assert (await client.get(f"{COMPANIES}/{id_}")).status_code == 404


async def test_pages(client, board):
    first = (await client.get(COMPANIES, params={"limit": 1})).json()
    rest = await client.get(COMPANIES, params={"limit": 1, "cursor": first["next_cursor"]})
    assert [company["name"] for company in rest.json()["items"]] == ["Beta"]
    wrong = await client.get(COMPANIES, params={"cursor": "nonsense"})
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (422, "cursor")
