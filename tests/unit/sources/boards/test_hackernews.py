"""Hacker News: the newest thread, adverts among comments, and their free header lines."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.posting import EmploymentType, Given, Mode
from sources.boards.hackernews import PLATFORM
from sources.boards.hiring_comment import ROLES_MAX, advert
from sources.platform import Board
from tests.examples import examples
from tests.unit.sources.mangled import feed, postings, read

SEARCH, THREAD = feed("hackernews_search.json"), feed("hackernews_thread.json")
NEWEST = Board("hackernews", "whoishiring", "hn.algolia.com", "")
BOARD = Board("hackernews", "45800001", "hn.algolia.com", "")


@pytest.mark.parametrize(
    "url, board",
    [
        ("https://news.ycombinator.com/submitted?id=whoishiring", NEWEST),
        ("news.ycombinator.com/user?id=whoishiring", NEWEST),
        ("https://hn.algolia.com/api/v1/search_by_date?tags=story,author_whoishiring", NEWEST),
        ("https://news.ycombinator.com/item?id=45800001&p=2", BOARD),
        ("https://hn.algolia.com/api/v1/items/45800001", BOARD),
    ],
)
def test_addresses_of_a_board(url: str, board: Board) -> None:
    assert PLATFORM.recognise(url) == board


@pytest.mark.parametrize(
    "url",
    [
        "https://news.ycombinator.com/jobs",
        "https://news.ycombinator.com/user?id=pg",
        "https://news.ycombinator.com/item?id=1%2f..",
        "https://news.ycombinator.com/item",
        "https://hn.algolia.com/?q=jobs",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_newest_thread_of_the_right_question_is_read() -> None:
    request = PLATFORM.start(NEWEST)
    assert request.url == (
        "https://hn.algolia.com/api/v1/search_by_date?tags=story,author_whoishiring&hitsPerPage=5"
    )
    found, rest = read(PLATFORM, NEWEST, SEARCH, request)
    assert found == []
    assert [r.url for r in rest.next] == ["https://hn.algolia.com/api/v1/items/45800001"]
    assert rest.next[0].step == PLATFORM.start(BOARD).step


def test_no_thread_is_an_error() -> None:
    hits = [hit for hit in orjson.loads(SEARCH)["hits"] if "is hiring" not in hit["title"]]
    body = orjson.dumps({"hits": hits})
    (found,), rest = read(PLATFORM, NEWEST, body, PLATFORM.start(NEWEST))
    assert (found.broken, rest.next) == (True, ())


def test_another_thread_is_an_error() -> None:
    body = THREAD.replace(b"Ask HN: Who is hiring?", b"Ask HN: Who wants to be hired?")
    (found,), _ = read(PLATFORM, BOARD, body)
    assert found.broken
    assert found.errors[0].got.startswith('"Ask HN: Who wants')


def test_adverts_and_nothing_else() -> None:
    found = postings(PLATFORM, BOARD, THREAD)
    assert [(p.company, p.title, p.external_id) for p in found] == [
        ("Kestrel Ledger", "Senior Backend Engineer", "45801001"),
        ("Moss Robotics", "Embedded Engineer", "45801003:embedded-engineer"),
        ("Moss Robotics", "Product Designer", "45801003:product-designer"),
        ("Polder Post", "Data Engineer", "45801004:data-engineer"),
        ("Polder Post", "Engineering Manager", "45801004:engineering-manager"),
        ("Dune Harbour", "Senior Rust Engineer", "45801007"),
    ]
    first = found[0]
    assert first == Given(
        title="Senior Backend Engineer",
        company="Kestrel Ledger",
        description=first.description,
        locations=("REMOTE (US/Canada)",),
        mode=Mode.REMOTE,
        employment_type=EmploymentType.FULL_TIME,
        url="https://news.ycombinator.com/item?id=45801001",
        apply_url="https://kestrel.example/careers",
        external_id="45801001",
        posted_at=datetime(2026, 11, 2, 16, 5, tzinfo=UTC),
    )
    assert first.description.startswith("Kestrel Ledger (YC W21) | Senior")
    assert first.description.endswith("We can&#x27;t sponsor visas.")


def test_a_comment_that_is_no_object_costs_only_itself() -> None:
    thread = orjson.loads(THREAD)
    thread["children"][1] = "gone"
    found, _ = read(PLATFORM, BOARD, orjson.dumps(thread))
    assert [(p.line, p.given is not None) for p in found] == [
        (1, True),
        (2, False),
        (3, True),
        (3, True),
        (6, True),
    ]


@pytest.mark.parametrize(
    "header, roles",
    [
        ("Acme | Backend Engineer | Leeds", ("Backend Engineer",)),
        ("Acme | Engineers, Data Scientist | Leeds", ("Engineers", "Data Scientist")),
        ("Acme | Lead SRE & Platform Engineer | Leeds", ("Lead SRE", "Platform Engineer")),
        ("Acme | Engineer (Backend, Go), Designer | Leeds", ("Engineer (Backend, Go)", "Designer")),
        ("Acme | Engineer, Infrastructure | Leeds", ("Engineer, Infrastructure",)),
        ("Acme | UI, Backend, and ML Engineers | Leeds", ("UI, Backend, and ML Engineers",)),
        ("Acme | Cook | Leeds | Engineer | Designer", ("Engineer", "Designer")),
        ("Acme | Multiple roles | Leeds", ("Multiple roles",)),
        ("Acme | Leeds, UK | ONSITE", ("Various roles",)),
        ("Acme | Multiple roles | Leeds<p>* Data Engineer: you<p>2) Cook<p>3. Head of Tea (Leeds)",
         ("Data Engineer", "Head of Tea")),
        ("Acme | Software Engineering Intern | Leeds", ("Software Engineering Intern",)),
    ],
)  # fmt: skip
def test_roles(header: str, roles: tuple[str, ...]) -> None:
    found = advert(header)
    assert found is not None
    assert (found.company, found.roles) == ("Acme", roles)


@pytest.mark.parametrize(
    "header, company",
    [
        ("Acme (YC S21) | Engineer | Leeds", "Acme"),
        ('Acme (<a href="https://a.example">https://a.example</a>) | Engineer', "Acme"),
        ("<b>Acme &amp; Sons</b> | Engineer", "Acme & Sons"),
        ("Senior Engineer | Acme | Austin, TX | REMOTE", "Acme"),
        ("Head Start | Engineer | Leeds", "Head Start"),
        ("| Acme | Engineer", "Acme"),
        ("<p>\n<p>Acme | Engineer", "Acme"),
        ("Acme & Co | Engineer", "Acme & Co"),
        ("Foo.ai | Data Engineer | REMOTE", "Foo.ai"),
        ("REMOTE (US) | Foo.ai | Data Engineer | Full-time", "Foo.ai"),
        ("Full-time | Acme | Go Engineer", "Acme"),
        ("ONSITE or REMOTE | Acme | Engineer | Series A", "Acme"),
        ("Berlin, Germany | Acme GmbH | Engineer", "Acme GmbH"),
        ("Amsterdam Data Collective | Engineer | Remote | Series B", "Amsterdam Data Collective"),
        ("We're hiring: Acme | Engineer | Berlin", "Acme"),
    ],
)
def test_companies(header: str, company: str) -> None:
    found = advert(header)
    assert found is not None
    assert (found.company, "ngineer" in found.roles[0]) == (company, True)


@pytest.mark.parametrize(
    "part, mode, locations",
    [
        ("REMOTE", Mode.REMOTE, ()),
        ("Remote (EU/UK only)", Mode.REMOTE, ("Remote (EU/UK only)",)),
        ("Leeds or Remote", None, ("Leeds or Remote",)),
        ("Paris, France / Remote", None, ("Paris, France / Remote",)),
        ("ONSITE | Leeds", Mode.ONSITE, ("Leeds",)),
        ("Leeds | on-site only, no remote", Mode.ONSITE, ("Leeds",)),
        ("Hybrid (3 days) | Leeds", Mode.HYBRID, ("Leeds",)),
        ("ONSITE or REMOTE | Leeds", None, ("Leeds",)),
        ("Leeds | AI platform for farms", None, ("Leeds",)),
    ],
)
def test_modes_and_places(part: str, mode: Mode | None, locations: tuple[str, ...]) -> None:
    found = advert(f"Acme | Engineer | {part}")
    assert found is not None
    assert (found.mode, found.locations) == (mode, locations)


@pytest.mark.parametrize(
    "part, kind",
    [
        ("Full-time", EmploymentType.FULL_TIME),
        ("full time", EmploymentType.FULL_TIME),
        ("Contract", EmploymentType.CONTRACT),
        ("Internship", EmploymentType.INTERNSHIP),
        ("Full-time or contract", None),
        ("$120k", None),
    ],
)
def test_employment(part: str, kind: EmploymentType | None) -> None:
    found = advert(f"Acme | Engineer | {part}")
    assert found is not None
    assert found.employment_type is kind


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "Thanks for posting this!",
        "Is there a way to see only remote jobs? | tried",
        "I built a searchable list | it is free",
        "We are a small team - we love tea - and biscuits",
        "<p>",
        "|||",
        "SEEKING WORK | Remote | Python developer",
    ],
)
def test_comments_that_are_no_adverts(comment: str) -> None:
    assert advert(comment) is None


@pytest.mark.parametrize("part", ["Engineer " * 60, "multiple roles " + "tea " * 120])
def test_a_part_too_long_for_a_title_is_none(part: str) -> None:
    found = advert(f"Acme | Leeds | ONSITE | {part}")
    assert found is not None
    assert found.roles == ("Various roles",)


def test_roles_that_differ_in_a_sign_are_two_jobs() -> None:
    thread = orjson.loads(THREAD)
    thread["children"] = [{"id": 7, "text": "Acme | C++ Developer, C# Developer | Leeds"}]
    found = postings(PLATFORM, BOARD, orjson.dumps(thread))
    assert [p.external_id for p in found] == ["7:c++-developer", "7:c#-developer"]


def test_the_roles_of_one_comment_are_bounded() -> None:
    comment = "Acme | Leeds | ONSITE" + "".join(f"<p>- Engineer {n}" for n in range(100))
    found = advert(comment)
    assert found is not None
    assert len(found.roles) == ROLES_MAX


TALK = st.text(alphabet="|-–,/()<>&; aE\n\0é", max_size=60)
WORDS = st.sampled_from(["Acme", "Engineer", "Remote", "Leeds", "<p>- ", " | ", "full-time", "$9k"])


@given(st.lists(TALK | WORDS, max_size=12).map("".join))
@settings(max_examples=examples(300), deadline=None)
def test_any_comment_is_read(comment: str) -> None:
    found = advert(comment)
    assert found is None or (found.company and found.roles and all(found.roles))
