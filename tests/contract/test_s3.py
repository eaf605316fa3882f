"""S3 dead, slow, refusing, back; and what is ours alone about a bucket."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx2
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import servers
from backends.files.base import Files
from backends.files.s3 import RETRIES, S3Files
from models.errors import Conflict, NotFound, Unavailable
from servers import Server
from tests.contract.adapters_s3 import (
    ACCESS_KEY_ID,
    REGION,
    SECRET_ACCESS_KEY,
    at,
    bucket,
    make_bucket,
    needs_s3,
    raw_store,
    shared_s3,
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One of the test's own, to be ill-treated."""
    needs_s3()
    made = servers.launch("s3", tmp_path / "s3")
    yield made
    made.stop()


def asking_verbs(files: Files) -> list[Callable[[], Awaitable[object]]]:
    async def listing() -> list[str]:
        return [info.name async for info in files.list("cvs")]

    return [
        files.open,
        lambda: files.put("cvs/one.pdf", b"1"),
        lambda: files.put("cvs/one.pdf", b"1", if_absent=True),
        lambda: files.get("cvs/one.pdf"),
        lambda: files.delete("cvs/one.pdf"),
        listing,
    ]


async def refused(verb: Callable[[], Awaitable[object]]) -> float:
    """The seconds until it says Unavailable."""
    started = time.monotonic()
    with pytest.raises(Unavailable):
        await verb()
    return time.monotonic() - started


async def test_killed_it_is_unavailable_and_back_it_works(server: Server) -> None:
    await make_bucket(server.url, "jobray")
    files = at(server.url, "s3://jobray")
    await files.open()
    await files.put("cvs/one.pdf", b"1")
    server.kill()
    assert max([await refused(verb) for verb in asking_verbs(files)]) < 3
    server.start()
    await make_bucket(server.url, "jobray")
    await files.put("cvs/one.pdf", b"2")
    assert await files.get("cvs/one.pdf") == b"2"
    assert [info.name async for info in files.list("cvs")] == ["cvs/one.pdf"]


async def test_killed_under_load_what_was_acknowledged_was_whole(server: Server) -> None:
    await make_bucket(server.url, "jobray")
    files = at(server.url, "s3://jobray")
    content = bytes(100_000)

    async def putting(number: int) -> int:
        acknowledged = 0
        try:
            while True:
                await files.put(f"cvs/{number}-{acknowledged}.pdf", content)
                assert await files.get(f"cvs/{number}-{acknowledged}.pdf") == content
                acknowledged += 1
        except Unavailable:
            return acknowledged

    running = [asyncio.create_task(putting(number)) for number in range(5)]
    await asyncio.sleep(0.5)
    server.kill()
    assert all(count > 0 for count in await asyncio.gather(*running))


async def test_paused_it_is_unavailable_within_its_time(server: Server) -> None:
    await make_bucket(server.url, "jobray")
    files = at(server.url, "s3://jobray", timeout_s=0.5)
    await files.open()
    server.pause()
    try:
        waits = await asyncio.gather(*map(refused, asking_verbs(files)))
    finally:
        server.resume()
    assert max(waits) < 1.5
    assert min(waits) > 0.4


async def test_without_its_bucket_nothing_works() -> None:
    files = at(shared_s3(), "s3://no-such-bucket")
    for verb in asking_verbs(files):
        await refused(verb)


@asynccontextmanager
async def answering(statuses: Sequence[int]) -> AsyncIterator[tuple[str, list[str]]]:
    """The URL of a server that answers these statuses in turn, the last of them for ever; and the
    request lines it got."""
    requests: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().lower().split("\r\n")
                length = next((int(x.split(":")[1]) for x in lines if "content-length:" in x), 0)
                await reader.readexactly(length)
                requests.append(head.decode().partition("\r\n")[0])
                status = statuses[min(len(requests), len(statuses)) - 1]
                writer.write(
                    f'HTTP/1.1 {status} X\r\nETag: "1"\r\nContent-Length: 2\r\n'
                    "Last-Modified: Sat, 21 Nov 2026 09:30:00 GMT\r\n\r\nok".encode()
                )
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


async def test_a_failing_server_is_asked_again() -> None:
    async with answering([503, 500, 200]) as (url, requests):
        await at(url, "s3://jobray").put("cvs/one.pdf", b"1")
        assert requests == ["PUT /jobray/cvs/one.pdf HTTP/1.1"] * 3
    async with answering([503, 200]) as (url, requests):
        assert await at(url, "s3://jobray").get("cvs/one.pdf") == b"ok"
        assert len(requests) == 2


async def test_but_not_for_ever() -> None:
    for verb in range(6):
        async with answering([503]) as (url, requests):
            assert await refused(asking_verbs(at(url, "s3://jobray"))[verb]) < 3
            assert len(requests) == 1 + RETRIES


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_server_that_refuses_is_not_asked_again(status: int) -> None:
    for verb in range(6):
        async with answering([status]) as (url, requests):
            files = at(url, "s3://jobray")
            with pytest.raises(Unavailable) as told:
                await asking_verbs(files)[verb]()
            assert len(requests) == 1
            assert SECRET_ACCESS_KEY not in str(told.value)
            assert ACCESS_KEY_ID not in str(told.value)


async def test_a_put_of_what_must_be_new_says_so_in_its_one_request() -> None:
    async with answering([412]) as (url, requests):
        with pytest.raises(Conflict):
            await at(url, "s3://jobray").put("cvs/one.pdf", b"1", if_absent=True)
        assert len(requests) == 1


async def test_a_prefix_is_a_store_of_its_own() -> None:
    endpoint = shared_s3()
    async with bucket(endpoint) as name:
        one, other = at(endpoint, f"s3://{name}/one"), at(endpoint, f"s3://{name}/one-more/")
        await one.put("cvs/a.pdf", b"1")
        await other.put("cvs/b.pdf", b"2")
        assert [info.name async for info in one.list("cvs")] == ["cvs/a.pdf"]
        assert [info.name async for info in other.list("cvs")] == ["cvs/b.pdf"]
        with pytest.raises(NotFound):
            await one.get("cvs/b.pdf")


async def test_what_is_not_ours_is_not_listed() -> None:
    endpoint = shared_s3()
    async with bucket(endpoint) as name:
        store, files = raw_store(endpoint, name), at(endpoint, f"s3://{name}")
        for path in ("cvs/one.pdf", "cvs/deeper/one.pdf", "cvs/.hidden", "cvs/a b.pdf"):
            await store.put_async(path, b"1")
        assert [info.name async for info in files.list("cvs")] == ["cvs/one.pdf"]


async def test_more_than_a_page_of_them_is_listed() -> None:
    endpoint = shared_s3()
    async with bucket(endpoint) as name:
        files = at(endpoint, f"s3://{name}")
        names = [f"cvs/{number:04}.pdf" for number in range(1050)]
        for start in range(0, len(names), 50):
            await asyncio.gather(*(files.put(each, b"") for each in names[start : start + 50]))
        assert sorted([info.name async for info in files.list("cvs")]) == names


async def test_a_link_is_signed_as_aws_signs() -> None:
    """moto looks at no signature, so it is AWS' own library that says whether it is the right one:
    over the same request, at the same moment."""
    files = at("https://files.example.org", "s3://jobray/some/prefix")
    link = await files.link("cvs/one.pdf", expires_s=90)
    where = urlsplit(link)
    query = dict(parse_qsl(where.query))
    assert (where.scheme, where.netloc) == ("https", "files.example.org")
    assert where.path == "/jobray/some/prefix/cvs/one.pdf"
    assert query["X-Amz-Expires"] == "90"
    assert SECRET_ACCESS_KEY not in link
    request = AWSRequest("GET", urlunsplit(where._replace(query="")))
    request.context["timestamp"] = query["X-Amz-Date"]
    signer = S3SigV4QueryAuth(
        Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), "s3", REGION, expires=90
    )
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert signer.signature(text, request) == query["X-Amz-Signature"]


async def test_links_may_lead_to_another_address_of_the_same_server() -> None:
    endpoint = shared_s3()
    outside = endpoint.replace("127.0.0.1", "localhost")
    async with bucket(endpoint) as name, httpx2.AsyncClient() as browser:
        files = at(endpoint, f"s3://{name}", link_endpoint=outside)
        await files.put("cvs/one.pdf", b"1")
        link = await files.link("cvs/one.pdf", expires_s=60)
        assert link.startswith(f"{outside}/{name}/cvs/one.pdf?")
        assert (await browser.get(link)).content == b"1"


@pytest.mark.parametrize("url", ["", "jobray", "s3:", "s3://", "s3:///prefix", "file:///tmp"])
def test_another_kind_of_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket"):
        S3Files(url)


@pytest.mark.parametrize("endpoint", ["127.0.0.1:9000", "s3.example.org", "ftp://127.0.0.1"])
def test_an_endpoint_of_another_kind_is_refused(endpoint: str) -> None:
    for setting in ("endpoint", "link_endpoint"):
        with pytest.raises(ValueError, match="http://"):
            S3Files("s3://jobray", **{setting: endpoint})


async def test_what_is_not_said_is_taken_from_where_aws_programs_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {
        "AWS_ACCESS_KEY_ID": "of-the-environment",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "ap-south-1",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    link = await S3Files("s3://jobray").link("cvs/one.pdf", expires_s=60)
    assert urlsplit(link).netloc == "s3.ap-south-1.amazonaws.com"
    assert "X-Amz-Credential=of-the-environment%2F" in link
    said = at("", "s3://jobray")
    link = await said.link("cvs/one.pdf", expires_s=60)
    assert urlsplit(link).netloc == f"s3.{REGION}.amazonaws.com"
    assert f"X-Amz-Credential={ACCESS_KEY_ID}%2F" in link
