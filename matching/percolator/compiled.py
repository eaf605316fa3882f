"""How the loops are compiled: by numba, without the GIL, and kept for the next start.

numba keeps a function by the content of its own file; but the constants and functions of the other
files here are compiled into it. So the cache is a folder named after the content of all of them.
"""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba import njit

_PACKAGE = Path(__file__).parent
_PREFIX = "numba-"


def _digest() -> str:
    sources = b"".join(file.read_bytes() for file in sorted(_PACKAGE.glob("*.py")))
    return hashlib.blake2b(sources, digest_size=8).hexdigest()


def _made(folder: Path) -> bool:
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        return os.access(folder, os.W_OK)
    return False


def _cache() -> Path | None:
    """Beside these files, or where they may not be written the person's cache."""
    person = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    folders = (_PACKAGE / "__pycache__", person / "jobray")
    return next((f / f"{_PREFIX}{_digest()}" for f in folders if _made(f)), None)


CACHE = _cache()
if CACHE is not None:
    vars(numba.config)["CACHE_DIR"] = str(CACHE)  # made at run time, unknown to type checkers

compiled: Any = njit(cache=CACHE is not None, nogil=True, boundscheck=False)


def forget_older() -> None:
    """Remove what was compiled from other versions of these files."""
    for folder in CACHE.parent.glob(f"{_PREFIX}*") if CACHE is not None else ():
        if folder != CACHE:
            shutil.rmtree(folder, ignore_errors=True)
