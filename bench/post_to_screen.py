"""POST a posting → the event in an SSE client, with the stations between. 500 postings, one at a
time. Goals: p50 40 ms, p99 150 ms.

Baseline of the same run: a request that does nothing (`GET /health`) through the same proxy, which
every POST has to pass, and once more the event on its way out.
"""

import asyncio
import contextlib
import queue
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

import httpx2

from bench.table import quantile, show
from chaos.people import Person
from chaos.running import Running
from cluster.demo_postings import postings
from cluster.settings import Data, Settings
from cluster.wiring import command_ports
from services.operations import operating

POSTINGS = 500
WARM_UP = 20
STATIONS = ("submitted", "processing", "published", "matched", "notified")


def _send(running: Running) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Seconds of the epoch when each posting was posted and seen, and what each POST took."""
    employer, seeker = Person(running.url, "employer"), Person(running.url, "seeker")
    seeker.alert("patience OR ward OR shifts OR customers OR systems OR we", name="everything")
    seen: queue.Queue[tuple[str, float]] = queue.Queue()

    def listen() -> None:
        # The stream breaks when the system ends.
        with contextlib.suppress(httpx2.HTTPError), seeker.stream() as events:
            ready.set()
            for _, item in events:
                seen.put((item["posting"]["id"], time.time()))

    ready = threading.Event()
    threading.Thread(target=listen, daemon=True).start()
    ready.wait()
    posted: dict[str, float] = {}
    arrived: dict[str, float] = {}
    answered: dict[str, float] = {}
    for body in islice(postings(seed=11), POSTINGS + WARM_UP):
        begun = time.time()
        id = employer.post_job(**body)["id"]
        posted[id], answered[id] = begun, time.time() - begun
        got, at = seen.get(timeout=30)
        arrived[got] = at
        time.sleep(0.01)
    for id in list(posted)[:WARM_UP]:
        del posted[id]
    return posted, arrived, answered


async def _stations(folder: Path, ids: list[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    async with command_ports(Settings(data=Data(dir=folder))) as ports:
        for id in ids:
            trace = await operating.trace(ports.documents, id)
            found[id] = {station.name: station.at.timestamp() for station in trace}
    return found


def _idle_request(running: Running) -> list[float]:
    person = Person(running.url, "seeker")
    took = []
    for _ in range(200):
        begun = time.time()
        person.http.get(f"{running.url}/health")
        took.append(time.time() - begun)
    return took


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder)).start()
        try:
            posted, arrived, answered = _send(running)
            idle = _idle_request(running)
            stations = asyncio.run(_stations(running.folder, list(posted)))
        finally:
            running.stop()
    rows = []
    for name in STATIONS:
        since = [stations[id][name] - at for id, at in posted.items()]
        rows.append((name, _ms(since, 0.5), _ms(since, 0.99)))
    total = [arrived[id] - at for id, at in posted.items()]
    rows.append(("in the SSE client", _ms(total, 0.5), _ms(total, 0.99)))
    rows.append(
        ("POST answered", _ms(list(answered.values()), 0.5), _ms(list(answered.values()), 0.99))
    )
    rows.append(("GET /health, for comparison", _ms(idle, 0.5), _ms(idle, 0.99)))
    ratio = quantile(total, 0.5) / quantile(idle, 0.5)
    rows.append(("ratio SSE / health", f"{ratio:.1f}", ""))
    header = ("station, since the POST was sent", "p50 ms", "p99 ms")
    show(f"POST to screen, {len(posted)} postings (goals: p50 40, p99 150)", header, rows)


def _ms(values: list[float], share: float) -> str:
    return f"{quantile(values, share) * 1000:.1f}"


if __name__ == "__main__":
    main()
