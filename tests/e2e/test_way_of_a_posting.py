"""Post → processed → matched → told: on the page's stream, the WebSocket and by mail."""

import email
import email.policy
import json
import threading
from typing import Any

import httpx2
from websockets.sync.client import connect

from chaos.people import Person, wait_until
from chaos.running import Running
from tests.e2e.conftest import Inbox

QUERY = 'title:"data engineer" near:"Leeds, GB"<40km'


def test_a_posting_reaches_stream_socket_list_and_mail(
    system: Running, employer: Person, seeker: Person, inbox: tuple[Inbox, int]
) -> None:
    alert = seeker.alert(QUERY, "email", name="Data in Leeds")
    socket_items: list[dict[str, Any]] = []
    url = f"ws://127.0.0.1:{system.port}/api/v1/notifications/ws"
    with (
        connect(url, subprotocols=[f"bearer.{seeker.token}"]) as socket,  # type: ignore[list-item]
        seeker.stream() as events,
    ):
        accepted = employer.post_job()
        listening = threading.Thread(
            target=lambda: socket_items.append(json.loads(socket.recv(timeout=20)))
        )
        listening.start()
        _, item = next(events)
        listening.join()
    assert item["posting"]["id"] == accepted["id"]
    assert item["alert"] == {"id": alert["id"], "name": "Data in Leeds"}
    assert "data engineer" in item["why"]["line"].lower()
    assert socket_items[0]["id"] == item["id"]

    assert employer.status_of(accepted["id"]) == "published"
    assert [n["id"] for n in seeker.notifications()] == [item["id"]]
    [mail] = wait_until(lambda: inbox[0].to(seeker.email))
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    assert "Senior Data Engineer" in parsed["subject"]
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {part.get_content_type() for part in parsed.walk()} >= {"text/plain", "text/html"}

    def delivered() -> bool:
        deliveries = seeker.notifications()[0]["deliveries"]
        return {d["channel"]: d["status"] for d in deliveries} == {
            "inapp": "delivered",
            "email": "delivered",
        }

    wait_until(delivered)
    why = seeker.ok(seeker.http.get(f"/alerts/{alert['id']}/matches"), 200)["items"]
    [match] = why
    explained = seeker.ok(seeker.http.get(f"/matches/{match['id']}/why"), 200)
    assert explained["matched"]
    assert {clause["outcome"] for clause in explained["clauses"]} == {"true"}


def test_a_stream_resumes_where_it_broke_without_gap_or_duplicate(
    employer: Person, seeker: Person
) -> None:
    seeker.alert("python")
    with seeker.stream() as events:
        first = employer.post_job(title="Python one")
        position, item = next(events)
        assert item["posting"]["id"] == first["id"]
    missed = [employer.post_job(title=f"Python {n}")["id"] for n in ("two", "three")]
    wait_until(lambda: len(seeker.notifications()) == 3)
    with seeker.stream(last_event_id=position) as events:
        resumed = [next(events)[1]["posting"]["id"] for _ in missed]
        live = employer.post_job(title="Python four")
        resumed.append(next(events)[1]["posting"]["id"])
    assert set(resumed[:2]) == set(missed)
    assert resumed[2] == live["id"]


def test_the_one_click_unsubscribe_of_a_mail_stops_the_next_mail(
    system: Running, employer: Person, seeker: Person, inbox: tuple[Inbox, int]
) -> None:
    alert = seeker.alert("kafka", "email")
    employer.post_job(title="Kafka one")
    [mail] = wait_until(lambda: inbox[0].to(seeker.email))
    link = email.message_from_bytes(mail)["List-Unsubscribe"].strip("<>")
    assert httpx2.get(link).status_code == 200
    shown = seeker.ok(seeker.http.get(f"/alerts/{alert['id']}"), 200)
    assert "email" in shown["channels"], "opening the link must change nothing"
    assert httpx2.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    second = employer.post_job(title="Kafka two")

    def told() -> Any:
        return [n for n in seeker.notifications() if n["posting"]["id"] == second["id"]]

    [notification] = wait_until(told)
    assert [d["channel"] for d in notification["deliveries"]] == ["inapp"]
    assert len(inbox[0].to(seeker.email)) == 1


def test_an_idempotent_post_has_one_effect(employer: Person) -> None:
    headers = {"Idempotency-Key": "order-66"}
    body = {"title": "Baker", "company": "Crumb", "description": "Bread.", "locations": ["Leeds"]}
    first = employer.http.post("/jobs", json=body, headers=headers)
    again = employer.http.post("/jobs", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]


def test_a_search_finds_what_an_alert_would(employer: Person, seeker: Person) -> None:
    word = "zymurgist"
    posted = employer.post_job(title=f"Senior {word}")
    employer.post_job(title="Junior baker")

    def found() -> Any:
        query = {"q": word, "facets": "country"}
        return seeker.ok(seeker.http.get("/search/jobs", params=query), 200)["items"]

    [hit] = wait_until(found)
    assert hit["id"] == posted["id"]
    preview = seeker.ok(seeker.http.post("/alerts/preview", json={"query": word}), 200)
    assert preview["count_30d"] == 1
    assert sum(preview["per_day"]) == 1


def test_a_posting_with_a_problem_ends_with_its_reasons(employer: Person) -> None:
    posted = employer.post_job(
        title="Easy money", description="<p>Pay a registration fee and contact us on Telegram.</p>"
    )
    wait_until(lambda: employer.status_of(posted["id"]) in ("needs_review", "rejected"))
    status = employer.ok(employer.http.get(f"/jobs/{posted['id']}/status"), 200)
    assert status["reasons"]
    assert all(reason["detail"] for reason in status["reasons"])


def test_the_page_and_the_documentation_are_served(system: Running) -> None:
    for path in ("/", "/docs", "/static/app.js", "/static/style.css", "/health"):
        answer = httpx2.get(system.url + path)
        assert answer.status_code == 200, path
        assert "default-src" in answer.headers["content-security-policy"]
    document = httpx2.get(f"{system.url}/openapi.json").json()
    [flow] = [s["flows"]["password"] for s in document["components"]["securitySchemes"].values()]
    assert flow["tokenUrl"] == "/api/v1/auth/login/access-token"
