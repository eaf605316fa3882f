"""The servers themselves: each answers a real client, keeps what it promises to over a SIGKILL, and
leaves no process behind. The ports and the folder are the same after a start."""

import itertools
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pulsar
import pytest
import redis
from obstore.store import S3Store
from pymongo import MongoClient
from pymongo.errors import AutoReconnect

import servers
from servers import process, shared
from servers.ports import HOST
from servers.pulsar.security import token

pytestmark = pytest.mark.timeout(600)
TOPIC = "persistent://public/default/kept"
BUCKET = "kept"


@dataclass(frozen=True)
class Speaking:
    """How to leave some words with a server and read those it has, in the order they came."""

    write: Callable[[str, list[str]], None]
    read: Callable[[str], list[str]]
    keeps: bool


@contextmanager
def mongo(url: str) -> Iterator[MongoClient[dict[str, str]]]:
    client: MongoClient[dict[str, str]] = MongoClient(url, retryWrites=False)
    try:
        yield client
    finally:
        client.close()


def write_mongo(url: str, words: list[str]) -> None:
    with mongo(url) as client:
        client.test.words.insert_many([{"_id": f"{n:03}", "word": w} for n, w in enumerate(words)])


def read_mongo(url: str) -> list[str]:
    with mongo(url) as client:
        return [found["word"] for found in client.test.words.find().sort("_id")]


@contextmanager
def pulsar_client(url: str, patience_s: int = 20, **options: Any) -> Iterator[pulsar.Client]:
    client = pulsar.Client(url, operation_timeout_seconds=patience_s, **options)
    try:
        yield client
    finally:
        client.close()


def write_pulsar(url: str, words: list[str]) -> None:
    with pulsar_client(url) as client:
        # A subscription that acknowledges nothing keeps the messages without a retention policy.
        client.subscribe(TOPIC, "keeper").close()
        producer = client.create_producer(TOPIC, batching_enabled=False)
        for word in words:
            producer.send(word.encode())


def read_pulsar(url: str) -> list[str]:
    """A broker that was just started again may leave the first question without an answer."""
    try:
        return read_pulsar_once(url)
    except pulsar.Timeout:
        return read_pulsar_once(url)


def read_pulsar_once(url: str) -> list[str]:
    words = []
    with pulsar_client(url) as client:
        reader = client.create_reader(TOPIC, pulsar.MessageId.earliest)
        while reader.has_message_available():
            words.append(reader.read_next(timeout_millis=10_000).data().decode())
    return words


def write_redis(url: str, words: list[str]) -> None:
    with redis.Redis.from_url(url) as client:
        client.rpush("words", *words)


def read_redis(url: str) -> list[str]:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        return list(client.lrange("words", 0, -1))


def bucket(url: str) -> S3Store:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/{BUCKET}", method="PUT")):
        return S3Store(
            BUCKET,
            endpoint=url,
            access_key_id="anybody",
            secret_access_key="anything",
            region="us-east-1",
            client_options={"allow_http": True},
        )


def write_s3(url: str, words: list[str]) -> None:
    for number, word in enumerate(words):
        bucket(url).put(f"{number:03}", word.encode())


def read_s3(url: str) -> list[str]:
    store = bucket(url)
    names = sorted(found["path"] for page in store.list() for found in page)
    return [bytes(store.get(name).bytes()).decode() for name in names]


SPOKEN = {
    "pulsar": Speaking(write_pulsar, read_pulsar, keeps=True),
    "mongo-java": Speaking(write_mongo, read_mongo, keeps=True),
    "ferretdb": Speaking(write_mongo, read_mongo, keeps=True),
    "redis": Speaking(write_redis, read_redis, keeps=False),
    "s3": Speaking(write_s3, read_s3, keeps=False),
}


@pytest.fixture(params=servers.NAMES)
def name(request: pytest.FixtureRequest) -> str:
    if lacks := servers.missing(request.param):
        pytest.skip(lacks)
    return str(request.param)


def test_a_server_answers_is_frozen_killed_and_comes_back(name: str, tmp_path: Path) -> None:
    speaking, words = SPOKEN[name], ["first", "second", "größer"]
    with servers.launch(name, tmp_path) as server:
        first, url = server.pid, server.url
        assert listening(first) == {HOST}
        speaking.write(url, words)
        assert_silent_while_paused(server, lambda: speaking.read(url), words)

        server.kill()
        assert not psutil.pid_exists(first)
        server.start()
        second = server.pid
        assert (server.url, second != first) == (url, True)
        assert speaking.read(url) == (words if speaking.keeps else [])
    assert not psutil.pid_exists(second)


def assert_silent_while_paused(
    server: servers.Server, read: Callable[[], list[str]], expected: list[str]
) -> None:
    server.pause()
    with ThreadPoolExecutor(1) as pool:
        try:
            reading = pool.submit(read)
            with pytest.raises(TimeoutError):
                reading.result(timeout=1.0)
        finally:
            server.resume()
        assert reading.result(timeout=30.0) == expected


def listening(pid: int) -> set[str]:
    """The addresses on which a process takes calls."""
    seen = psutil.Process(pid).net_connections("inet")
    return {found.laddr.ip for found in seen if found.status == psutil.CONN_LISTEN}


@pytest.mark.parametrize("name", ["mongo-java", "ferretdb"], indirect=True)
def test_a_killed_documents_server_has_all_it_acknowledged(name: str, tmp_path: Path) -> None:
    with servers.launch(name, tmp_path) as server:
        acknowledged: list[str] = []
        with ThreadPoolExecutor(1) as pool, mongo(server.url) as client:
            inserting = pool.submit(insert_until_it_ends, client, acknowledged)
            wait_until(lambda: len(acknowledged) >= 100)
            server.kill()
            assert isinstance(inserting.exception(timeout=30.0), AutoReconnect)
        server.start()
        with mongo(server.url) as client:
            kept = [found["_id"] for found in client.test.words.find().sort("_id")]
    # One insert was on its way: it may have been written without the answer coming through.
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) <= len(acknowledged) + 1


def insert_until_it_ends(client: MongoClient[dict[str, str]], acknowledged: list[str]) -> None:
    for number in itertools.count():
        client.test.words.insert_one({"_id": f"{number:06}", "word": "x" * 300})
        acknowledged.append(f"{number:06}")


def wait_until(true: Callable[[], bool], timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["pulsar"], indirect=True)
def test_a_secured_pulsar_lets_in_whoever_has_the_token(name: str, tmp_path: Path) -> None:
    with servers.launch(name, tmp_path, auth=True) as server:
        verified: dict[str, Any] = {
            "tls_trust_certs_file_path": server.ca_file,
            "tls_validate_hostname": True,
        }
        knows = pulsar.AuthenticationToken(server.token)
        with pulsar_client(server.tls_url, authentication=knows, **verified) as client:
            consumer = client.subscribe(TOPIC, "reader")
            client.create_producer(TOPIC).send(b"secret")
            assert consumer.receive(timeout_millis=10_000).data() == b"secret"

        forged = pulsar.AuthenticationToken(token(b"x" * 32, "jobray"))
        for url, other in ((server.tls_url, forged), (server.tls_url, None), (server.url, None)):
            with (
                pulsar_client(url, 2, authentication=other, **verified) as client,
                pytest.raises(pulsar.PulsarException),
            ):
                client.create_producer(TOPIC)
        with (
            pulsar_client(server.tls_url, 2, authentication=knows) as client,
            pytest.raises(pulsar.PulsarException),
        ):
            client.create_producer(TOPIC)

        trusted = ssl.create_default_context(cafile=server.ca_file)
        listed = f"{server.admin_tls_url}/admin/v2/namespaces/public"
        asked = urllib.request.Request(listed, headers={"Authorization": f"Bearer {server.token}"})
        with urllib.request.urlopen(asked, context=trusted, timeout=10.0) as answer:
            assert b"public/default" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(listed, context=trusted, timeout=10.0)


def test_the_shared_server_is_one_for_all_and_started_anew_after_a_kill(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        urls = set(pool.map(lambda _: shared.running("s3", tmp_path), range(3)))
    try:
        entry = shared.entries(tmp_path)["s3"]
        assert urls == {entry.url}
        process.kill(entry.process)
        again = shared.ensure("s3", tmp_path)
        assert again.process.pid != entry.process.pid
        assert shared.ensure("s3", tmp_path) == again
    finally:
        assert shared.stop("s3", tmp_path)
    assert not psutil.pid_exists(again.process.pid)
    assert shared.entries(tmp_path) == {}


def test_a_server_whose_test_run_was_killed_is_found(tmp_path: Path) -> None:
    owner = f"""
import time, pathlib, servers
print(servers.launch("s3", pathlib.Path({str(tmp_path)!r})).pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        assert pid not in {found.pid for found in process.orphans()}
        run.kill()
    [orphan] = [found for found in process.orphans() if found.pid == pid]
    process.kill(orphan)
    wait_until(lambda: not process.alive(orphan))


@pytest.mark.parametrize("name", ["mongo-java"], indirect=True)
def test_a_server_that_ends_while_starting_says_why(name: str, tmp_path: Path) -> None:
    (tmp_path / "documents.mv").write_text("no store")
    with pytest.raises(servers.ServerError, match=r"(?s)ended while starting.*MVStoreException"):
        servers.launch(name, tmp_path)


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with servers.launch("s3", tmp_path / "one") as server:
        taken = server.ports["server"]
        with pytest.raises(servers.ServerError, match=f"port {taken} is taken"):
            servers.launch("s3", tmp_path / "two", port=taken)
        with pytest.raises(servers.ServerError, match="runs already"):
            server.start()
