"""The files adapters of the contract suite, each with its way to follow a link."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import httpx2
import obstore
import pytest
from fastapi import FastAPI
from obstore.store import S3Store

import servers
from backends.files.base import Files
from backends.files.links import LINKS_PATH, LinkMaker
from backends.files.local import LocalFiles
from backends.files.s3 import S3Files
from deployments import problem
from deployments.routers import files as links_route
from deployments.routing import taken_over
from deployments.settings import API_PREFIX
from models.base import new_id, utc_now

SECRET = "a-secret-of-a-test-with-32-bytes-or-more"
REGION, ACCESS_KEY_ID, SECRET_ACCESS_KEY = "eu-central-1", "an-access-key-id", "its-secret-key"


@dataclass(frozen=True)
class LinkedFiles:
    """`follow` gives the answer to a link; files that are put `tick_s` seconds apart are of
    different age to the store."""

    files: Files
    follow: Callable[[str], Awaitable[httpx2.Response]]
    tick_s: float


@asynccontextmanager
async def local_files(folder: Path) -> AsyncIterator[LinkedFiles]:
    links = LinkMaker("http://localhost" + LINKS_PATH, SECRET, utc_now)
    files = LocalFiles(folder / "files", links=links)
    await files.open()
    app = FastAPI()
    app.state.ports = SimpleNamespace(files=files, clock=utc_now)
    app.state.settings = SimpleNamespace(secret_key=SECRET, previous_secret_key=None)
    problem.install(app)
    app.router.routes.extend(taken_over(links_route.router, prefix=API_PREFIX))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client:
        yield LinkedFiles(files, client.get, tick_s=0.02)
    await files.close()


@asynccontextmanager
async def s3_files(folder: Path) -> AsyncIterator[LinkedFiles]:
    """In a bucket of its own on the shared server, below a prefix."""
    endpoint = shared_s3()
    async with bucket(endpoint) as name, httpx2.AsyncClient() as client:
        files = at(endpoint, f"s3://{name}/some/prefix")
        await files.open()
        yield LinkedFiles(files, client.get, tick_s=1)
        await files.close()


def at(endpoint: str, url: str, **more: object) -> S3Files:
    """The adapter with the credentials of the test."""
    return S3Files(
        url,
        endpoint=endpoint,
        region=REGION,
        access_key_id=ACCESS_KEY_ID,
        secret_access_key=SECRET_ACCESS_KEY,
        **more,
    )


def raw_store(endpoint: str, bucket: str) -> S3Store:
    """The bucket without our adapter."""
    return S3Store(
        bucket,
        endpoint=endpoint,
        region=REGION,
        access_key_id=ACCESS_KEY_ID,
        secret_access_key=SECRET_ACCESS_KEY,
        client_options={"allow_http": True, "timeout": "5s"},
    )


@asynccontextmanager
async def bucket(endpoint: str) -> AsyncIterator[str]:
    """The name of a new bucket, which is gone afterwards."""
    name = f"test-{new_id()}"
    async with httpx2.AsyncClient() as client:
        await make_bucket(endpoint, name)
        yield name
        store = raw_store(endpoint, name)
        left = [each["path"] async for page in obstore.list(store) for each in page]
        await obstore.delete_async(store, left)
        (await client.delete(f"{endpoint}/{name}")).raise_for_status()


async def make_bucket(endpoint: str, name: str) -> None:
    async with httpx2.AsyncClient() as client:
        (await client.put(f"{endpoint}/{name}")).raise_for_status()


def shared_s3() -> str:
    """The URL of the shared server; skips the test where this machine has none."""
    needs_s3()
    return servers.running("s3")


def needs_s3() -> None:
    if reason := servers.missing("s3"):
        pytest.skip(reason)


FILES: dict[str, Callable[[Path], AbstractAsyncContextManager[LinkedFiles]]] = {
    "local": local_files,
    "s3": s3_files,
}
