"""The mail of a match: what it says, and that nothing a stranger wrote becomes markup."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from delivery.mail import SUBJECT_MAX, MailRenderer
from delivery.unsubscribe import Subscription, verify
from models.alert import ChannelName
from models.criteria import Clause, Outcome
from models.notification import AlertRef, Notification, PostingRef, Why

SECRET = "s" * 32
RENDERER = MailRenderer(public_url="https://jobs.example.org/", secret_key=SECRET)


def notification(**changes: Any) -> Notification:
    title = changes.pop("title", "Senior Data Engineer")
    company = changes.pop("company", "Acme")
    name = changes.pop("name", "data in Leeds")
    values: dict[str, Any] = {
        "id": "n1",
        "user_id": "user-1",
        "position": "0",
        "created_at": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        "alert": AlertRef(id="alert-1", name=name),
        "posting": PostingRef(
            id="posting-1",
            title=title,
            company=company,
            places=("Leeds", "York"),
            mode="hybrid",
            pay="70,000 GBP a year",
        ),
        "why": Why(
            line="the title says “data engineer”",
            clauses=(
                Clause(
                    clause='title:"data engineer"',
                    outcome=Outcome.TRUE,
                    field="title",
                    start=7,
                    end=20,
                    text="Data Engineer",
                ),
                Clause(clause="level:senior", outcome=Outcome.TRUE, value="senior"),
            ),
        ),
    }
    return Notification(**(values | changes))


def test_the_mail_says_what_matched_and_why_in_both_forms() -> None:
    mail = RENDERER.render(notification())
    assert mail.subject == "New match: Senior Data Engineer at Acme — data in Leeds"
    for form in (mail.text, mail.html):
        assert "https://jobs.example.org/jobs/posting-1" in form
        assert "Acme" in form
        assert "Leeds, York · Hybrid · 70,000 GBP a year" in form
        assert "the title says “data engineer”" in form
        assert "level:senior" in form


def test_the_matched_words_are_marked() -> None:
    page = LexborHTMLParser(RENDERER.render(notification()).html)
    assert [mark.text() for mark in page.css("h1 mark")] == ["Data Engineer"]
    assert page.css_first("h1").text() == "Senior Data Engineer"
    assert [mark.text() for mark in page.css("li mark")] == ["Data Engineer"]


def test_the_list_headers_carry_a_signed_link_to_this_alert() -> None:
    mail = RENDERER.render(notification())
    headers = dict(mail.headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"]
    prefix = "<https://jobs.example.org/unsubscribe/"
    assert link.startswith(prefix)
    token = link.removeprefix(prefix).removesuffix(">")
    assert verify(token, [SECRET]) == Subscription("user-1", "alert-1", ChannelName.EMAIL)
    assert token in mail.text
    assert token in mail.html


HOSTILE = "<script>alert(1)</script><img src=x onerror=y>\"'&{{ 7*7 }}"


def test_markup_of_a_stranger_stays_text() -> None:
    mail = RENDERER.render(notification(title=HOSTILE, company=HOSTILE, name=HOSTILE))
    page = LexborHTMLParser(mail.html)
    assert not page.css("script, img")
    assert page.css_first("h1").text() == HOSTILE
    assert "{{ 7*7 }}" in mail.text


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_subject_is_one_line_of_bounded_length(title: str, company: str) -> None:
    subject = RENDERER.render(notification(title=title, company=company)).subject
    assert len(subject.splitlines()) == 1
    assert len(subject) <= SUBJECT_MAX


def test_a_notification_without_a_posting_is_refused() -> None:
    with pytest.raises(ValueError, match="a posting"):
        RENDERER.render(notification(posting=None))
