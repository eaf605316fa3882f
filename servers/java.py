"""The JDK and Maven of this machine, for the servers written in Java."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from servers.cache import run
from servers.process import ServerError

OLDEST_JDK = 17
NEEDS_JDK = f"a JDK {OLDEST_JDK} or newer (JAVA_HOME, or java on the PATH)"
NEEDS_MAVEN = "Maven (mvn on the PATH)"


def home() -> Path | None:
    """The JDK of JAVA_HOME, else that of the `java` on the PATH; None where both are too old."""
    return next((place for place in _homes() if is_recent(place)), None)


def is_recent(place: Path) -> bool:
    """Read from the file `release` that each JDK carries; a runtime without compiler is none."""
    release = place / "release"
    if not release.exists() or not (place / "bin" / "javac").exists():
        return False
    stated = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.MULTILINE)
    return stated is not None and int(stated[1]) >= OLDEST_JDK


def missing(*, is_built: bool) -> str | None:
    """What is lacking to run a Java server, and to build it where that is still to be done."""
    if home() is None:
        return f"needs {NEEDS_JDK}"
    if not is_built and shutil.which("mvn") is None:
        return f"needs {NEEDS_MAVEN}"
    return None


def program(name: str) -> str:
    """The path of `java` or `javac`. Raises ServerError where there is no JDK."""
    place = home()
    if place is None:
        raise ServerError(f"needs {NEEDS_JDK}")
    return str(place / "bin" / name)


def copy_jars(pom: Path, into: Path) -> None:
    """Put everything that the project of `pom` needs at run time into one folder."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerError(f"needs {NEEDS_MAVEN}")
    run(
        (
            *(maven, "--quiet", "--batch-mode", "--file", str(pom)),
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={into}",
        ),
        os.environ | {"JAVA_HOME": str(home())},
        into.parent,
    )


def _homes() -> Iterator[Path]:
    if stated := os.environ.get("JAVA_HOME"):
        yield Path(stated)
    if found := shutil.which("java"):
        yield Path(found).resolve().parent.parent
