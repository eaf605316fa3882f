"""Each module that marks its evidence is listed."""

import re
from pathlib import Path

import processing
from processing.versions import PARSERS


def test_every_parser_is_listed():
    folder = Path(processing.__file__).parent
    marks = [
        re.search(r'^BY = "(\w+)@(\d+)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
        for file in folder.rglob("*.py")
    ]
    assert {mark[1]: int(mark[2]) for mark in marks if mark} == dict(PARSERS)
