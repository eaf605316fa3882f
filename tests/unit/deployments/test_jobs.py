"""Postings over HTTP: roles, receipts, visibility, guards, replays, what is refused."""

import pytest

from backends.documents.collections import IDEMPOTENCY, POSTINGS, USERS
from deployments.shapes import AcceptedAnswer, PostingAnswer, PostingNearMisses, StatusAnswer
from models.events import JOB_EVENTS
from models.posting import Derived, Evidence, Level, Mode, Posting
from models.user import Role
from processing.derive import Derivation, derive
from services.intake import postings
from services.ports import NearMisses

JOBS = "/api/v1/jobs"
UNKNOWN = "0193f1c0-0000-7000-8000-000000000000"
POSTING = {
    "title": "Senior data engineer",
    "description": "<p>Python</p><script>alert(1)</script>",
    "company": "Acme",
    "location": "Leeds, GB",
    "mode": "hybrid",
    "salary": {"min": 70000, "max": 90000, "currency": "GBP", "period": "year"},
}


@pytest.fixture
async def employer(client, sign_up):
    return await sign_up(client, Role.EMPLOYER)


@pytest.fixture
async def stranger(client, sign_up):
    return await sign_up(client, Role.EMPLOYER)


async def submit(client, headers, **changed):
    answer = await client.post(JOBS, json=POSTING | changed, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def publish(ports, id_, verdict="publish"):
    document = await ports.documents.get(POSTINGS, id_)
    derived = Derived(
        html="<p>Python</p>",
        text="Python",
        mode=Mode.HYBRID,
        level=Level.SENIOR,
        evidence={"level": (Evidence(field="title", start=0, end=6, text="Senior", by="l@1"),)},
    )
    posting = Posting.model_validate(document.body)
    return await postings.finish(ports, posting, Derivation(derived, verdict, ()))


def faults(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return [fault.get("pointer") or fault.get("parameter") for fault in answer.json()["errors"]]


async def test_a_submission_is_accepted_with_where_to_look(client, employer, ports):
    text = "Python and Kafka, two days a week in the office."
    answer = await client.post(JOBS, json=POSTING | {"description": text}, headers=employer)
    assert answer.status_code == 202
    body = answer.json()
    AcceptedAnswer.model_validate(body)
    here = f"{JOBS}/{body['id']}"
    assert body == {
        "id": body["id"],
        "status": "submitted",
        "version": 1,
        "links": {"self": here, "status": f"{here}/status"},
        "warnings": [],
    }
    assert answer.headers["location"] == here
    stored = (await ports.documents.get(POSTINGS, body["id"])).body
    assert stored["given"]["locations"] == ["Leeds, GB"]
    assert stored["traceparent"].startswith("00-")
    assert stored["received_at"].endswith("Z")


async def test_each_version_remembers_the_request_that_brought_it(client, employer, ports):
    id_ = await submit(client, employer, external_id="7")
    requests = [
        ("PATCH", f"{JOBS}/{id_}", {"title": "Baker"}),
        ("POST", f"{JOBS}/import", [{"title": "Cook", "company": "Acme", "external_id": "7"}]),
    ]
    remembered = [(await ports.documents.get(POSTINGS, id_)).body]
    for method, path, sent in requests:
        answer = await client.request(method, path, json=sent, headers=employer)
        assert answer.status_code == 202
        remembered.append((await ports.documents.get(POSTINGS, id_)).body)
    assert [body["version"] for body in remembered] == [1, 2, 3]
    assert len({body["traceparent"] for body in remembered}) == 3
    received = [body["received_at"] for body in remembered]
    assert received == sorted(set(received))


async def test_who_may_submit(client, sign_up, employer):
    seeker = await sign_up(client, Role.SEEKER)
    assert (await client.post(JOBS, json=POSTING)).status_code == 401
    assert (await client.post(JOBS, json=POSTING, headers=seeker)).status_code == 403
    assert (await client.post(JOBS, json=POSTING, headers=employer)).status_code == 202


async def become(ports, client, headers, **changed):
    """Change what is stored of this person."""
    id_ = (await client.get("/api/v1/users/me", headers=headers)).json()["id"]
    document = await ports.documents.get(USERS, id_)
    await ports.documents.replace(
        USERS, id_, document.body | changed, expected_version=document.version
    )


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (JOBS, {"json": POSTING}),
        (f"{JOBS}/import", {"json": [{"title": "Cook", "company": "Acme"}]}),
    ],
)
async def test_employers_can_be_asked_to_be_verified_and_admins_are_not(
    serve, sign_up, ports, path, sent
):
    async with serve(require_verified_employers=True) as client:
        employer = await sign_up(client, Role.EMPLOYER)
        refused = await client.post(path, headers=employer, **sent)
        assert refused.status_code == 403
        assert refused.json()["detail"] == "confirm your e-mail address before you post"
        await become(ports, client, employer, email_verified=True)
        assert (await client.post(path, headers=employer, **sent)).status_code == 202
        admin = await sign_up(client, Role.EMPLOYER)
        await become(ports, client, admin, role="admin")
        assert (await client.post(path, headers=admin, **sent)).status_code == 202
    async with serve() as client:
        unverified = await sign_up(client, Role.EMPLOYER)
        assert (await client.post(path, headers=unverified, **sent)).status_code == 202


async def test_what_will_hold_a_posting_back_is_said_at_once(client, employer):
    answer = await client.post(JOBS, json=POSTING | {"description": "Call us."}, headers=employer)
    assert answer.status_code == 202
    (warning,) = AcceptedAnswer.model_validate(answer.json()).warnings
    assert warning.detail == (
        "The description has only 8 characters of text; write at least 30, or leave it out."
    )
    revised = await client.patch(
        answer.headers["location"],
        json={"description": "Python and Kafka, two days a week in the office."},
        headers=employer,
    )
    assert revised.json()["warnings"] == []


REFUSED = (
    ({"owner_id": "x"}, "/owner_id"),
    ({"status": "published"}, "/status"),
    ({"title": {"$gt": ""}}, "/title"),
    ({"title": ""}, "/title"),
    ({"title": "x" * 301}, "/title"),
    ({"title": "a\u0007b"}, "/title"),
    ({"description": None}, "/description"),
    ({"description": "x" * 100_001}, "/description"),
    ({"description": ""}, "/description"),
    ({"description": " \n"}, "/description"),
    ({"company": None}, ""),
    ({"company_id": UNKNOWN}, ""),
    ({"company": None, "company_id": UNKNOWN}, "/company_id"),
    ({"locations": ["Leeds"]}, ""),
    ({"mode": "moon"}, "/mode"),
    ({"salary": {"min": 9, "max": 1, "currency": "GBP"}}, "/salary"),
    ({"salary": {"min": 9, "currency": "pounds"}}, "/salary/currency"),
    ({"salary": {"min": 9, "currency": "QQQ"}}, "/salary/currency"),
    ({"apply_url": "javascript:alert(1)"}, "/apply_url"),
    ({"closes_at": "2026-12-24T00:00:00"}, "/closes_at"),
    ({"skills": ["x"] * 101}, "/skills"),
)


async def test_what_is_refused_is_named(client, employer, ports):
    for changed, where in REFUSED:
        answer = await client.post(JOBS, json=POSTING | changed, headers=employer)
        assert answer.status_code == 422, (changed, answer.text)
        assert [fault.get("pointer") or "" for fault in answer.json()["errors"]] == [where]
    assert await ports.documents.count(POSTINGS) == 0


async def test_a_revision_is_refused_as_a_submission_is(client, employer):
    id_ = await submit(client, employer)
    for changed, where, expected in (
        ({"description": " "}, "/description", "a text that is not blank"),
        ({"description": None}, "/description", "a valid string"),
        ({"salary": {"currency": "QQQ"}}, "/salary/currency", "an ISO 4217 currency code"),
    ):
        answer = await client.patch(f"{JOBS}/{id_}", json=changed, headers=employer)
        assert answer.status_code == 422, (changed, answer.text)
        [fault] = answer.json()["errors"]
        assert (fault["pointer"], fault["expected"]) == (where, expected)
    kept = await client.patch(f"{JOBS}/{id_}", json={"title": "Cook"}, headers=employer)
    assert (kept.status_code, kept.json()["version"]) == (202, 2)


async def test_a_known_company_can_be_named_by_its_id(client, employer, ports):
    await publish(ports, await submit(client, employer))
    [company] = (await client.get("/api/v1/companies")).json()["items"]
    changed = {key: value for key, value in POSTING.items() if key != "company"}
    answer = await client.post(JOBS, json=changed | {"company_id": company["id"]}, headers=employer)
    stored = await ports.documents.get(POSTINGS, answer.json()["id"])
    assert stored.body["given"]["company"] == "Acme"


async def test_the_same_key_is_one_posting(client, employer, ports):
    keyed = employer | {"Idempotency-Key": "k1"}
    first = await client.post(JOBS, json=POSTING, headers=keyed)
    again = await client.post(JOBS, json=POSTING, headers=keyed)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    other = await client.post(JOBS, json=POSTING | {"title": "Cook"}, headers=keyed)
    assert other.status_code == 422
    assert await ports.documents.count(POSTINGS) == 1
    assert len([event async for event in ports.stream.read(JOB_EVENTS)]) == 1


async def test_a_key_whose_answer_was_lost_makes_no_other_version(client, employer, ports):
    await client.post(JOBS, json=POSTING | {"external_id": "7"}, headers=employer)
    keyed = employer | {"Idempotency-Key": "k1"}
    renewed = POSTING | {"external_id": "7", "title": "Cook"}
    first = await client.post(JOBS, json=renewed, headers=keyed)
    [claim] = (await ports.documents.find(IDEMPOTENCY)).items
    await ports.documents.delete(IDEMPOTENCY, claim.id)
    again = await client.post(JOBS, json=renewed, headers=keyed)
    assert "idempotency-replayed" not in again.headers
    assert (again.json(), again.json()["version"]) == (first.json(), 2)
    assert len([event async for event in ports.stream.read(JOB_EVENTS)]) == 2


async def test_the_same_external_id_is_the_next_version(client, employer):
    first = await client.post(JOBS, json=POSTING | {"external_id": "7"}, headers=employer)
    again = await client.post(JOBS, json=POSTING | {"external_id": "7"}, headers=employer)
    assert (again.json()["id"], again.json()["version"]) == (first.json()["id"], 2)


async def test_before_publication_a_posting_is_its_owner_s(client, employer, stranger):
    id_ = await submit(client, employer)
    mine = await client.get(f"{JOBS}/{id_}", headers=employer)
    assert mine.status_code == 200
    PostingAnswer.model_validate(mine.json())
    assert (mine.json()["description"], mine.json()["status"]) == (None, "submitted")
    for headers in ({}, stranger):
        assert (await client.get(f"{JOBS}/{id_}", headers=headers)).status_code == 404


async def test_a_published_posting_shows_facts_evidence_and_no_owner(client, employer, ports):
    id_ = await submit(client, employer)
    await publish(ports, id_)
    answer = await client.get(f"{JOBS}/{id_}")
    shown = answer.json()
    PostingAnswer.model_validate(shown)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (shown["mode"], shown["level"], shown["status"]) == ("hybrid", "senior", "published")
    assert shown["given"]["level"] is None
    assert shown["evidence"]["level"][0]["text"] == "Senior"
    assert shown["description"] == "<p>Python</p>"
    assert "<script" not in answer.text
    assert "owner_id" not in shown
    mine = (await client.get(f"{JOBS}/{id_}", headers=employer)).json()
    assert mine["given"]["description"] == POSTING["description"]
    PostingAnswer.model_validate(mine)


async def test_what_is_known_already_is_not_sent_again(client, employer, ports):
    id_ = await submit(client, employer)
    await publish(ports, id_)
    answer = await client.get(f"{JOBS}/{id_}")
    assert "cache-control" not in answer.headers
    known = {"If-None-Match": f'"9", W/{answer.headers["etag"]}'}
    again = await client.get(f"{JOBS}/{id_}", headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", '"1"')


async def test_what_changes_without_a_new_version_is_always_sent_and_never_kept(
    client, employer, ports
):
    id_ = await submit(client, employer)
    known = employer | {"If-None-Match": '"1"'}
    for status in ("submitted", "closed"):
        answer = await client.get(f"{JOBS}/{id_}", headers=known)
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"1"', "no-store")
        if status == "submitted":
            await publish(ports, id_)
            assert (await client.get(f"{JOBS}/{id_}", headers=known)).status_code == 304
            await client.post(f"{JOBS}/{id_}/close", headers=employer)


NO_IDS = (UNKNOWN, "none", "1", "0193f1c0", "%00", "..%2F..", "'--")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/status", None),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("POST", "/close", None),
        ("POST", "/why", {"query": "x"}),
    ],
)
async def test_what_is_no_posting_is_not_found(client, employer, method, path, body):
    for id_ in NO_IDS:
        answer = await client.request(method, f"{JOBS}/{id_}{path}", headers=employer, json=body)
        assert answer.status_code == 404, (id_, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_id_in_upper_case_is_the_same(client, employer):
    id_ = await submit(client, employer)
    answer = await client.get(f"{JOBS}/{id_.upper()}", headers=employer)
    assert answer.status_code == 200


async def test_the_status_is_the_owner_s(client, employer, stranger, ports):
    id_ = await submit(client, employer)
    answer = await client.get(f"{JOBS}/{id_}/status", headers=employer)
    StatusAnswer.model_validate(answer.json())
    assert answer.json()["status"] == "submitted"
    assert (await client.get(f"{JOBS}/{id_}/status")).status_code == 401
    assert (await client.get(f"{JOBS}/{id_}/status", headers=stranger)).status_code == 404
    await publish(ports, id_)
    history = (await client.get(f"{JOBS}/{id_}/status", headers=employer)).json()["history"]
    assert [step["status"] for step in history] == ["submitted", "published"]
    assert (await client.get(f"{JOBS}/{id_}/status", headers=stranger)).status_code == 403


async def test_a_revision_is_accepted_as_the_next_version(client, employer, ports):
    id_ = await submit(client, employer)
    await publish(ports, id_)
    etag = (await client.get(f"{JOBS}/{id_}", headers=employer)).headers["etag"]
    change = {"title": "Cook", "salary": {"max": 95000}}
    answer = await client.patch(f"{JOBS}/{id_}", json=change, headers=employer | {"If-Match": etag})
    AcceptedAnswer.model_validate(answer.json())
    assert (answer.status_code, answer.json()["version"]) == (202, 2)
    mine = (await client.get(f"{JOBS}/{id_}", headers=employer)).json()
    assert (mine["title"], mine["salary"]["min"], mine["salary"]["max"]) == ("Cook", 70000, 95000)
    late = await client.patch(f"{JOBS}/{id_}", json=change, headers=employer | {"If-Match": etag})
    assert late.status_code == 412
    next_ = await client.patch(
        f"{JOBS}/{id_}",
        json={"category": "kitchen"},
        headers=employer | {"If-Match": answer.headers["etag"]},
    )
    assert (next_.status_code, next_.json()["version"]) == (202, 3)


async def test_a_revision_is_a_stranger_s_to_read_once_it_is_published(
    client, employer, stranger, ports
):
    id_ = await submit(client, employer)
    await publish(ports, id_)
    before = await client.get(f"{JOBS}/{id_}")
    await client.patch(f"{JOBS}/{id_}", json={"title": "BUY NOW"}, headers=employer)
    during = await client.get(f"{JOBS}/{id_}")
    assert (during.json(), during.headers["etag"]) == (before.json(), '"1"')
    known = {"If-None-Match": before.headers["etag"]}
    assert (await client.get(f"{JOBS}/{id_}", headers=known)).status_code == 304
    mine = await client.get(f"{JOBS}/{id_}", headers=employer)
    assert (mine.json()["title"], mine.headers["etag"]) == ("BUY NOW", '"2"')
    why = await client.post(f"{JOBS}/{id_}/why", json={"query": "title:engineer"}, headers=stranger)
    assert why.json()["matched"]
    await publish(ports, id_)
    after = await client.get(f"{JOBS}/{id_}", headers=known)  # of the version before
    assert (after.json()["title"], after.headers["etag"]) == ("BUY NOW", '"2"')


REFUSED_REVISIONS = (
    ({"owner_id": "x"}, "/owner_id"),
    ({"version": 9}, "/version"),
    ({"title": None}, "/title"),
    ({"title": 7}, "/title"),
    ({"salary": {"min": 100000}}, "/salary"),
    ({"salary": {"$gt": 1}}, "/salary/$gt"),
)


async def test_a_revision_that_is_refused_is_named(client, employer):
    id_ = await submit(client, employer)
    for change, where in REFUSED_REVISIONS:
        answer = await client.patch(f"{JOBS}/{id_}", json=change, headers=employer)
        assert (answer.status_code, faults(answer)) == (422, [where]), change


@pytest.mark.parametrize("name", ["title", "company"])
async def test_what_a_posting_needs_is_not_taken_away(client, employer, name):
    id_ = await submit(client, employer)
    answer = await client.patch(f"{JOBS}/{id_}", json={name: None, "level": None}, headers=employer)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": f"/{name}", "expected": "a text", "got": "null"}]


async def test_an_address_of_the_web_is_what_is_expected(client, employer):
    body = POSTING | {"url": "javascript:1"}
    (fault,) = (await client.post(JOBS, json=body, headers=employer)).json()["errors"]
    assert (fault["pointer"], fault["expected"]) == ("/url", "an http or https address")


async def test_a_guard_that_is_no_etag_is_refused(client, employer):
    id_ = await submit(client, employer)
    for guard in ("1", 'W/"1"', '"x"', '"1", "2"'):
        answer = await client.delete(f"{JOBS}/{id_}", headers=employer | {"If-Match": guard})
        assert (answer.status_code, faults(answer)) == (422, ["If-Match"])


async def test_strangers_change_nothing(client, employer, stranger, ports):
    id_ = await submit(client, employer)
    for published, status in ((False, 404), (True, 403)):
        if published:
            await publish(ports, id_)
        for method, path, body in (
            ("PATCH", "", {"title": "x"}),
            ("DELETE", "", None),
            ("POST", "/close", None),
        ):
            url = f"{JOBS}/{id_}{path}"
            answer = await client.request(method, url, json=body, headers=stranger)
            assert answer.status_code == status
            assert (await client.request(method, url, json=body)).status_code == 401


async def test_closing_and_removing(client, employer, ports):
    id_ = await submit(client, employer)
    await publish(ports, id_)
    closed = await client.post(f"{JOBS}/{id_}/close", headers=employer)
    StatusAnswer.model_validate(closed.json())
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert closed.headers["etag"] == '"1"'
    assert (await client.get(f"{JOBS}/{id_}")).json()["closed_at"] is not None
    guard = employer | {"If-Match": closed.headers["etag"]}
    assert (await client.delete(f"{JOBS}/{id_}", headers=guard)).status_code == 204
    assert (await client.get(f"{JOBS}/{id_}", headers=employer)).status_code == 404


async def test_why_asks_a_query_of_any_visible_posting(client, employer, stranger, ports):
    id_ = await submit(client, employer)
    asked = {"query": "title:engineer level:junior"}
    hidden = await client.post(f"{JOBS}/{id_}/why", json=asked, headers=stranger)
    assert hidden.status_code == 404
    await publish(ports, id_)
    answer = await client.post(f"{JOBS}/{id_}/why", json=asked, headers=stranger)
    assert answer.status_code == 200
    assert (answer.json()["matched"], answer.json()["near_miss"]) == (False, "level:junior")
    assert [clause["outcome"] for clause in answer.json()["clauses"]] == ["true", "false"]


REFUSED_QUESTIONS = (
    ({}, "/query"),
    ({"query": "x", "alert_id": UNKNOWN}, "/query"),
    ({"query": "titel:x"}, "/query"),
    ({"query": "x" * 3000}, "/query"),
    ({"query": {"$gt": ""}}, "/query"),
    ({"query": "x", "criteria": {"op": "words", "text": "x"}}, "/query"),
    ({"criteria": {}}, "/criteria/op"),
    ({"criteria": []}, "/criteria"),
    ({"criteria": {"op": "clearance", "value": "perhaps"}}, "/criteria/value"),
)


async def test_why_refuses_by_pointer(client, employer, ports):
    id_ = await submit(client, employer)
    await publish(ports, id_)
    for body, where in REFUSED_QUESTIONS:
        answer = await client.post(f"{JOBS}/{id_}/why", json=body, headers=employer)
        assert (answer.status_code, faults(answer)) == (422, [where]), body


CLEARED = POSTING | {
    "category": "Analytics",
    "description": "<p>You must hold an active Secret clearance. We like Python.</p>",
}


@pytest.fixture
async def cleared(client, employer, ports):
    """A posting as processing finds it, published."""
    id_ = await submit(client, employer, **CLEARED)
    posting = Posting.model_validate((await ports.documents.get(POSTINGS, id_)).body)
    await postings.finish(ports, posting, derive(posting.given, today=ports.clock().date()))
    return id_


async def test_category_and_clearance_are_shown_with_where_they_were_found(client, cleared):
    shown = (await client.get(f"{JOBS}/{cleared}")).json()
    PostingAnswer.model_validate(shown)
    assert (shown["category"], shown["given"]["category"]) == ("data", "Analytics")
    assert shown["clearance"] == "required"
    category, clearance = (shown["evidence"][name] for name in ("category", "clearance"))
    assert [(e["field"], e["text"]) for e in category] == [("category", "Analytics")]
    (sentence,) = clearance
    assert sentence["text"] == "You must hold an active Secret clearance."
    assert shown["text"][sentence["start"] : sentence["end"]] == sentence["text"]


NEW_FIELDS = (
    ("category:data", {"op": "category", "values": ["data"]}, "Analytics"),
    (
        "clearance:required",
        {"op": "clearance", "value": "required"},
        "You must hold an active Secret clearance.",
    ),
    ("source:api", {"op": "source", "values": ["api"]}, None),
    (
        "company:@watched",
        {"op": "list", "field": "company", "name": "watched"},
        "Acme",
    ),
    ("skill:@stack", {"op": "list", "field": "skill", "name": "stack"}, "Python"),
)


@pytest.mark.parametrize(("query", "tree", "text"), NEW_FIELDS, ids=[q for q, _, _ in NEW_FIELDS])
async def test_why_explains_each_new_field_as_text_and_as_tree(
    client, stranger, cleared, query, tree, text
):
    for name, field, item in (("watched", "company", "ACME, Inc."), ("stack", "skill", "python3")):
        made = {"name": name, "field": field, "items": [item]}
        await client.post("/api/v1/lists", json=made, headers=stranger)
    for body in ({"query": query}, {"criteria": tree}):
        answer = await client.post(f"{JOBS}/{cleared}/why", json=body, headers=stranger)
        assert answer.status_code == 200, answer.text
        assert answer.json()["matched"]
        (clause,) = answer.json()["clauses"]
        assert (clause["clause"], clause["outcome"]) == (query, "true")
        assert clause["text"] == text


async def test_near_misses_are_counted_for_the_owner(client, employer, stranger, cleared, ports):
    ports.matchers.missed = NearMisses(12, {"pay": 7, "level": 4})
    url = f"{JOBS}/{cleared}/near-misses"
    answer = await client.get(url, headers=employer)
    assert answer.status_code == 200
    seen = PostingNearMisses.model_validate(answer.json())
    assert (seen.matched, seen.by_field) == (12, {"pay": 7})
    assert (await client.get(url, headers=stranger)).status_code == 403
    assert (await client.get(url)).status_code == 401
    waiting = await submit(client, employer)
    unprocessed = await client.get(f"{JOBS}/{waiting}/near-misses", headers=employer)
    assert unprocessed.status_code == 409
