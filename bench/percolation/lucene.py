"""Lucene Monitor as a rival: finds a JDK, builds `bench/lucene` with Maven, runs it on a workload.

The Java program reads the workload's files itself (`alerts.bin`, `postings.bin`,
`frequencies.bin`), so that both sides start from the same bytes, prints its figures as JSON and
writes the matching alerts into a file of its own. Build and run use the newest JDK that is found;
Lucene 10 needs 21.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

PROJECT = Path(__file__).resolve().parent.parent / "lucene"
JAR = PROJECT / "target" / "bench-lucene.jar"
LIBRARIES = PROJECT / "target" / "lib"
OLDEST_JDK = 21
COMPACT_HEADERS_JDK = 25
BUILD_TIMEOUT_S = 600.0
RUN_TIMEOUT_S = 1800.0
JDK_FOLDERS = (
    "/usr/lib/jvm/*",
    "/usr/lib64/jvm/*",
    "/opt/java/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
)
# Throughput before pauses; the vector module is what Lucene asks for to decode its postings fast.
OPTIONS = (
    "-XX:+UseParallelGC",
    "-XX:+ExitOnOutOfMemoryError",
    "--add-modules=jdk.incubator.vector",
    "--enable-native-access=ALL-UNNAMED",
)


class LuceneError(RuntimeError):
    """Building or running the Java program failed; its output is the message."""


@dataclass(frozen=True, order=True)
class Jdk:
    version: int
    home: Path


@dataclass(frozen=True)
class Result:
    """What Lucene took and found.

    `ns` and `lean_ns` have the shape (passes, postings): nanoseconds of one `Monitor.match`, with
    Lucene's own matcher and with ours, which spares each candidate the query rewriting and the
    collector. `matches` has for each posting the ordinals of its alerts, ascending uint32; both
    ways found the same. `heap_mb` is what is left in the heap after a collection.
    """

    ns: npt.NDArray[np.int64]
    lean_ns: npt.NDArray[np.int64]
    matches: tuple[npt.NDArray[np.uint32], ...]
    build_s: float
    heap_mb: float
    lucene: str
    jdk: str


def available() -> str | None:
    """Why Lucene Monitor cannot be run here, or None if it can."""
    if newest_jdk() is None:
        return f"no JDK {OLDEST_JDK} or newer"
    if shutil.which("mvn") is None and not _is_built():
        return "no Maven"
    return None


def build() -> None:
    """Compile and lay the libraries beside the jar, once; from the local repository where possible.

    Raises `LuceneError` with Maven's output.
    """
    if _is_built():
        return
    command = ["mvn", "--batch-mode", "--quiet", "package"]
    offline = _maven([*command, "--offline"])
    if offline.returncode == 0:
        return
    online = _maven(command)
    if online.returncode != 0:
        raise LuceneError(online.stdout)


def run(folder: Path, *, warm: int, passes: int, heap_mb: int) -> Result:
    """Register the workload's alerts and match its postings `warm` times untimed, `passes` timed.

    `heap_mb` is the most the heap may take: 1,000 MB do for 100,000 alerts, 5,000 for a million.
    Raises `LuceneError` with all that the program said.
    """
    with tempfile.TemporaryDirectory() as scratch:
        found = Path(scratch) / "matches.bin"
        ran = subprocess.run(
            [*_java(heap_mb), str(folder), str(found), str(warm), str(passes)],
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S,
        )
        if ran.returncode != 0:
            raise LuceneError(ran.stdout + ran.stderr)
        return _result(json.loads(ran.stdout), np.fromfile(found, dtype="<u4"))


def newest_jdk() -> Jdk | None:
    """The newest JDK of JAVA_HOME, PATH and the systems' usual folders that Lucene can use."""
    found = (Jdk(version, home) for home in _homes() if (version := _version(home)) is not None)
    return max((jdk for jdk in found if jdk.version >= OLDEST_JDK), default=None)


def _homes() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if compiler := shutil.which("javac"):
        yield Path(compiler).resolve().parent.parent
    for pattern in JDK_FOLDERS:
        yield from Path("/").glob(pattern.removeprefix("/"))


def _version(home: Path) -> int | None:
    """The feature version by the `release` file that each JDK carries; None if it is none."""
    release = home / "release"
    if not (home / "bin" / "javac").exists() or not release.exists():
        return None
    stated = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.MULTILINE)
    return int(stated[1]) if stated else None


def _is_built() -> bool:
    """True where the jar is newer than everything it was made of."""
    if not JAR.exists() or not LIBRARIES.exists():
        return False
    sources = [PROJECT / "pom.xml", *(PROJECT / "src").rglob("*.java")]
    return all(source.stat().st_mtime <= JAR.stat().st_mtime for source in sources)


def _maven(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=os.environ | {"JAVA_HOME": str(_jdk().home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=BUILD_TIMEOUT_S,
    )


def _jdk() -> Jdk:
    jdk = newest_jdk()
    if jdk is None:
        raise LuceneError(f"no JDK {OLDEST_JDK} or newer")
    return jdk


def _java(heap_mb: int) -> list[str]:
    jdk = _jdk()
    compact = ["-XX:+UseCompactObjectHeaders"] if jdk.version >= COMPACT_HEADERS_JDK else []
    classpath = os.pathsep.join((str(JAR), str(LIBRARIES / "*")))
    java = str(jdk.home / "bin" / "java")
    return [java, f"-Xmx{heap_mb}m", *OPTIONS, *compact, "-cp", classpath, "jobray.bench.Bench"]


def _result(report: dict[str, object], ordinals: npt.NDArray[np.uint32]) -> Result:
    counts = np.array(report["counts"], dtype=np.int64)
    assert counts.sum() == len(ordinals) == report["total"], "the matches file is not whole"
    return Result(
        ns=np.array(report["simple"], dtype=np.int64),
        lean_ns=np.array(report["lean"], dtype=np.int64),
        matches=tuple(np.split(ordinals, np.cumsum(counts)[:-1])),
        build_s=float(str(report["build_s"])),
        heap_mb=float(str(report["heap_mb"])),
        lucene=str(report["lucene"]),
        jdk=str(report["jdk"]),
    )
