"""From `jobray up` to the first 200, and what all its processes hold in memory (PSS).

Baseline of the same run: a bare Ray node with Serve and one empty FastAPI application.
Goals: ready in 10 s or less, 1.1 GB or less.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bench.table import show
from chaos.running import ROOT, Running

RUNS = 3
SETTLE_S = 5.0


def memory_mb(pid: int) -> tuple[float, int]:
    """Proportional set size of a process and all its children, in MB, and how many they are."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    sizes = []
    for process in family:
        try:
            sizes.append(process.memory_full_info().pss)
        except psutil.Error:
            continue
    return sum(sizes) / 1e6, len(sizes)


def jobray(dashboard: bool) -> tuple[float, float, int]:
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), JOBRAY_RAY_DASHBOARD=str(dashboard).lower())
        begun = time.monotonic()
        running.start()
        seconds = time.monotonic() - begun
        time.sleep(SETTLE_S)
        size, processes = memory_mb(running.pid)
        running.stop()
        return seconds, size, processes


def bare() -> tuple[float, float, int]:
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.bare"],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=os.environ | {"RAY_USAGE_STATS_ENABLED": "0"},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    while b"ready" not in process.stdout.readline():
        assert process.poll() is None, "the bare application did not start"
    seconds = time.monotonic() - begun
    time.sleep(SETTLE_S)
    size, processes = memory_mb(process.pid)
    process.stdin.close()
    process.wait(timeout=30)
    return seconds, size, processes


def main() -> None:
    kinds = {
        "bare Ray + Serve + FastAPI, with dashboard": bare,
        "jobray up, with dashboard (default)": lambda: jobray(True),
        "jobray up, JOBRAY_RAY_DASHBOARD=false": lambda: jobray(False),
    }
    best: dict[str, tuple[float, float, int]] = {}
    for _ in range(RUNS):
        for name, run in kinds.items():
            measured = run()
            best[name] = min(best.get(name, measured), measured)
    base = best[next(iter(kinds))]
    rows = [
        (name, f"{s:.1f}", f"{s / base[0]:.2f}", f"{mb:,.0f}", f"{mb / base[1]:.2f}", processes)
        for name, (s, mb, processes) in best.items()
    ]
    header = ("system", "ready s", "ratio", "memory MB (PSS)", "ratio", "processes")
    show(f"Start and memory (best of {RUNS}; goals 10 s, 1,100 MB)", header, rows)


if __name__ == "__main__":
    main()
