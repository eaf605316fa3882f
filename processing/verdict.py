"""Publish, review or reject: what a machine can say of a posting before a person looks.

Rejected is what never was a vacancy; held for review is what looks like a fraud or a mistake but
may be none. A posting without a description is fine: many feeds send none. Whether it is too late
to apply depends on the hour and the source: `services.intake.deadlines`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from models.money import Period
from models.posting import Derived, Given, Reason
from processing.facts.pay import plausible

_URL = re.compile(r"^(?:https?://|www\.)\S+$|^\S+\.(?:com|net|org|io|ru|info|biz)(?:/\S*)?$", re.I)
_PHONE = re.compile(r"(?<!\w)\+?\d[\d\s().-]{8,}\d(?!\w)")
_LINKS = ("http://", "https://", "www.")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_FEE = re.compile(
    r"\b(?:pay|send|transfer|deposit|wire)\b[^.\n]{0,40}\b(?:fee|deposit|(?:security|training|"
    r"registration|processing) (?:payment|charge)|upfront)\b"
    r"|\b(?:registration|training|processing|application|starter[- ]kit|background[- ]check) fee\b"
    r"[^.\n]{0,40}\b(?:required|refundable|must|paid|payable|of [$£€])"
    r"|\b(?:buy|purchase)\b[^.\n]{0,30}\bgift cards?\b"
)
_FEE_WORDS = (" fee", "deposit", "payment", " charge", "upfront", "gift card")
"""One of them stands in whatever `_FEE` matches."""
_NO_FEE = re.compile(
    r"\b(?:never|not|no|n['’]t|without|free of)\b[^.\n]{0,60}\b(?:fee|deposit|pay|payment|upfront"
    r"|gift cards?)\b"
)
_CHAT = re.compile(
    r"\b(?:contact|message|text|write|reach|apply|interview|add|dm|chat)\b[^.\n]{0,60}"
    r"\b(?:telegram|whats\s?app|signal app|wechat)\b|\bt\.me/|\bwa\.me/"
)
_CHAT_WORDS = ("telegram", "whats", "signal app", "wechat", "t.me/", "wa.me/")
"""One of them stands in whatever `_CHAT` matches."""
_SMALL = b"abcdefghijklmnopqrstuvwxyz"
_MIN_TEXT = 30
_CAPITALS_FROM_LETTERS = 200
_MAX_CAPITALS = 0.7
_MANY_LINKS = 10
_REPEATED_FROM_WORDS = 60
_MAX_ONE_WORD = 0.4


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: Literal["publish", "review", "reject"]
    reasons: tuple[Reason, ...]


Check = Callable[[Given, Derived], Reason | None]


def verdict(given: Given, derived: Derived) -> Verdict:
    """The verdict and all reasons of that severity, rejection before review."""
    rejected = tuple(r for check in _REJECT if (r := check(given, derived)) is not None)
    if rejected:
        return Verdict("reject", rejected)
    doubted = tuple(r for check in _REVIEW if (r := check(given, derived)) is not None)
    return Verdict("review", doubted) if doubted else Verdict("publish", ())


@lru_cache(maxsize=4)
def _lowered(text: str) -> str:
    """In lower case; several checks read the same text."""
    return text.lower()


def _no_title(given: Given, derived: Derived) -> Reason | None:
    if not any(c.isalpha() for c in given.title):
        return Reason(code="title_empty", field="title", detail="The title has no words.")
    if _URL.match(given.title):
        return Reason(code="title_is_link", field="title", detail="The title is only a link.")
    return None


def _spam_title(given: Given, derived: Derived) -> Reason | None:
    if _PHONE.search(given.title) or _LINK.search(given.title):
        detail = "The title carries a telephone number or a link."
        return Reason(code="spam_title", field="title", detail=detail)
    return None


def _spam_text(given: Given, derived: Derived) -> Reason | None:
    """Links with hardly any text between them, or one word over and over."""
    lowered = _lowered(derived.text)
    words = lowered.split()
    links = sum(map(lowered.count, _LINKS)) + derived.html.count("<a ")
    if links >= _MANY_LINKS and len(words) < 5 * links:
        detail = f"The description is {links} links with hardly any text."
        return Reason(code="spam_links", field="description", detail=detail)
    if len(words) < _REPEATED_FROM_WORDS:
        return None
    if max(Counter(words).values()) > _MAX_ONE_WORD * len(words):
        detail = "The description repeats one word over and over."
        return Reason(code="spam_repetition", field="description", detail=detail)
    return None


def _too_short(given: Given, derived: Derived) -> Reason | None:
    if not given.description.strip() or len(derived.text) >= _MIN_TEXT:
        return None
    detail = (
        f"The description has only {len(derived.text)} characters of text; "
        f"write at least {_MIN_TEXT}, or leave it out."
    )
    return Reason(code="description_short", field="description", detail=detail)


def _fee(given: Given, derived: Derived) -> Reason | None:
    match = next(_fees(derived.text), None)
    if match is None:
        return None
    start = max(0, match.start() - 80)
    if _NO_FEE.search(match.string[start : match.end() + 20]):
        return None
    detail = "It seems to ask applicants for money."
    return Reason(code="asks_for_money", field="description", detail=detail)


def _fees(text: str) -> Iterator[re.Match[str]]:
    """What asks for money, line by line; only lines with a word of it are worth the pattern."""
    lowered = _lowered(text)
    there = [word for word in _FEE_WORDS if word in lowered]
    if not there:
        return
    for line in lowered.split("\n"):
        if any(word in line for word in there) and (match := _FEE.search(line)):
            yield match


def _chat_only(given: Given, derived: Derived) -> Reason | None:
    """A messenger as the only way to apply."""
    if given.apply_url or given.url:
        return None
    lowered = _lowered(derived.text)
    if not any(word in lowered for word in _CHAT_WORDS) or _CHAT.search(lowered) is None:
        return None
    detail = "Applicants are asked to write to a messenger account, and there is no other way."
    return Reason(code="messenger_only", field="description", detail=detail)


def _capitals(given: Given, derived: Derived) -> Reason | None:
    letters = derived.text.encode("ascii", "ignore")
    small = len(letters) - len(letters.translate(None, _SMALL))
    if small >= (1 - _MAX_CAPITALS) * len(derived.text):
        return None  # so many are small that the capitals cannot be too many
    capitals = sum(map(str.isupper, derived.text))
    if capitals <= _MAX_CAPITALS * _CAPITALS_FROM_LETTERS:
        return None
    cased = sum(c.lower() != c.upper() for c in derived.text)
    if cased < _CAPITALS_FROM_LETTERS or capitals <= _MAX_CAPITALS * cased:
        return None
    detail = "The description is written almost entirely in capitals."
    return Reason(code="all_capitals", field="description", detail=detail)


def _odd_pay(given: Given, derived: Derived) -> Reason | None:
    if given.salary is None:
        return None
    amounts = [a for a in (given.salary.min, given.salary.max) if a is not None]
    if all(plausible(a, given.salary.currency, Period(given.salary.period)) for a in amounts):
        return None
    detail = "The pay is not of a size that is paid for such a period."
    return Reason(code="pay_implausible", field="salary", detail=detail)


_REJECT: tuple[Check, ...] = (_no_title, _spam_title, _spam_text)
_REVIEW: tuple[Check, ...] = (_too_short, _fee, _chat_only, _capitals, _odd_pay)
