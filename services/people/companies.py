"""Companies: known by the names under which they publish, one document for each normal form.

The normal form is made of the analyzer's terms without the legal form, so that `ACME` and `Acme,
Inc.` are one company, and a phrase query finds its postings and those of longer names. A company
is stored when the first posting under its name has been processed. How many postings it has is
counted by the search index, over all spellings, when it is asked for.
"""

from backends.documents.base import Body, Insert, Sort
from backends.documents.collections import COMPANIES
from backends.documents.filters import And, Gte, Lt
from backends.search.base import SearchRequest
from matching.analyzer import terms
from models.base import derived_id
from models.criteria import Words
from models.errors import NotFound
from models.user import Company
from reference.companies import key as company_key
from services.ports import Ports

_AFTER_ANY_TEXT = "\U0010ffff"


def slug_of(name: str) -> str:
    """The normal form of a company's name; a name of symbols only is its own."""
    return "-".join(_core(name)) or name


def _core(name: str) -> tuple[str, ...]:
    """The terms of the name without its legal form, as clustering leaves it out."""
    words = terms(name)
    return words[: len(company_key(" ".join(words)).split())]


async def know(ports: Ports, *names: str) -> None:
    """Make sure that the companies of these names are stored, of several spellings the first. The
    usual case, that they are, is one read and writes nothing."""
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(slug_of(name), name)
    ids = {derived_id("company", slug): slug for slug in spelled}
    known = await ports.documents.get_many(COMPANIES, list(ids))
    now = ports.clock()
    new = [
        Company(id=id_, name=spelled[slug], slug=slug, created_at=now)
        for id_, slug in ids.items()
        if id_ not in known
    ]
    inserts = [Insert(company.id, company.model_dump(mode="json")) for company in new]
    await ports.documents.insert_absent(COMPANIES, inserts)


async def page(
    ports: Ports, *, prefix: str | None, limit: int, after: str | None
) -> tuple[list[Body], str | None]:
    """A page of companies by name, those that begin with `prefix`; and the cursor of the next."""
    start = slug_of(prefix) if prefix else ""
    within = And((Gte("slug", start), Lt("slug", start + _AFTER_ANY_TEXT)))
    found = await ports.documents.find(
        COMPANIES, within, sort=Sort("slug"), limit=limit, after=after
    )
    return [document.body for document in found.items], found.after


async def read(ports: Ports, id: str) -> Body:
    """The company with the count of its published postings. Raises NotFound."""
    body = await _stored(ports, id)
    return body | {"postings": await _count(ports, body)}


async def name_of(ports: Ports, id: str) -> str:
    """The company's name. Raises NotFound."""
    return str((await _stored(ports, id))["name"])


async def _stored(ports: Ports, id: str) -> Body:
    try:
        return (await ports.documents.get(COMPANIES, id)).body
    except NotFound:
        raise NotFound("there is no such company") from None


async def _count(ports: Ports, company: Body) -> int:
    """Published postings under any spelling. A name of symbols only, which no query can name,
    counts none."""
    core = " ".join(_core(company["name"])) or company["name"]
    named = Words(field="company", kind="phrase", text=core)
    request = SearchRequest(named, ports.clock(), facets=("company",), limit=1)
    result = await ports.search.search(request)
    spellings = result.facets.get("company", [])
    return sum(count for name, count in spellings if slug_of(name) == company["slug"])
