"""Boards that are just an address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.boards.feed_address import board_at, file_of
from sources.platform import Board
from tests.examples import examples


@pytest.mark.parametrize(
    "url, token, host, file",
    [
        ("acme.example", "https://acme.example/", "acme.example", "/"),
        (" HTTP://ACME.example:8080/A.rss?B=c#top ", "http://acme.example:8080/A.rss?B=c",
         "acme.example:8080", "/a.rss?b=c"),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x", "127.0.0.1:9", "/x"),
    ],
)  # fmt: skip
def test_addresses(url: str, token: str, host: str, file: str) -> None:
    board = board_at("rss", url, "Acme")
    assert board == Board("rss", token, host, "Acme")
    assert file_of(board) == file


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://acme.example/feed",
        "https://me:secret@acme.example/feed",
        "https:///feed",
        "https://[broken/feed",
        "https://acme.example:99999/feed",
        "https://acme.example/a b",
        "https://acme.example/\0",
        "https://acme.example/" + "x" * 2000,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address(url: str) -> None:
    assert board_at("rss", url) is None


@given(st.text(max_size=60))
@settings(max_examples=examples(300), deadline=None)
def test_any_text_is_taken_or_not(url: str) -> None:
    board = board_at("rss", url)
    assert board is None or board.token.startswith(("http://", "https://"))
