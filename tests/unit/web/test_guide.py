"""The page on the alert language is the document, and its links lead somewhere."""

import re

import pytest

from web import guide


def test_each_link_within_the_page_has_its_target() -> None:
    page = guide.html()
    targets = set(re.findall(r'<h\d id="([^"]+)">', page))
    links = re.findall(r'href="#([^"]+)"', page)
    assert len(links) > 5
    assert set(links) <= targets


@pytest.mark.parametrize(
    "shown",
    [
        "<h1",
        "<table>",
        "<td><code>python AND (sql OR spark)</code></td>",
        "<code>near:&quot;Leeds, GB&quot;&lt;40km</code>",
    ],
)
def test_the_document_is_rendered(shown: str) -> None:
    assert shown in guide.html()
