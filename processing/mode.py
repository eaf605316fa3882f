"""Onsite, hybrid or remote, and the countries from which a remote job accepts people.

The location line is the best witness ("Remote - Germany", "US Remote", "San Francisco (Hybrid)"),
then the title ("Events Manager | EMEA | Remote"), then sentences of the description that speak of
this job ("this is a fully remote role") and not of remoteness at large. A posting that offers
offices and, as an alternative, remote work is remote: its places say where the offices are.
"""

import re
from collections.abc import Iterator
from itertools import islice

from models.posting import Evidence, Given, Mode
from processing.evidence import Passage, Reading, stated
from processing.places import Address, addresses, locate
from reference.countries import countries, countries_of, is_group

BY = "mode@1"

_REMOTE = re.compile(
    r"\bremote(?:ly)?\b|\btelecommut\w+|\bwork(?:ing)? from (?:home|anywhere)\b|\bwfh\b"
    r"|\bdistributed\b"
    r"|\bhome[- ]?office\b|\bvirtual\b|\banywhere\b|\bworldwide\b",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"\bhybrid\b", re.IGNORECASE)
_ONSITE = re.compile(r"\bon[- ]?site\b|\bin[- ]office\b|\bin[- ]person\b", re.IGNORECASE)
_TITLE_REMOTE = re.compile(
    r"[(\[|,–—-]\s*(?:100%\s*|fully\s+)?remote\b|^remote\b|\bremote\s*[)\]|]|\bremote$",
    re.IGNORECASE,
)
_NOT_THE_MODE = re.compile(
    r"remote (?:sens|support|control|monitor|access|team|diagnos|site|patient|device)\w*"
    r"|hybrid (?:cloud|infrastructure|vehicle|app|mobile|model\w*ing|architecture|environment"
    r"|search|power|electric|event)\w*|virtual (?:machine|reality|assistant|private|event)\w*"
    r"|distributed (?:system|comput|database|team|key|ledger|infrastructure|data|training|trac)\w*"
    r"|on-?site (?:interview|visit|gym|catering|cafe|parking|search|seo)\w*",
    re.IGNORECASE,
)
_SAID_REMOTE = re.compile(
    r"\b(?:fully|100\s?%|completely|entirely|permanently)[ -]remote\b"
    r"|\bremote[- ](?:role|position|job|opportunity|first (?:role|position))\b"
    r"|\b(?:role|position|job|opportunity)\s+(?:is|can be)\s+(?:\w+\s+)?remote\b"
    r"|\bwork(?:ing)? (?:remotely )?from anywhere\b|\bvollständig remote\b|\b100\s?% télétravail\b",
    re.IGNORECASE,
)
_SAID_HYBRID = re.compile(
    r"\bhybrid (?:role|position|job|work(?:ing|place)?|schedule|model|policy|set-?up|office)\b"
    r"|\b(?:role|position|job)\s+is\s+(?:\w+\s+)?hybrid\b|\bhybrides? arbeiten\b"
    r"|\b(?:[1-4]|one|two|three|four)(?:\s*(?:-|–|to)\s*(?:[2-4]|two|three|four))? days?"
    r" (?:a|per|each) week in (?:the|our|an) (?:\w+ )?office\b",
    re.IGNORECASE,
)
_SAID_ONSITE = re.compile(
    r"\b(?:fully |100\s?% )?(?:on-?site|in-office|in-person) (?:role|position|job|only)\b"
    r"|\b(?:role|position|job)\s+is\s+(?:\w+\s+)?(?:on-?site|in-office|in-person)\b"
    r"|\b(?:five|5) days (?:a|per) week in (?:the|our) office\b",
    re.IGNORECASE,
)
_REMOTE_WORDS = ("remote", "anywhere", "télétravail")
_HYBRID_WORDS = ("hybrid", " office")
_ONSITE_WORDS = ("onsite", "on-site", "in-office", "in-person", " office")
"""One of them stands in whatever the pattern of that mode matches."""
_NEGATED = re.compile(
    r"\b(?:not|no|isn['’]t|cannot|can['’]t|never|non|nor|without)\b[^.:;\n]{0,30}$", re.IGNORECASE
)
_NEGATED_AFTER = re.compile(
    r"^[^.;\n]{0,30}\b(?:is|are|not)\s+(?:not|currently not|un)\s*(?:available|possible|offered|"
    r"considered|eligible)",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(
    r"\b(?:work|remote|based|live)\w*\s*(?:from)?\s*[-–(,]?\s*anywhere\b(?!\s+in)"
    r"|^anywhere$|\banywhere in the world\b|\bworldwide\b|\bremote[\s,(–-]+(?:global(?:ly)?"
    r"|anywhere)\b",
    re.IGNORECASE,
)
_ANYWHERE_WORDS = ("anywhere", "worldwide", "global")
_LIVING = re.compile(
    r"\b(?:based|located|reside|residing|living|live|work remotely|remote)\s+(?:anywhere\s+)?"
    r"(?:in|within|from)\s+(?:the\s+)?(?=[A-Z])"
)
_WORDS = re.compile(r"[\w.&'’-]+")
_BETWEEN_BARS = re.compile(r"[|(,–—-]\s*([A-Za-z&. ]{2,25}?)\s*(?=[|),–—-]|$)")

Found = tuple[Mode, Evidence] | None


def mode(given: Given, reading: Reading) -> Found:
    """The mode of work and where it is said; None where nothing says it."""
    if given.mode is not None:
        return given.mode, stated(given, "mode").whole("given@1")
    return (
        _in_location(reading.location)
        or _in_title(reading.title)
        or _in_description(reading.description)
    )


def _in_location(passage: Passage) -> Found:
    for pattern, found in ((_REMOTE, Mode.REMOTE), (_HYBRID, Mode.HYBRID), (_ONSITE, Mode.ONSITE)):
        match = pattern.search(passage.text)
        if match:
            return found, passage.evidence(match.start(), match.end(), BY)
    return None


def _in_title(passage: Passage) -> Found:
    for pattern, found in (
        (_TITLE_REMOTE, Mode.REMOTE),
        (_HYBRID, Mode.HYBRID),
        (_ONSITE, Mode.ONSITE),
    ):
        for match in pattern.finditer(passage.text):
            if not _another_thing(passage.text, match):
                return found, passage.evidence(match.start(), match.end(), BY)
    return None


def _in_description(passage: Passage) -> Found:
    """The first sentence that states the mode of this job."""
    stated_modes = []
    for pattern, words, found in (
        (_SAID_REMOTE, _REMOTE_WORDS, Mode.REMOTE),
        (_SAID_HYBRID, _HYBRID_WORDS, Mode.HYBRID),
        (_SAID_ONSITE, _ONSITE_WORDS, Mode.ONSITE),
    ):
        if not passage.mentions(words):
            continue
        match = next(_affirmed(pattern, passage.text), None)
        if match is not None:
            stated_modes.append((match.start(), match.end(), found))
    if not stated_modes:
        return None
    start, end, first = min(stated_modes)
    return first, passage.evidence(start, end, BY)


def _affirmed(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches that are not negated: "this is not a remote role" says nothing."""
    for match in pattern.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        after = text[match.end() : match.end() + 60]
        negated = _NEGATED.search(before) or _NEGATED_AFTER.match(after)
        if not negated and not _another_thing(text, match):
            yield match


def _another_thing(text: str, match: re.Match[str]) -> bool:
    """Whether the word belongs to "hybrid cloud", "distributed systems" and the like."""
    return any(
        other.start() < match.end() and match.start() < other.end()
        for other in _NOT_THE_MODE.finditer(text, max(0, match.start() - 5), match.end() + 30)
    )


def remote_countries(
    given: Given, reading: Reading, found: Mode | None
) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """The countries (alpha-2, sorted) from which a remote job accepts people, and where that is
    said; empty where the job is not remote or nothing says it. "Anywhere" is every country."""
    if given.remote_countries:
        codes = tuple(sorted(set(given.remote_countries)))
        return codes, (stated(given, "remote_countries").whole("given@1"),)
    if found is not Mode.REMOTE:
        return (), ()
    return (
        _from_location(reading.location)
        or _from_anywhere(reading)
        or _from_title(reading.title)
        or _from_description(reading.description)
        or ((), ())
    )


_Eligible = tuple[tuple[str, ...], tuple[Evidence, ...]] | None


def _from_location(passage: Passage) -> _Eligible:
    """The countries of the addresses that say remote ("Remote in Canada or Mexico" says it of
    both); of all addresses where none says it."""
    remote: dict[str, tuple[int, int]] = {}
    others: dict[str, tuple[int, int]] = {}
    said_remote, end_before = False, 0
    for address in addresses(passage.text):
        said = passage.text[address.start : address.end]
        alternative = passage.text[end_before : address.start].strip().lower() == "or"
        said_remote = bool(_REMOTE.search(said)) or (said_remote and alternative)
        end_before = address.end
        target = remote if said_remote else others
        for code, start, end in _countries_in(address):
            target.setdefault(code, (start, end))
    if not remote and _ANYWHERE.search(passage.text):
        return None
    eligible = remote or others
    if not eligible:
        return None
    spans = sorted(set(eligible.values()))
    return tuple(sorted(eligible)), tuple(passage.evidence(*span, BY) for span in spans)


def _countries_in(address: Address) -> Iterator[tuple[str, int, int]]:
    """The countries of an address: of the groups it names ("EMEA") and of its places."""
    grouped = False
    for part in address.parts:
        if is_group(part.text):
            grouped = True
            for code in countries_of(part.text) or ():
                yield code, part.start, part.end
    if not grouped:
        for located in locate(address):
            yield located.place.country, located.start, located.end


def _from_anywhere(reading: Reading) -> _Eligible:
    for passage in (reading.location, reading.title, reading.description):
        if not passage.mentions(_ANYWHERE_WORDS):
            continue
        match = next(_affirmed(_ANYWHERE, passage.text), None)
        if match is not None:
            found = passage.evidence(match.start(), match.end(), BY)
            return tuple(sorted(countries())), (found,)
    return None


def _from_title(passage: Passage) -> _Eligible:
    """A group or country between the separators of a title: "Events Manager | EMEA | Remote"."""
    for match in _BETWEEN_BARS.finditer(passage.text):
        codes = countries_of(match[1])
        if codes and len(match[1]) > 2:
            found = passage.evidence(match.start(1), match.end(1), BY)
            return tuple(sorted(codes)), (found,)
    return None


def _from_description(passage: Passage) -> _Eligible:
    """The country of "must be based in the United States"."""
    for match in _LIVING.finditer(passage.text):
        named = _country_at(passage.text, match.end())
        if named is not None:
            codes, end = named
            found = passage.evidence(match.start(), end, BY)
            return tuple(sorted(codes)), (found,)
    return None


def _country_at(text: str, at: int) -> tuple[frozenset[str], int] | None:
    """The longest name of a country or group that begins at a position, and its end."""
    ends = [word.end() for word in islice(_WORDS.finditer(text, at, at + 60), 4)]
    for end in reversed(ends):
        name = text[at:end].rstrip(".")
        codes = countries_of(name)
        if codes:
            return codes, at + len(name)
    return None
