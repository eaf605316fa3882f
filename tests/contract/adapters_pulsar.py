"""The stream on the shared Pulsar, in a namespace of the test's own, with documents in a file."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import servers
from backends.documents.collections import COLLECTIONS
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from backends.stream.pulsar import PulsarStream
from models.base import new_id
from tests.contract.adapters import THINGS, Backend, shared_server


@asynccontextmanager
async def pulsar_backend(folder: Path, lease_s: float) -> AsyncIterator[Backend]:
    url = await asyncio.to_thread(shared_server, "pulsar")
    admin_url = await asyncio.to_thread(servers.admin_url, "pulsar")
    namespace = f"public/test-{new_id()}"
    try:
        async with _opened(url, admin_url, namespace, folder, lease_s) as backend:
            yield backend
    finally:
        await asyncio.to_thread(delete_namespaces, admin_url, namespace)


@asynccontextmanager
async def _opened(
    url: str, admin_url: str, namespace: str, folder: Path, lease_s: float
) -> AsyncIterator[Backend]:
    documents = SqliteDocuments(Database(folder / "documents.db"), (*COLLECTIONS, THINGS))
    stream = PulsarStream(url, admin_url=admin_url, namespace=namespace, lease_s=lease_s)
    async with AsyncExitStack() as stack:
        for port in (documents, stream):
            await port.open()
            stack.push_async_callback(port.close)
        yield Backend(
            documents, stream, lambda: _opened(url, admin_url, namespace, folder, lease_s)
        )


def delete_namespaces(admin_url: str, namespace: str) -> None:
    """Remove what a test left in the shared broker, topics and all."""
    for name in (namespace, f"{namespace}-owners"):
        for topic in json.loads(
            _call("GET", f"{admin_url}/admin/v2/persistent/{name}/partitioned")
        ):
            path = quote(topic.rsplit("/", 1)[1], safe="")
            _call("DELETE", f"{admin_url}/admin/v2/persistent/{name}/{path}/partitions?force=true")
        _call("DELETE", f"{admin_url}/admin/v2/namespaces/{name}")


def _call(method: str, url: str) -> bytes:
    request = urllib.request.Request(url, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: bytes = answer.read()
    return found
