"""One fixture a port, parametrised over its adapters."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backends.cache.base import Cache
from backends.documents.base import Documents
from backends.documents.collections import Collection
from backends.files.base import Files
from backends.stream.base import Stream
from tests.contract.adapters import BACKENDS, CACHES, FILES, LEASE_S, THINGS, Backend, ManualClock


@pytest.fixture(params=sorted(BACKENDS))
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    async with BACKENDS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def documents(backend: Backend) -> Documents:
    return backend.documents


@pytest.fixture
def stream(backend: Backend) -> Stream:
    return backend.stream


@pytest.fixture
def things() -> Collection:
    """A collection with an index of each kind."""
    return THINGS


@pytest.fixture
def lease_s() -> float:
    return LEASE_S


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=sorted(CACHES))
async def cache(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Cache]:
    made = CACHES[request.param](clock)
    await made.open()
    yield made
    await made.close()


@pytest.fixture(params=sorted(FILES))
async def files(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Files]:
    made = FILES[request.param](tmp_path / "files")
    await made.open()
    yield made
    await made.close()
