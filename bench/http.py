"""Requests a second of `GET jobs/{id}` against a bare Serve + FastAPI application that returns the
same bytes through the same proxy, in turns. Goal: a ratio of 0.9 or more.
"""

import asyncio
import json
import os
import statistics
import tempfile
import time

from bench.table import quantile, show
from chaos.people import Person, wait_until
from cluster.demo_postings import postings
from cluster.settings import load
from cluster.system import System, claimed
from servers.ports import free_port

ROUNDS = 7
SECONDS = 3.0
CONNECTIONS = 32


async def _client(port: int, path: str, end: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    while time.monotonic() < end:
        begun = time.monotonic()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(
            line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        )
        await reader.readexactly(int(length.split(b":")[1]))
        took.append(time.monotonic() - begun)
    writer.close()


async def load_for(port: int, path: str, connections: int) -> tuple[float, list[float]]:
    """Requests a second, and the seconds each took."""
    took: list[float] = []
    begun = time.monotonic()
    end = begun + SECONDS
    await asyncio.gather(*(_client(port, path, end, took) for _ in range(connections)))
    return len(took) / (time.monotonic() - begun), took


def _publish(url: str) -> str:
    employer = Person(url, "employer")
    body = next(postings(seed=7))
    posted: str = employer.post_job(**body)["id"]
    wait_until(lambda: employer.status_of(posted) == "published")
    return posted


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "JOBRAY_DATA_DIR": folder,
            "JOBRAY_HTTP_PORT": str(free_port()),
            "JOBRAY_RATE_LIMIT_PER_MINUTE": "100000000",
            "JOBRAY_RAY_DASHBOARD": "false",
        }
        settings = load()
        system = System(settings)
        with claimed(settings):
            try:
                system.start(lambda _: None)
                port = settings.http.port
                posting = _publish(f"http://127.0.0.1:{port}")
                ours, bare = f"/api/v1/jobs/{posting}", f"/bare/jobs/{posting}"
                content = _content(port, ours)
                # Ray reads our token's place when it is first imported: after the start.
                from ray import serve

                from bench.bare import application

                serve.run(application(content), name="bare", route_prefix="/bare")
                for connections in (1, CONNECTIONS):
                    _compare(port, ours, bare, connections, len(content))
            finally:
                system.stop()


def _content(port: int, path: str) -> bytes:
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        content: bytes = answer.read()
    assert json.loads(content)["title"]
    return content


def _compare(port: int, ours: str, bare: str, connections: int, size: int) -> None:
    rates: dict[str, list[float]] = {"GET jobs/{id}": [], "bare": []}
    times: dict[str, list[float]] = {"GET jobs/{id}": [], "bare": []}
    for _ in range(ROUNDS):
        for name, path in (("GET jobs/{id}", ours), ("bare", bare)):
            rate, took = asyncio.run(load_for(port, path, connections))
            rates[name].append(rate)
            times[name] += took
    ratios = [a / b for a, b in zip(rates["GET jobs/{id}"], rates["bare"], strict=True)]
    rows = [
        (
            name,
            f"{statistics.median(rates[name]):,.0f}",
            f"{quantile(times[name], 0.5) * 1000:.2f}",
            f"{quantile(times[name], 0.99) * 1000:.2f}",
        )
        for name in rates
    ]
    rows.append(("ratio (median of rounds)", f"{statistics.median(ratios):.2f}", "", ""))
    title = f"{connections} connections, {size:,} bytes, {ROUNDS} rounds (goal: ratio >= 0.9)"
    show(title, ("application", "requests/s", "p50 ms", "p99 ms"), rows)


if __name__ == "__main__":
    main()
