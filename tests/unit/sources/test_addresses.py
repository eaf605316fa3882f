"""Pasted addresses taken apart, tokens that may stand in a request, and readable names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.addresses import Address, company_of, slug_before, taken_apart, token_in
from sources.boards import (
    ashby,
    greenhouse,
    lever,
    personio,
    recruitee,
    smartrecruiters,
    usajobs,
    workable,
)
from tests.examples import examples

PLATFORMS = [
    module.PLATFORM
    for module in (
        ashby,
        greenhouse,
        lever,
        personio,
        recruitee,
        smartrecruiters,
        usajobs,
        workable,
    )
]


@pytest.mark.parametrize(
    "url, address",
    [
        ("jobs.example.com", Address("jobs.example.com", (), {})),
        (" <HTTP://Jobs.Example.COM./a//B%20c/?X=1&y=&x=2#z> ", Address(
            "jobs.example.com", ("a", "B c"), {"x": "2"})),
        ("https://jobs.example.com:443/a", Address("jobs.example.com", ("a",), {})),
        ("https://user@jobs.example.com/a", Address("jobs.example.com", ("a",), {})),
    ],
)  # fmt: skip
def test_an_address(url: str, address: Address) -> None:
    assert taken_apart(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "jobs",
        "ftp://jobs.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::1",
        "https://localhost/",
        "https://jobs.example.com:8080/",
        "https://jobs.example.com:x/",
        "https://jobs_example.com/",
        "https://a..example.com/",
        "https://example.com/" + "a" * 2000,
        "https://example.com/?" + "a=1&" * 100,
    ],
)
def test_no_address(url: str) -> None:
    assert taken_apart(url) is None


@pytest.mark.parametrize("token", ["acme", "Acme-2", "acme.io", "a_b", "4", "a" * 100])
def test_a_token(token: str) -> None:
    assert token_in(("x", token), 1) == token


@pytest.mark.parametrize(
    "token", ["", ".", "..", "-a", "a.", "a/b", "a?b", "a#b", "a%2f", "a b", "ä", "a\n", "a" * 101]
)
def test_no_token(token: str) -> None:
    assert token_in((token,)) is None


def test_a_slug_is_the_one_name_before_the_domain() -> None:
    assert slug_before("acme.example.com", "example.com") == "acme"
    for host in ("example.com", "a.b.example.com", "acmeexample.com", "acme.example.com.evil"):
        assert slug_before(host, "example.com") is None


@pytest.mark.parametrize(
    "token, company",
    [
        ("acme", "Acme"),
        ("acme-inc", "Acme Inc"),
        ("acme_inc.io", "Acme Inc Io"),
        ("EmberWorks", "Ember Works"),
        ("getAway", "Get Away"),
        ("ACME2", "ACME2"),
        ("15five", "15five"),
        ("Cobalt Kite", "Cobalt Kite"),
    ],
)
def test_the_company_in_a_token(token: str, company: str) -> None:
    assert company_of(token) == company


_HOSTS = (
    "boards.greenhouse.io/",
    "boards.greenhouse.io/embed/job_board?for=",
    "jobs.lever.co/",
    "jobs.ashbyhq.com/",
    "apply.workable.com/",
    "jobs.smartrecruiters.com/",
    "www.usajobs.gov/search?k=",
    "careers.example.com/api/offers/",
)


@given(st.sampled_from(_HOSTS), st.text(max_size=30), st.booleans())
@settings(max_examples=examples(500), deadline=None)
def test_a_board_that_is_recognised_can_be_asked_for(host: str, pasted: str, whole: bool) -> None:
    """Whatever is pasted, a request stays on the platform's host and names one board."""
    for platform in PLATFORMS:
        board = platform.recognise(pasted if whole else f"https://{host}{pasted}")
        if board is None:
            continue
        url = platform.start(board).url
        assert url.isascii()
        assert url.isprintable()
        assert " " not in url
        address = taken_apart(url)
        assert address is not None
        assert address.host == board.host
        assert ".." not in address.path
        assert platform.recognise(url) == board
        assert 0 < len(board.company) <= 200
