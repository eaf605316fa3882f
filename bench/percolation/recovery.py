"""How a shard comes back: the snapshot is written here and read in a process of its own.

    python -m bench.percolation.recovery FILE

reads a snapshot and prints, as JSON, the seconds that took and how much memory the process grew by:
what a shard holds that has just been started, compiled code and imports not counted.
"""

import gc
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil

from matching.percolator import Percolator
from matching.percolator.warm import warm

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300


@dataclass(frozen=True)
class Recovery:
    """Seconds to write the snapshot and to read it; bytes of the file, and of the process that
    read it, less what it had before."""

    save_s: float
    load_s: float
    file: int
    resident: int


def recover(percolator: Percolator, file: Path, position: str) -> Recovery:
    """Save the percolator, and load it in a new process. Raises CalledProcessError where that
    fails."""
    start = perf_counter()
    percolator.save(file, position)
    save_s = perf_counter() - start
    command = [sys.executable, "-m", "bench.percolation.recovery", str(file.resolve())]
    ran = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=TIMEOUT_S, check=True)
    said = json.loads(ran.stdout)
    return Recovery(save_s, said["load_s"], file.stat().st_size, said["resident"])


def main() -> None:
    warm()
    before, start = _resident(), perf_counter()
    loaded = Percolator.load(Path(sys.argv[1]))
    load_s = perf_counter() - start
    if loaded is None:
        sys.exit("the snapshot cannot be read")
    print(json.dumps({"load_s": load_s, "resident": _resident() - before}))


def _resident() -> int:
    """The bytes of memory that this process holds, without what it has no use for."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
