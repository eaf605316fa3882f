"""What an administrator has let through is remembered for its content, and nobody is asked again.

A poll, an import or a newer parser that finds the same faults in the same content goes by the
decision that there is. Content that was edited is judged anew, and so is a fault that nobody has
looked at yet.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from models.posting import Approval, Given, Posting, Reason
from processing.derive import Derivation

_DATES = {"posted_at", "closes_at"}
"""What a feed may say anew each day of the same vacancy; no judgement of content."""


def content_of(given: Given) -> str:
    """A digest of what a posting says: the same for the same content, without its dates."""
    # What has its default is left out, so that a field which is added one day changes no digest.
    said = given.model_dump(mode="json", exclude=_DATES, exclude_defaults=True)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def approval_of(
    posting: Posting, reasons: tuple[Reason, ...], *, by: str, at: datetime
) -> Approval:
    """The approval of this content in spite of these reasons, and of those of earlier ones."""
    content, before = content_of(posting.given), posting.approval
    codes = {reason.code for reason in reasons}
    if before is not None and before.content == content:
        codes.update(before.codes)
    return Approval(content=content, codes=tuple(sorted(codes)), by=by, at=at)


def applied(posting: Posting, derivation: Derivation) -> Derivation:
    """The derivation as it is once what a person has approved is no reason any more."""
    approval = posting.approval
    if derivation.verdict == "publish" or approval is None:
        return derivation
    found = {reason.code for reason in derivation.reasons}
    if not found.issubset(approval.codes) or approval.content != content_of(posting.given):
        return derivation
    return replace(derivation, verdict="publish", reasons=())
