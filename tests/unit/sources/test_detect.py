"""Which format a document is taken for, and what is refused."""

import pytest

from models.errors import InvalidInput, UnsupportedMediaType
from sources.base import parse
from sources.detect import Format, detect, make_parser

OPEN = b'[{"company": "A", "platform": "lever", "jobId": "1"}]'


@pytest.mark.parametrize(
    "head, name, content_type, expected",
    [
        (b'{"title": "A"}', "", "application/x-ndjson", Format.NDJSON),
        (b"[]", "", "application/json; charset=utf-8", Format.JSON),
        (OPEN, "", "application/json", Format.OPEN_JOBS),
        (b"title", "", "Text/CSV", Format.CSV),
        (b"<?xml version='1.0'?>\n<!-- x --><source>", "", "application/xml", Format.INDEED),
        (b"<rss>", "", "text/xml", Format.RSS),
        (b'<atom:feed xmlns:atom="x">', "", "application/atom+xml", Format.RSS),
        ("<?xml version='1.0'?><rss>".encode("utf-16"), "", "application/xml", Format.RSS),
        (b"x", "jobs.CSV", None, Format.CSV),
        (b"[]", "jobs.ndjson", "application/octet-stream", Format.NDJSON),
        (OPEN, "", None, Format.OPEN_JOBS),
        (b"\xef\xbb\xbf {}", "", None, Format.NDJSON),
        (b" <rss>", "", "text/plain", Format.RSS),
        (b"title,company", "", "", Format.CSV),
    ],
)
def test_formats(head: bytes, name: str, content_type: str | None, expected: Format) -> None:
    assert detect(head, name, content_type) is expected


@pytest.mark.parametrize(
    "head, content_type, expected, got",
    [
        (b"\x1f\x8b\x08", "text/csv", "CSV in UTF-8, not packed", "gzip data"),
        (
            b"PK\x03\x04",
            "text/csv",
            "CSV in UTF-8, not packed",
            "a ZIP archive or a spreadsheet file",
        ),
        (
            "title".encode("utf-16"),
            "text/csv",
            "CSV in UTF-8, not packed",
            "UTF-16 text or binary data",
        ),
        (
            b"<!DOCTYPE html><html>",
            "application/xml",
            "Indeed XML (<source>), RSS or Atom",
            "an HTML page",
        ),
        (
            b"<workzag-jobs>",
            "application/xml",
            "Indeed XML (<source>), RSS or Atom",
            "<workzag-jobs>",
        ),
        (b"", "application/xml", "Indeed XML (<source>), RSS or Atom", "an empty file"),
        (b"jobs", "application/xml", "Indeed XML (<source>), RSS or Atom", "no element"),
        (b"%PDF-1.7\n", "text/csv", "CSV in UTF-8, not packed", "a PDF file"),
        (b"%PDF-1.7\n", None, "NDJSON, JSON, CSV or XML in UTF-8, not packed", "a PDF file"),
        (
            b"\x7fELF\0",
            None,
            "NDJSON, JSON, CSV or XML in UTF-8, not packed",
            "UTF-16 text or binary data",
        ),
    ],
)
def test_content_that_is_not_what_it_should_be(
    head: bytes, content_type: str | None, expected: str, got: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        detect(head, "", content_type)
    (error,) = refused.value.errors
    assert (error.pointer, error.line) == ("", 1)
    assert (error.expected, error.got) == (expected, got)


def test_a_content_type_that_is_none_of_ours() -> None:
    with pytest.raises(UnsupportedMediaType) as refused:
        detect(b"", "jobs.csv", "image/png")
    assert refused.value.errors[0].parameter == "Content-Type"
    assert "text/csv" in refused.value.errors[0].expected


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("document", [b"", b"\n \n"])
def test_an_empty_document_is_broken(form: Format, document: bytes) -> None:
    (found,) = parse(make_parser(form), [document])
    assert (found.broken, found.errors[0].pointer) == (True, "")
