"""robots.txt as RFC 9309 has it: groups, the longest match, wildcards, encodings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.fetch.robots import Rules

EXAMPLE = b"""\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""
"""RFC 9309, 5.1."""


@pytest.mark.parametrize(
    "agent, path, allowed",
    [
        ("other", "/a.gif", False),
        ("other", "/a.gif?x", True),
        ("other", "/example/page.html", False),
        ("other", "/publications/", True),
        ("other", "/publications/a.gif", True),
        ("FooBot", "/", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/disallowed.gif", False),
        ("foobot", "/example/allowed.gif", True),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("bazbot", "/a.gif", True),
        ("quxbot", "/example/page.html", True),
    ],
)
def test_the_example_of_the_standard(agent: str, path: str, allowed: bool) -> None:
    assert Rules.read(EXAMPLE, agent).allow(path) is allowed


@pytest.mark.parametrize(
    "rule, path, matches",
    [
        ("/fish", "/fish.html", True),
        ("/fish", "/Fish", False),
        ("/fish*", "/fish", True),
        ("/fish/", "/fish", False),
        ("/*.php", "/folder/file.php?x", True),
        ("/*.php$", "/file.php", True),
        ("/*.php$", "/file.php?x", False),
        ("/fish*.php", "/fishheads/cat.php?x", True),
        ("/fish*.php", "/Fish.PHP", False),
        ("/a*a$", "/a", False),
        ("/a*a$", "/aa", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/path/%7Euser", "/path/~user", True),
        ("/%e2%82%ac", "/\u20ac", True),
        ("/a%2Fb", "/a/b", False),
        ("/", "", True),
    ],
)
def test_patterns(rule: str, path: str, matches: bool) -> None:
    rules = Rules.read(f"user-agent: *\ndisallow: {rule}".encode(), "jobray")
    assert rules.allow(path) is not matches


def test_of_two_as_long_the_one_that_allows_counts() -> None:
    body = b"User-agent: jobray\nDisallow: /page\nAllow: /page\nDisallow: /page/x\n"
    rules = Rules.read(body, "jobray")
    assert rules.allow("/page")
    assert not rules.allow("/page/x")


def test_groups_of_one_agent_are_one_and_comments_say_nothing() -> None:
    body = (
        b"\xef\xbb\xbfUser-agent: Jobray/2.0 # ours\nDisallow: /a # no\nSitemap: https://x/\n"
        b"User-agent: else\nDisallow: /c\nUSER-AGENT: JOBRAY\ndisallow : /b\nnonsense\n"
    )
    rules = Rules.read(body, "Jobray")
    assert [rules.allow(path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_a_pattern_of_many_wildcards_is_linear() -> None:
    rules = Rules.read(b"User-agent: *\nDisallow: /" + b"a*" * 5_000 + b"b", "jobray")
    assert rules.allow("/" + "a" * 20_000)


@given(st.binary(max_size=300), st.text(max_size=60))
def test_nothing_raises(body: bytes, path: str) -> None:
    Rules.read(b"User-agent: *\nDisallow: " + body, "jobray").allow(path)
