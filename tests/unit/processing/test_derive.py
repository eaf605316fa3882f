"""The whole of processing: never raises, shows its evidence, judges fairly, reads real postings."""

import json
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from models.money import Money, Period
from models.posting import Clearance, EmploymentType, Given, Level, Mode, Visa
from processing.derive import Derivation, derive
from processing.evidence import reading_of, stated
from processing.versions import PARSERS
from tests.examples import examples

TODAY = date(2026, 8, 22)
DESCRIPTION = """
<h2>About the role</h2><p>We build payment systems in <b>Go</b>, Python and PostgreSQL. This is a
fully remote position; you must be based in the United Kingdom.</p>
<ul><li>Salary: £70,000 - £85,000 per year</li><li>5+ years of software experience</li>
<li>We are unable to sponsor visas for this role.</li>
<li>You must be able to obtain SC clearance.</li></ul>
"""


def decide(**fields) -> Derivation:
    return derive(Given(**({"title": "Engineer", "company": "Acme"} | fields)), today=TODAY)


def assert_evidence_is_true(given: Given, result: Derivation) -> None:
    """Each span points at the text it claims, and each fact that is there has evidence."""
    derived = result.derived
    reading = reading_of(given, derived.text)
    passages = {
        "title": reading.title.text,
        "location": reading.location.text,
        "description": derived.text,
    }
    for spans in derived.evidence.values():
        assert spans
        for one in spans:
            text = passages.get(one.field)
            text = stated(given, one.field).text if text is None else text
            assert 0 <= one.start <= one.end <= len(text)
            assert text[one.start : one.end] == one.text
    facts = derived.model_dump(exclude={"html", "text", "evidence", "pay_annual", "parsers"})
    known = {name for name, value in facts.items() if value is not None and value != ()}
    assert set(derived.evidence) == known
    for spans in derived.evidence.values():
        for one in spans:
            name, version = one.by.split("@")
            assert int(version) == (1 if name == "given" else PARSERS[name])


def test_all_facts_of_a_description():
    given = Given(title="Backend Engineer", company="Acme", description=DESCRIPTION)
    result = derive(given, today=TODAY)
    derived = result.derived
    assert result.verdict == "publish"
    assert derived.mode is Mode.REMOTE
    assert derived.remote_countries == ("GB",)
    assert derived.level is Level.SENIOR
    assert derived.visa is Visa.REFUSED
    assert derived.clearance is Clearance.REQUIRED
    assert derived.category == "engineering"
    assert derived.language == "en"
    assert derived.roles == ("backend engineer",)
    assert {"Go", "Python", "PostgreSQL"} <= set(derived.skills)
    assert (derived.pay.min, derived.pay.max, derived.pay.currency) == (70_000, 85_000, "GBP")
    assert derived.pay_annual.usd_min > 70_000
    assert derived.evidence["pay"][0].text == "£70,000 - £85,000 per year"
    assert derived.evidence["visa"][0].text == "We are unable to sponsor visas for this role."
    assert_evidence_is_true(given, result)


def test_stated_facts_win_and_say_so():
    given = Given(
        title="Senior Engineer (Remote)",
        company="Acme",
        description=DESCRIPTION,
        mode=Mode.ONSITE,
        level=Level.MID,
        employment_type=EmploymentType.PART_TIME,
        salary=Money(min=30, currency="EUR", period=Period.HOUR),
        skills=("Rust",),
        category="Data Science",
    )
    result = derive(given, today=TODAY)
    derived = result.derived
    assert (derived.mode, derived.level) == (Mode.ONSITE, Level.MID)
    assert derived.employment_type is EmploymentType.PART_TIME
    assert derived.pay == given.salary
    assert derived.pay_annual.min == 62_400
    assert derived.skills[0] == "Rust"
    assert (derived.category, derived.evidence["category"][0].text) == ("data", "Data Science")
    assert derived.evidence["pay"][0].text == "30- EUR/hour"
    assert {derived.evidence[f][0].by for f in ("mode", "level", "pay")} == {"given@1"}
    assert_evidence_is_true(given, result)


def test_rates_are_those_of_the_posting_day():
    salary = Money(min=1000, currency="EUR")
    then = decide(salary=salary, posted_at=datetime(2022, 9, 28, tzinfo=UTC)).derived
    assert then.pay_annual.usd_min == pytest.approx(956.5)
    future = decide(salary=salary, posted_at=datetime(2099, 1, 1, tzinfo=UTC)).derived
    assert future.pay_annual == decide(salary=salary).derived.pay_annual


def test_a_feed_posting_without_description_is_published():
    result = decide(title="Data Analyst", locations=("Remote - USA",))
    assert result.verdict == "publish"
    assert result.derived.remote_countries == ("US",)
    assert result.derived.level is None


@pytest.mark.parametrize(
    "fields, verdict, code",
    [
        ({"title": "!!! ???"}, "reject", "title_empty"),
        ({"title": "12345"}, "reject", "title_empty"),
        ({"title": "https://acme.example/jobs"}, "reject", "title_is_link"),
        ({"title": "www.get-rich.example"}, "reject", "title_is_link"),
        ({"title": "Earn now! Call +1 202 555 0143"}, "reject", "spam_title"),
        ({"title": "Click http://x.example now"}, "reject", "spam_title"),
        (
            {"description": '<a href="https://x.example">win</a> ' * 12},
            "reject",
            "spam_links",
        ),
        ({"description": "money " * 80}, "reject", "spam_repetition"),
        ({"description": "<p>Call us.</p>"}, "review", "description_short"),
        ({"description": "<script>a('long enough')</script>"}, "review", "description_short"),
        (
            {"description": "A training fee of $50 is required before you may start working."},
            "review",
            "asks_for_money",
        ),
        (
            {"description": "Easy work from home. Contact our manager on Telegram @fastcash."},
            "review",
            "messenger_only",
        ),
        ({"description": "WE ARE HIRING THE BEST PEOPLE. " * 20}, "review", "all_capitals"),
        ({"salary": Money(min=5, currency="USD")}, "review", "pay_implausible"),
        (
            {"salary": Money(max=90_000, currency="USD", period=Period.HOUR)},
            "review",
            "pay_implausible",
        ),
    ],
)  # fmt: skip
def test_what_is_not_published(fields, verdict, code):
    result = decide(**fields)
    assert result.verdict == verdict
    assert code in {reason.code for reason in result.reasons}
    assert all(reason.detail.endswith(".") for reason in result.reasons)


@pytest.mark.parametrize(
    "fields",
    [
        {"closes_at": datetime(2026, 8, 22, 9, tzinfo=UTC)},
        {"title": "C#"},
        {"title": "电机机械设计师_EM"},
        {"description": "We will never ask you to pay a fee at any stage of the process."},
        {
            "description": "Questions? Message our recruiter on WhatsApp, or apply online here.",
            "apply_url": "https://acme.example/apply",
        },
        {"salary": Money(min=18, max=25, currency="USD", period=Period.HOUR)},
        {"salary": Money(min=1, currency="XYZ")},
    ],
)
def test_what_is_published_all_the_same(fields):
    assert decide(**fields).verdict == "publish"


JUNK = st.text(max_size=300) | st.sampled_from(
    [
        "<div>" * 2_000,
        "&lt;" * 3_000,
        "\u202eشركة\u202c العربية \u200f",
        "👩‍💻🚀" * 50,
        "\x00\x01\x1e\x7f\x9f",
        "İstanbul ﬁ ß ŉ " * 30,
        "<p>$" * 500 + "1,000" * 500,
        "a" * 20_000,
        "Remote, " * 600,
        "(((" * 400 + "Berlin" + ")))" * 400,
        "sponsor not visa? " * 300,
        "1,111 " * 3_000,
        "- - - " * 2_000,
        "not remote " * 400,
        "5 years of " * 900,
        "$1 to $2 OTE " * 900,
        "apply by 1.1.27 " * 700,
        "<ul><li>" * 300 + "degree in Physics, " * 300,
        "two days a week from home or the office " * 300,
        "full-time or part-time, not " * 300,
        bytes(range(256)).decode("utf-8", "replace") * 8,
        bytes(range(256)).decode("latin-1") * 8,
        "About us\nBenefits\n" * 600,
        DESCRIPTION,
    ]
)
LINE = JUNK.map(
    lambda text: "".join(c for c in text if c >= " " and c != "\x7f").strip()[:200].strip()
).filter(bool)


@settings(max_examples=examples(120), deadline=None)
@forall(
    title=LINE,
    company=LINE,
    description=JUNK,
    locations=st.lists(LINE, max_size=4),
    skills=st.lists(LINE, max_size=4),
    mode=st.none() | st.sampled_from(Mode),
    level=st.none() | st.sampled_from(Level),
    salary=st.none()
    | st.builds(
        Money,
        min=st.floats(0, 1e12),
        currency=st.sampled_from(["USD", "EUR", "XYZ", "KRW"]),
        period=st.sampled_from(Period),
    ),
)
def test_never_raises_and_spans_are_true(title, company, description, locations, skills, mode,
                                         level, salary):  # fmt: skip
    given = Given(
        title=title,
        company=company,
        description=description,
        locations=tuple(locations),
        skills=tuple(skills),
        mode=mode,
        level=level,
        salary=salary,
    )
    assert_evidence_is_true(given, derive(given, today=TODAY))


@settings(max_examples=examples(60), deadline=None)
@forall(
    title=st.text(max_size=40),
    pieces=st.lists(
        st.sampled_from(
            [
                *(
                    "$120k",
                    "–",
                    "to",
                    "£600/day",
                    "OTE",
                    "equity",
                    "salary",
                    "per hour",
                    "LPA",
                    "5",
                ),
                *("years", "of experience", "at least", "apply by", "31.12.2026", "until", "visa"),
                *("sponsor", "not", "no", "clearance", "secret", "required", "remote", "hybrid"),
                *("two days a week", "office", "home", "full-time", "or", "part-time", "contract"),
                *("C++", "Go", "R", "degree in", "About us", "Benefits:", "?", ".", "\n", "<li>"),
                *(
                    "based in",
                    "the US",
                    "only",
                    "anywhere",
                    "EMEA",
                    "İ",
                    "\u202e",
                    "—",
                    "’",
                    "&nbsp;",
                ),
            ]
        ),
        max_size=60,
    ),
)
def test_any_order_of_the_words_it_looks_for(title, pieces):
    title = "".join(c for c in title if c >= " " and c != "\x7f").strip() or "Clerk"
    given = Given(title=title, company="Acme", description=" ".join(pieces))
    result = derive(given, today=TODAY)
    assert_evidence_is_true(given, result)
    assert derive(given, today=TODAY) == result


@pytest.mark.parametrize(
    "piece",
    [
        *("5 years of ", "at least two years ", "$1,000 to $2,000 OTE ", "£5 ", "Go C R "),
        *(
            "degree in Physics, ",
            "not Python, no Java, ",
            "two days a week from home or the office ",
        ),
        *(
            "full-time or part-time ",
            "apply by 1.1.27 ",
            "12-month ",
            "remote ",
            "based in ",
            "a. ",
        ),
    ],
)
def test_a_hostile_text_takes_no_long_time(piece):
    text = (piece * (100_000 // len(piece)))[:99_000]
    given = Given(title="Clerk", company="Acme", description=text)
    begun = time.thread_time()
    derive(given, today=TODAY)
    assert time.thread_time() - begun < 2.0


def test_a_clean_description_gives_the_same_facts_again():
    """What is shown of a posting, submitted anew, is the same posting."""
    given = Given(title="Backend Engineer", company="Acme", description=DESCRIPTION)
    first = derive(given, today=TODAY).derived
    again = derive(given.model_copy(update={"description": first.html}), today=TODAY).derived
    assert again == first


def test_facts_kept_apart_from_pay():
    text = (
        "<p>Base $90,000 - $110,000, OTE $150,000, and stock options. 3+ years of experience.</p>"
    )
    text += "<p>Apply by 15 January.</p>"
    given = Given(title="Account Executive", company="Acme", description=text)
    derived = derive(given, today=TODAY).derived
    assert (derived.pay.min, derived.pay.max) == (90_000, 110_000)
    assert (derived.on_target.min, derived.on_target.max) == (150_000, 150_000)
    assert derived.equity is True
    assert derived.experience_years == 3
    assert derived.closes_on == date(2027, 1, 15)
    assert {"on_target", "equity", "experience_years", "closes_on"} <= set(derived.evidence)


def test_the_same_posting_gives_the_same_result():
    given = Given(title="Backend Engineer", company="Acme", description=DESCRIPTION)
    assert derive(given, today=TODAY) == derive(given, today=TODAY)


def _real_postings() -> list[dict[str, object]]:
    root = Path(__file__).parents[3]
    folder = Path(os.environ.get("JOBRAY_SHARED_DATA", root.parent / "shared" / "data"))
    files = sorted(folder.glob("open-jobs-2*.json"))
    return json.loads(files[0].read_text(encoding="utf-8")) if files else []


@pytest.mark.skipif(not _real_postings(), reason="the shared postings are not here")
def test_real_postings():
    """Of the location lines that name a place at all, hardly any is left without one."""
    postings = _real_postings()
    unread = 0
    for posting in postings:
        lines = [line.strip()[:200] for line in posting["locations"] if line.strip()]
        given = Given(title=posting["title"], company=posting["company"], locations=tuple(lines))
        result = derive(given, today=TODAY)
        assert result.verdict == "publish"
        assert_evidence_is_true(given, result)
        unread += bool(lines) and not result.derived.places
    assert unread < 0.05 * len(postings)
