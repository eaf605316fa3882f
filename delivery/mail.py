"""Renders the mail of one notification: subject, plain text, HTML, and the headers of the list.

Everything a stranger wrote (a posting's title, a company) is escaped by jinja2 in the HTML and
stripped of line breaks in the subject. The two templates beside this file say the same thing; the
HTML carries its style inline, because mail programs drop style sheets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jinja2

from delivery import unsubscribe
from delivery.marking import Piece, mark
from models.alert import ChannelName
from models.criteria import Clause
from models.notification import AlertRef, Notification, PostingRef, Why

SUBJECT_MAX = 200
"""Characters; a longer subject is cut, no mail program shows more."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The content of one message, for any channel that carries text."""

    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


class MailRenderer:
    """`public_url` is where people reach the system, without a final slash; `secret_key` signs
    the unsubscribe links."""

    def __init__(self, *, public_url: str, secret_key: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._secret_key = secret_key
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=jinja2.select_autoescape(enabled_extensions=("html.jinja",)),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, notification: Notification) -> Rendered:
        """The mail of a match. Raises ValueError for a notification without alert, posting, why."""
        alert, posting, why = notification.alert, notification.posting, notification.why
        if alert is None or posting is None or why is None:
            raise ValueError("a match notification has an alert, a posting and a why")
        stop = self._stop_url(notification.user_id, alert)
        values = {
            "alert": alert,
            "posting": posting,
            "why": why,
            "title": _marked_title(posting, why),
            "facts": _facts(posting),
            "posting_url": f"{self._public_url}/jobs/{quote(posting.id, safe='')}",
            "manage_url": f"{self._public_url}/#alerts",
            "stop_url": stop,
        }
        return Rendered(
            subject=_subject(alert, posting),
            text=self._templates.get_template("match.txt.jinja").render(values),
            html=self._templates.get_template("match.html.jinja").render(values),
            headers=(
                ("List-Unsubscribe", f"<{stop}>"),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ),
        )

    def _stop_url(self, user_id: str, alert: AlertRef) -> str:
        ends = unsubscribe.Subscription(user_id, alert.id, ChannelName.EMAIL)
        return f"{self._public_url}/unsubscribe/{unsubscribe.sign(ends, self._secret_key)}"


def _subject(alert: AlertRef, posting: PostingRef) -> str:
    subject = f"New match: {posting.title} at {posting.company} — {alert.name}"
    one_line = " ".join(subject.split())
    return one_line if len(one_line) <= SUBJECT_MAX else one_line[: SUBJECT_MAX - 1] + "…"


def _facts(posting: PostingRef) -> str:
    facts = [", ".join(posting.places), (posting.mode or "").capitalize(), posting.pay or ""]
    return " · ".join(fact for fact in facts if fact)


def _marked_title(posting: PostingRef, why: Why) -> Sequence[Piece]:
    return mark(posting.title, _title_spans(why.clauses))


def _title_spans(clauses: Sequence[Clause]) -> list[tuple[int, int]]:
    return [
        (clause.start, clause.end)
        for clause in clauses
        if clause.field == "title" and clause.start is not None and clause.end is not None
    ]
