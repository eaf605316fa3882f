"""Postings with an outcome, as the processor would have brought them to one."""

from datetime import UTC, datetime
from typing import Any

from backends.documents.collections import POSTINGS
from models.events import JOB_EVENTS, POSTING_SUBMITTED
from models.posting import Derived, Given, Posting, Reason
from models.user import Role, User
from processing.derive import Derivation
from services.intake import postings
from services.ports import Ports

FEE = Reason(code="asks_for_money", field="description", detail="It seems to ask for money.")
CHAT = Reason(code="messenger_only", field="description", detail="There is no other way.")
DERIVED = Derived(html="<p>Hi</p>", text="Hi", parsers={"pay": 1})


def person(id_: str, role: Role = Role.EMPLOYER) -> User:
    return User(
        id=id_,
        email=f"{id_}@example.org",
        name=id_.title(),
        role=role,
        password_hash="-",
        created_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


OWNER, STRANGER, ADMIN = person("owner"), person("stranger"), person("admin", Role.ADMIN)


def given(title: str = "Data engineer", **changed: Any) -> Given:
    return Given(**{"title": title, "company": "Acme", "external_id": "7", **changed})


def outcome(*reasons: Reason, verdict: Any = None, derived: Derived = DERIVED) -> Derivation:
    """Held for review where there are reasons, else published."""
    return Derivation(derived, verdict or ("review" if reasons else "publish"), reasons)


async def submit(ports: Ports, what: Given | None = None, **options: Any) -> Posting:
    """`skip_unchanged=True` for what a feed or an import brings."""
    return await postings.submit(
        ports, owner_id="owner", given=what or given(), source="api", **options
    )


async def process(ports: Ports, derivation: Derivation) -> Posting:
    """The outcome of the last submission; it must not be stale."""
    events = [delivery.event async for delivery in ports.stream.read(JOB_EVENTS)]
    submitted = [event for event in events if event.type == POSTING_SUBMITTED]
    begun = await postings.begin(ports, submitted[-1])
    assert begun is not None
    finished = await postings.finish(ports, begun, derivation)
    assert finished is not None
    return finished


async def settled(ports: Ports, derivation: Derivation, what: Given | None = None) -> Posting:
    """A posting that was submitted and processed with this outcome."""
    await submit(ports, what)
    return await process(ports, derivation)


async def stored(ports: Ports, id: str) -> Posting:
    return Posting.model_validate((await ports.documents.get(POSTINGS, id)).body)
