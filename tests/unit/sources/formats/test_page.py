"""What a page says to programs: tags as HTML has them, in time linear in the page's length."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.formats.page import PAGE_MAX_BYTES, Tag, WebPage, decoded, web_page
from tests.examples import examples

URL = "https://acme.example/careers/"
SIZE = PAGE_MAX_BYTES // 8


def page(text: str) -> WebPage:
    return web_page(text.encode(), URL)


@pytest.mark.parametrize(
    "text, tag",
    [
        ("<a href=x>", Tag("a", {"href": "x"})),
        ("<A HREF='x y' Class=b>", Tag("a", {"href": "x y", "class": "b"})),
        ('<a\n\tdata-x = "1 > 2"  href="a&amp;b">', Tag("a", {"data-x": "1 > 2", "href": "a&b"})),
        ("<a href=a href=b/>", Tag("a", {"href": "a"})),
        ("<a/href=/x>", Tag("a", {"href": "/x"})),
        ("<a =x hidden>", Tag("a", {"=x": "", "hidden": ""})),
        ("<script>if (a<b) '<a href=x>'</SCRIPT >", Tag("script", {}, "if (a<b) '<a href=x>'")),
        ("<title>R&amp;D <b></title>", Tag("title", {}, "R&D <b>")),
        ("<p title='<a href=y>'><a href=x>", Tag("a", {"href": "x"})),
        ("<!-- <a href=y> --><a href=x>", Tag("a", {"href": "x"})),
        ("<style><a href=y></style><a href=x>", Tag("a", {"href": "x"})),
        ("<textarea><a href=y></textarea><a href=x>", Tag("a", {"href": "x"})),
        ("< a><a1 href=y></a><a href=x>", Tag("a", {"href": "x"})),
        ("<script>no end <a href=x>", Tag("script", {}, "no end <a href=x>")),
    ],
)
def test_tags(text: str, tag: Tag) -> None:
    assert page(text).tags == (tag,)


@pytest.mark.parametrize("text", ["", "<", "<!-- <a href=x>", "<b><i></b>", "5 < 7", "</a>"])
def test_no_tags(text: str) -> None:
    assert page(text).tags == ()


@pytest.mark.parametrize(
    "base, href, expected",
    [
        ("", "jobs.rss", "https://acme.example/careers/jobs.rss"),
        ("", "//cdn.example/x", "https://cdn.example/x"),
        ("<base href=/de/>", " a b ", "https://acme.example/de/a b"),
        ("<base href=http://[broken>", "x", "https://acme.example/careers/x"),
        ("", "mailto:a@b.example", None),
        ("", "javascript:alert(1)", None),
        ("", "http://[broken", None),
    ],
)
def test_addresses(base: str, href: str, expected: str | None) -> None:
    assert page(base).address(href) == expected


def test_names_and_linked_data() -> None:
    found = page(
        "<title>\n Acme \n</title><meta property=og:site_name content='Acme  Inc'>"
        "<script type='application/LD+json; charset=utf-8'>{}</script><script>1</script>"
    )
    assert (found.title, found.meta("og:site_name"), found.meta("other")) == (
        "Acme",
        "Acme Inc",
        "",
    )
    assert found.linked_data == ["{}"]


@pytest.mark.parametrize(
    "body, content_type, expected",
    [
        ("é".encode(), None, "é"),
        ("é".encode("cp1252"), None, "é"),
        ("é".encode("cp1252"), "text/html; charset=UTF-8", "\ufffd"),
        ("ж".encode("koi8-r"), 'text/html; charset="KOI8-R"', "ж"),
        (b'<meta charset="iso-8859-2">' + "ł".encode("iso-8859-2"), None, "ł"),
        ("é".encode("utf-16"), "text/html; charset=utf-8", "é"),
        ("\ufeffé".encode(), None, "é"),
        ("é".encode(), "text/html; charset=punycode", "é"),
    ],
)
def test_encodings(body: bytes, content_type: str | None, expected: str) -> None:
    assert decoded(body, content_type).endswith(expected)


@pytest.mark.parametrize(
    "piece",
    [
        "<a",
        "<a a",
        "<!--",
        '<a b="',
        "<a ",
        "</a",
        "<script>",
        "<script></script",
        "<![CDATA[",
        "<?",
    ],
)
def test_hostile_pages_take_linear_time(piece: str) -> None:
    body = (piece * SIZE)[:SIZE].encode()
    begun = time.process_time()
    web_page(body, URL)
    assert time.process_time() - begun < 5


@given(st.binary(max_size=200) | st.text(alphabet="<>=\"'/ !-a&;\n", max_size=60).map(str.encode))
@settings(max_examples=examples(500), deadline=None)
def test_any_bytes_are_read(body: bytes) -> None:
    found = web_page(body, URL, "text/html; charset=x")
    assert all(tag.name and tag.name == tag.name.lower() for tag in found.tags)
