"""A client that keeps at it: what it sends again, with what key, and what it takes as final."""

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

import httpx2
import pytest

from chaos import poster, workload
from chaos.ledger import Ledger, Posted, read
from chaos.people import Person
from chaos.poster import Client, Poster, RefusedError

ROUTELESS = httpx2.Response(404, text="Path '/api/v1/jobs' not found.")


def _person(answer: Callable[[httpx2.Request], httpx2.Response]) -> Person:
    person = Person.__new__(Person)
    person.account = {"id": "user-1"}
    transport = httpx2.MockTransport(answer)
    person.http = httpx2.Client(base_url="http://test/api/v1", transport=transport)
    return person


def _scripted(*answers: httpx2.Response | Exception) -> tuple[Client, list[httpx2.Request]]:
    """A client who is answered so, one after the other; and what it sent."""
    sent: list[httpx2.Request] = []
    script: Iterator[httpx2.Response | Exception] = iter(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        said = next(script)
        if isinstance(said, Exception):
            raise said
        return said

    return Client(_person(answer)), sent


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poster, "AGAIN_S", 0.001)


def test_what_may_pass_is_sent_again_with_the_same_key_until_it_is_promised() -> None:
    client, sent = _scripted(
        httpx2.ConnectError("refused"),
        httpx2.Response(503),
        httpx2.Response(409, json={}),
        httpx2.Response(429, json={}),
        ROUTELESS,
        httpx2.Response(202, json={"id": "p1"}),
    )
    assert client.insist("POST", "/jobs", {"title": "Baker"}, "key-1") == {"id": "p1"}
    assert {request.headers["Idempotency-Key"] for request in sent} == {"key-1"}
    assert [attempt.status for attempt in client.attempts] == [0, 503, 409, 429, 404, 202]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_of_ours_is_final(status: int) -> None:
    client, sent = _scripted(httpx2.Response(status, json={"title": "no"}))
    with pytest.raises(RefusedError, match=str(status)):
        client.insist("POST", "/jobs", {}, "key-1")
    assert len(sent) == 1


def test_who_gives_up_sends_nothing_again() -> None:
    client, sent = _scripted(*(httpx2.Response(503) for _ in range(3)))
    client.give_up()
    with pytest.raises(RefusedError):
        client.insist("POST", "/jobs", {}, "key-1")
    assert sent == []


def test_who_moves_waits_for_what_is_under_way_and_sends_the_next_to_the_other() -> None:
    arrived, answering = threading.Event(), threading.Event()
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.host)
        arrived.set()
        answering.wait(10)
        return httpx2.Response(202, json={})

    client = Client(_person(answer))
    sending = threading.Thread(target=client.insist, args=("POST", "/jobs", {}, "key-1"))
    moving = threading.Thread(target=client.move, args=("http://other",))
    sending.start()
    arrived.wait(10)
    moving.start()
    moving.join(0.1)
    assert moving.is_alive(), "moved while a request was under way"
    answering.set()
    sending.join()
    moving.join()
    client.insist("POST", "/jobs", {}, "key-2")
    assert asked == ["test", "other"]


def test_only_what_was_promised_is_in_the_ledger_and_each_effect_once(tmp_path: Path) -> None:
    made: dict[str, str] = {}

    def answer(request: httpx2.Request) -> httpx2.Response:
        """Every second request is executed and its answer lost."""
        key = request.headers["Idempotency-Key"]
        is_lost = key not in made and len(made) % 2 == 0
        made.setdefault(key, f"p{len(made)}")
        return httpx2.Response(500) if is_lost else httpx2.Response(202, json={"id": made[key]})

    ledger = Ledger(tmp_path / "ledger.jsonl")
    steps = islice(workload.steps(Random(1), "bcdf", 0), 50)
    posting = Poster("n", _person(answer), _person(answer), steps, ledger, pace_s=0.0)
    posting.start()
    posting.join(timeout=30.0)
    assert isinstance(posting.failure, StopIteration), "the steps are at their end"
    lines = list(read(ledger.path))
    assert len(lines) == posting.acknowledged == 50
    new = [line.id for line in lines if isinstance(line, Posted) and line.revision == 1]
    assert len(new) == len(set(new)) == posting.submitted
