"""Systems that are made to suffer: each module starts its own."""

from collections.abc import Iterator

import pytest

from chaos.running import Running


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("system")).start()
    yield running
    running.stop()
