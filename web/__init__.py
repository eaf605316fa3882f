"""The browser page: plain HTML, CSS and JavaScript modules, served as they are."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
"""The folder that the edge serves under /static; `index.html` is the page itself."""
