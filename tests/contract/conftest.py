"""A backend for each test: one that uses documents runs on every adapter of the documents, one that
uses the stream alone on every adapter of the stream."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backends.documents.base import Documents
from backends.documents.collections import Collection
from backends.stream.base import Stream
from tests.contract.adapters import DOCUMENTS, LEASE_S, THINGS, Backend
from tests.contract.adapters import STREAMS as EMBEDDED_STREAMS
from tests.contract.adapters_pulsar import pulsar_backend

STREAMS = {**EMBEDDED_STREAMS, "pulsar": pulsar_backend}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        adapters = DOCUMENTS if "documents" in metafunc.fixturenames else STREAMS
        metafunc.parametrize("backend", sorted(adapters), indirect=True)


@pytest.fixture
async def backend(
    request: pytest.FixtureRequest, tmp_path: Path, lease_s: float
) -> AsyncIterator[Backend]:
    made = {**STREAMS, **DOCUMENTS}[request.param]
    async with made(tmp_path, lease_s) as backend:
        yield backend


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
    """How long a consumer is believed without a sign of life; a test may ask for another."""
    return LEASE_S
