"""Companies by name, and the count of their postings."""

import pytest

from models.errors import NotFound
from models.posting import Derived, Given
from processing.derive import Derivation
from services.intake import postings
from services.people import companies


async def publish(ports, company, title="Cook"):
    given = Given(title=title, company=company)
    posting = await postings.submit(ports, owner_id="o", given=given, source="api")
    outcome = Derivation(Derived(html="", text=""), "publish", ())
    await ports.search.upsert([await postings.finish(ports, posting, outcome)])
    await ports.search.commit()


async def test_companies_are_listed_by_name_in_pages(ports):
    for name in ("Zeta", "acme", "Émile & Co", "Beta"):
        await publish(ports, name)
    first, after = await companies.page(ports, prefix=None, limit=3, after=None)
    rest, end = await companies.page(ports, prefix=None, limit=3, after=after)
    assert [company["name"] for company in first + rest] == ["acme", "Beta", "Émile & Co", "Zeta"]
    assert end is None


@pytest.mark.parametrize(
    ("prefix", "names"),
    [("AC", ["Acme", "Acme Labs"]), ("acme l", ["Acme Labs"]), ("x", []), ("emi", ["Émile"])],
)
async def test_a_prefix_of_the_name_finds(ports, prefix, names):
    for name in ("Acme", "Acme Labs", "Beta", "Émile"):
        await publish(ports, name)
    items, _ = await companies.page(ports, prefix=prefix, limit=10, after=None)
    assert [company["name"] for company in items] == names


async def test_the_count_is_over_all_spellings_and_of_no_longer_name(ports):
    for company in ("Acme", "ACME", "Acme, Inc.", "Acme Labs"):
        await publish(ports, company)
    items, _ = await companies.page(ports, prefix="acme", limit=10, after=None)
    counts = [(await companies.read(ports, item["id"]))["postings"] for item in items]
    assert counts == [3, 1]


async def test_a_name_of_symbols_is_a_company_too(ports):
    await publish(ports, "+++")
    [company], _ = await companies.page(ports, prefix=None, limit=10, after=None)
    assert (await companies.read(ports, company["id"]))["name"] == "+++"


async def test_no_such_company(ports):
    for read in (companies.read, companies.name_of):
        with pytest.raises(NotFound, match=r"^there is no such company$"):
            await read(ports, "none")


async def test_several_are_known_at_once_and_of_two_spellings_the_first(ports):
    await companies.know(ports)
    await companies.know(ports, "Acme, Inc.", "Beta", "ACME", "Beta")
    await companies.know(ports, "BETA", "Gamma")
    items, _ = await companies.page(ports, prefix=None, limit=10, after=None)
    assert [company["name"] for company in items] == ["Acme, Inc.", "Beta", "Gamma"]
