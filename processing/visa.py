"""Whether the employer sponsors a visa, as one sentence of the description says it.

Sentences with the word "sponsor" (or its equals) are read one by one, and the first that decides
counts: it offers, unless it negates. "Must be authorized to work without sponsorship" refuses;
"will you now or in future require sponsorship?" is a question and decides nothing.
"""

import re
from collections.abc import Iterator

from models.posting import Evidence, Visa
from processing.evidence import Passage

BY = "visa@1"

_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\S)[^.!?\n]*)*[.!?]?")
_TOPIC = re.compile(
    r"\bsponsor(?:s|ship|ed|ing)?\b|\bwork (?:visa|permit)s?\b|\bvisa support\b|\bh-?1b\b"
    r"|\bvisumssponsoring\b|\bvisa assistance\b",
    re.IGNORECASE,
)
_TOPIC_WORDS = ("sponsor", "visa", "visum", "permit", "h1b", "h-1b")
"""One of them stands in whatever `_TOPIC` matches."""
_OF_A_VISA = re.compile(
    r"\bvisas?\b|\bimmigration\b|\bwork (?:authori[sz]ation|permit)\b|\bh-?1b\b|\bemployment"
    r"[- ]based\b|\bauthori[sz]ed to work\b|\bright to work\b|\blegally\b|\brelocat\w+"
    r"|\bsponsorship (?:is|are|not|available|for this|will)\b|\bneed(?:ing)? (?:for )?sponsorship\b"
    r"|\b(?:employer|employment|company) sponsorship\b|\bsponsor candidates\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:not|no|cannot|unable|never|without|nor|neither|(?:ca|wo|do|does|is|are)n['’]t|won['’]t"
    r"|can['’]t|ineligible|unavailable|decline)\b",
    re.IGNORECASE,
)
_NOT_EVERY = re.compile(
    r"\bnot (?:able to )?(?:\w+ ){0,3}(?:every|all|guarantee)\b|\bno (?:guarantee|problem)\b"
    r"|\bnot only\b",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(?:we|company|employer|can|will|do|may|does|able to|happy to|offer\w*|provid\w+"
    r"|includ\w+)\b"
    r"[^.]{0,60}\bsponsor|\bsponsorship\b[^.]{0,40}\b(?:available|offered|provided|possible"
    r"|considered|included|supported|yes)\b|\b(?:offer|provide|with|help\w*)\b[^.]{0,40}"
    r"\b(?:visa|work permit|immigration)\b[^.]{0,20}\b(?:support|sponsorship|assistance)?"
    r"|\bvisa (?:sponsorship|support|assistance)\b\s*(?:[:,]?\s*yes|[!✓]|$)|^[\s•*-]*(?:visa"
    r"|relocation)[^.]{0,30}(?:sponsorship|support|assistance)\b",
    re.IGNORECASE,
)


def visa(passage: Passage) -> tuple[Visa, Evidence] | None:
    """The statement on visas in the description, and its sentence; None where there is none."""
    if not passage.mentions(_TOPIC_WORDS):
        return None
    for start, end in _sentences(passage.text):
        found = _decide(passage.text[start:end])
        if found is not None:
            return found, passage.evidence(start, end, BY)
    return None


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the sentences that speak of sponsorship."""
    for match in _SENTENCE.finditer(text):
        said = match[0]
        if _TOPIC.search(said):
            yield match.start() + len(said) - len(said.lstrip()), match.start() + len(said.rstrip())


def _decide(sentence: str) -> Visa | None:
    if sentence.endswith("?") or not _OF_A_VISA.search(sentence):
        return None
    if _NOT_EVERY.search(sentence):
        return None
    if _REFUSED.search(sentence):
        return Visa.REFUSED
    return Visa.OFFERED if _OFFERED.search(sentence) else None
