"""The receipt of a submission: where to look for what becomes of it, and what will hold it back.

A posting is judged in the background. One with a short description can be judged at once as well,
in less than 0.5 ms, and such are the postings that are held back for saying too little; so who
submits one need not come back for the reason.
"""

from datetime import datetime

from backends.documents.base import Body
from models.posting import Derived, Given, Posting, Reason
from processing.html import clean, text_of
from processing.verdict import verdict
from services.intake.deadlines import end_of
from services.ports import Ports

GLANCE_MAX = 1_000
"""Characters of a description that are read while somebody waits; to clean 100,000 takes 30 ms."""


def receipt(ports: Ports, posting: Posting, prefix: str) -> Body:
    """`{id, status, version, links{self, status}, warnings[{code, field, detail}]}`. No warning is
    no promise: a longer description is only judged in the background."""
    here = f"{prefix}/jobs/{posting.id}"
    return {
        "id": posting.id,
        "status": posting.status.value,
        "version": posting.version,
        "links": {"self": here, "status": f"{here}/status"},
        "warnings": [r.model_dump() for r in _foreseen(posting.given, ports.clock())],
    }


def _foreseen(given: Given, now: datetime) -> tuple[Reason, ...]:
    if len(given.description) > GLANCE_MAX:
        return ()
    html = clean(given.description)
    derived = Derived(html=html, text=text_of(html))
    found, end = verdict(given, derived), end_of(given, derived, now, is_listed=False)
    return (end,) if end is not None and found.verdict != "reject" else found.reasons
