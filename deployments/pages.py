"""The few pages that must work without JavaScript, from the templates beside this file.

Escaped by jinja2; styled by the site's own style sheet, since our content policy allows no inline
style. Nothing that depends on a person is ever cached.
"""

from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
    """The page of this template, not to be kept by any cache."""
    html = _templates.get_template(f"{name}.html.jinja").render(values)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
