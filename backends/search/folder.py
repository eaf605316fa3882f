"""The folder of an index on disk: which format it has, and what to do when it is of no use.

The index is only a copy of what the documents say, so it is never repaired: a folder of another
format is emptied, a broken one is moved aside (one is kept, for whoever wants to know why), and the
owner fills the new one. The format is written down beside the index's own files.
"""

import json
import os
import shutil
from pathlib import Path

_MARKER = "format.json"
Format = dict[str, int | str]


def prepare(folder: Path, format_: Format) -> bool:
    """Make the folder ready for an index of this format; returns whether it was thrown away or is
    new, so that the index is empty. Raises OSError."""
    if _format_of(folder) == format_:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unfinished = folder / f"{_MARKER}.new"
    unfinished.write_text(json.dumps(format_))
    os.replace(unfinished, folder / _MARKER)
    return True


def set_aside(folder: Path) -> Path:
    """Move a broken folder out of the way, over the one that was moved before; returns where to.
    Raises OSError."""
    aside = folder.with_name(f"{folder.name}.broken")
    shutil.rmtree(aside, ignore_errors=True)
    os.replace(folder, aside)
    return aside


def _format_of(folder: Path) -> Format | None:
    try:
        found = json.loads((folder / _MARKER).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
