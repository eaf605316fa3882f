"""What administrators do over HTTP: reviews, dead letters; and the retry of a failed posting."""

import pytest

from backends.documents.collections import DEAD_LETTERS, POSTINGS, USERS
from backends.stream.base import Delivery
from backends.stream.consumer import bury_in
from deployments.shapes import AcceptedAnswer, StatusAnswer
from deployments.shapes_admin import DeadLetterPage, ReplayAnswer, ReviewPage
from models.events import JOB_EVENTS
from models.posting import Posting
from models.user import Role
from processing.derive import derive
from services.intake import postings
from tests.unit.deployments.every_route import DOCUMENT

JOBS, REVIEWS, LETTERS = "/api/v1/jobs", "/api/v1/admin/reviews", "/api/v1/admin/dead-letters"
FEE = "To begin, you pay a registration fee of 50 EUR to our office in Leeds. <b>Python</b>"
POSTING = {"title": "Data engineer", "description": FEE, "company": "Acme", "external_id": "7"}


@pytest.fixture
async def employer(client, sign_up):
    return await sign_up(client, Role.EMPLOYER)


@pytest.fixture
async def admin(client, sign_up, ports):
    headers = await sign_up(client, Role.EMPLOYER)
    id_ = (await client.get("/api/v1/users/me", headers=headers)).json()["id"]
    document = await ports.documents.get(USERS, id_)
    body = document.body | {"role": "admin"}
    await ports.documents.replace(USERS, id_, body, expected_version=document.version)
    return headers


async def process(ports, id_):
    """As the processor does."""
    posting = Posting.model_validate((await ports.documents.get(POSTINGS, id_)).body)
    derivation = derive(posting.given, today=ports.clock().date())
    return await postings.finish(ports, posting, derivation)


async def held(client, ports, employer, **changed):
    answer = await client.post(JOBS, json=POSTING | changed, headers=employer)
    id_ = answer.json()["id"]
    await process(ports, id_)
    return id_


async def failed(client, ports, employer):
    id_ = (await client.post(JOBS, json=POSTING, headers=employer)).json()["id"]
    posting = Posting.model_validate((await ports.documents.get(POSTINGS, id_)).body)
    await postings.fail(ports, posting, "ZeroDivisionError", final=True)
    [event] = [delivery.event async for delivery in ports.stream.read(JOB_EVENTS)]
    bury = bury_in(ports.documents, "processor", ports.clock)
    await bury(Delivery(event, JOB_EVENTS, 0, "1", 5), "ZeroDivisionError: poison")
    return id_


async def status_of(client, headers, id_):
    return (await client.get(f"{JOBS}/{id_}/status", headers=headers)).json()


async def test_the_queue_says_what_waits_and_why(client, ports, employer, admin, clock):
    id_ = await held(client, ports, employer)
    clock.advance(90)
    answer = await client.get(REVIEWS, headers=admin)
    body = answer.json()
    ReviewPage.model_validate(body)
    [item] = body["items"]
    assert (item["id"], item["version"], item["status"]) == (id_, 1, "needs_review")
    assert item["waiting_s"] == 90.0
    assert [reason["code"] for reason in item["reasons"]] == ["asks_for_money"]
    assert item["owner"]["name"] == "A Person"
    assert "Python" in item["derived"]["skills"]
    assert "registration fee" in item["excerpt"]
    assert "<b>" not in item["excerpt"]


async def test_the_queue_by_pages_and_by_reason(client, ports, employer, admin):
    ids = [await held(client, ports, employer, external_id=str(number)) for number in range(3)]
    first = (await client.get(REVIEWS, params={"limit": 2}, headers=admin)).json()
    more = {"limit": 2, "cursor": first["next_cursor"]}
    rest = (await client.get(REVIEWS, params=more, headers=admin)).json()
    assert sorted(item["id"] for item in first["items"] + rest["items"]) == sorted(ids)
    assert rest["next_cursor"] is None
    named = await client.get(REVIEWS, params={"reason": "all_capitals"}, headers=admin)
    assert named.json() == {"items": [], "next_cursor": None}


async def test_what_is_let_through_is_published(client, ports, employer, admin):
    id_ = await held(client, ports, employer)
    answer = await client.post(f"{REVIEWS}/{id_}/approve", json={"version": 1}, headers=admin)
    assert answer.status_code == 200
    StatusAnswer.model_validate(answer.json())
    assert answer.json()["status"] == "submitted"
    await process(ports, id_)
    assert (await client.get(f"{JOBS}/{id_}")).json()["status"] == "published"
    again = await client.post(f"{REVIEWS}/{id_}/approve", json={"version": 2}, headers=admin)
    assert again.status_code == 409
    assert "waits for no review" in again.json()["detail"]


async def test_its_owner_sees_why_it_was_refused_and_not_by_whom(client, ports, employer, admin):
    id_ = await held(client, ports, employer)
    body = {"version": 1, "reason": "Nobody pays to work."}
    answer = await client.post(f"{REVIEWS}/{id_}/reject", json=body, headers=admin)
    assert answer.json()["status"] == "rejected"
    seen = await status_of(client, employer, id_)
    StatusAnswer.model_validate(seen)
    assert [reason["detail"] for reason in seen["reasons"]] == ["Nobody pays to work."]
    assert seen["history"][-1].keys() == {"status", "at", "detail"}
    stored = (await ports.documents.get(POSTINGS, id_)).body["history"][-1]
    me = (await client.get("/api/v1/users/me", headers=admin)).json()["id"]
    assert (stored["by"], stored["detail"]) == (me, "Nobody pays to work.")
    retried = await client.post(f"{JOBS}/{id_}/retry", headers=employer)
    assert retried.status_code == 409


@pytest.mark.parametrize(
    ("decide", "body"), [("approve", {}), ("reject", {"reason": "Not what it was."})]
)
async def test_a_decision_on_another_version_is_a_conflict(
    client, ports, employer, admin, decide, body
):
    id_ = await held(client, ports, employer)
    answer = await client.post(
        f"{REVIEWS}/{id_}/{decide}", json=body | {"version": 2}, headers=admin
    )
    assert answer.status_code == 409
    assert "version 1" in answer.json()["detail"]
    assert (await status_of(client, employer, id_))["status"] == "needs_review"


async def test_a_failed_posting_is_tried_again(client, ports, employer):
    id_ = await failed(client, ports, employer)
    assert (await status_of(client, employer, id_))["status"] == "failed"
    answer = await client.post(f"{JOBS}/{id_}/retry", headers=employer)
    assert (answer.status_code, answer.headers["etag"]) == (202, '"2"')
    AcceptedAnswer.model_validate(answer.json())
    seen = await status_of(client, employer, id_)
    assert (seen["status"], seen["attempts"]) == ("submitted", 0)
    assert await ports.documents.count(DEAD_LETTERS) == 0
    again = await client.post(f"{JOBS}/{id_}/retry", headers=employer)
    assert again.status_code == 409
    assert again.json()["type"].endswith("conflict")


async def test_dead_letters_are_listed_replayed_and_discarded(client, ports, employer, admin):
    id_ = await failed(client, ports, employer)
    page = (await client.get(LETTERS, headers=admin)).json()
    DeadLetterPage.model_validate(page)
    [letter] = page["items"]
    assert letter["reason"] == "ZeroDivisionError: poison"
    assert letter["event"]["subject"] == id_
    replayed = await client.post(f"{LETTERS}/{letter['id']}/replay", headers=admin)
    assert replayed.status_code == 202
    ReplayAnswer.model_validate(replayed.json())
    assert replayed.json()["subject"] == id_
    for method, path in (("POST", "/replay"), ("DELETE", "")):
        gone = await client.request(method, f"{LETTERS}/{letter['id']}{path}", headers=admin)
        assert gone.status_code == 404


def test_the_conflicts_are_in_the_document():
    paths = DOCUMENT["paths"]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in (
        f"{JOBS}/{{id}}/retry",
        f"{REVIEWS}/{{id}}/approve",
        f"{REVIEWS}/{{id}}/reject",
        f"{LETTERS}/{{id}}/replay",
    ):
        assert paths[path]["post"]["responses"]["409"]["content"] == problem
