"""The form of a file's name: `folder/name.ext`, of letters that mean nothing to any store."""

import re
from typing import NamedTuple

from models.errors import FieldError, InvalidInput

_NAME = re.compile(r"([a-z-]+)/([A-Za-z0-9_-][A-Za-z0-9._-]*)")
_FOLDER = re.compile(r"[a-z-]+")
_SHOWN = 80


class Parts(NamedTuple):
    folder: str
    file: str


def parts(name: str) -> Parts:
    """The folder and the file of this name. Raises InvalidInput."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise _bad_name(name, "folder/name.ext")
    return Parts(found[1], found[2])


def is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def check_folder(folder: str) -> None:
    """Raises InvalidInput."""
    if not _FOLDER.fullmatch(folder):
        raise _bad_name(folder, "lower-case letters and dashes")


def _bad_name(name: str, expected: str) -> InvalidInput:
    fault = FieldError(parameter="name", expected=expected, got=name[:_SHOWN])
    return InvalidInput("the file name is not of our form", errors=[fault])
