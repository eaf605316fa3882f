"""How to write an alert, as a page: the document docs/alert-language.md, rendered once.

Each heading has the id that the document's own links use (that of GitHub: lower case, a dash for
each space, no other signs).
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

SOURCE = Path(__file__).parents[1] / "docs" / "alert-language.md"


@cache
def html() -> str:
    """The document as HTML. Raises OSError where the program came without its documents."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(SOURCE.read_text(encoding="utf-8"))
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", _anchor(content.content))
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
