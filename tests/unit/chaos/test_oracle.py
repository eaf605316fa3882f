"""The oracle on a ledger made by hand."""

from datetime import UTC, datetime
from typing import Any

from chaos.ledger import Posted, Saved
from chaos.oracle import expected, published

NOW = datetime(2026, 11, 21, tzinfo=UTC)
BODY = {
    "title": "Data Engineer",
    "company": "Amberline Systems",
    "description": "<p>We build data pipelines in Python and Kafka, in a kind team.</p>",
    "locations": ["Leeds, United Kingdom"],
}


def _saved(id_: str, query: str, answered: float = 0.0, *channels: str) -> Saved:
    every = ("inapp", *channels)
    return Saved(id=id_, user_id="u", name=id_, query=query, channels=every, answered=answered)


def _posted(vacancy: int, begun: float = 1.0, revision: int = 1, **changes: Any) -> Posted:
    return Posted(
        id=f"p{vacancy}",
        owner_id="o",
        vacancy=vacancy,
        body=BODY | changes,
        revision=revision,
        begun=begun,
        answered=begun + 1,
    )


def test_an_alert_is_told_of_what_it_matches_and_of_nothing_else() -> None:
    found = expected([_saved("a", "python"), _saved("b", "cobol"), _posted(1)], NOW)
    assert found.must == found.may == {("a", 1)}


def test_an_alert_answered_after_the_posting_was_begun_may_be_told_and_need_not() -> None:
    found = expected([_saved("a", "python", 1.5), _posted(1, begun=1.0)], NOW)
    assert not found.must
    assert found.may == {("a", 1)}


def test_the_last_revision_must_be_told_and_the_ones_before_may() -> None:
    kept = [_posted(1), _posted(1, 3.0, 2, description="<p>We bake good bread in a kind team.</p>")]
    found = expected([_saved("a", "kafka"), _saved("b", "bread"), *kept], NOW)
    assert found.must == {("b", 1)}
    assert found.may == {("a", 1), ("b", 1)}


def test_a_posting_that_is_held_back_is_told_to_nobody() -> None:
    held = _posted(1, description="<p>Pay a registration fee, contact us on Telegram.</p>")
    assert expected([_saved("a", "telegram"), held], NOW).may == frozenset()


def test_what_is_on_the_board_is_told_by_the_last_revision() -> None:
    fraud = "<p>Pay a registration fee, contact us on Telegram.</p>"
    revised, refused = _posted(1, 2.0, 2, description=fraud), _posted(3, description=fraud)
    lines = [_posted(1), revised, _posted(2), refused]
    assert published(lines, NOW) == {2}


def test_alerts_that_want_mail_are_named() -> None:
    alerts = [_saved("a", "python", 0.0, "email"), _saved("b", "python")]
    lines: list[Posted | Saved] = [*alerts, _posted(1)]
    assert expected(lines, NOW).mailed == {"a"}
