"""Onsite, hybrid or remote, as the posting says it.

The location line is the best witness ("Remote - Germany", "US Remote", "San Francisco (Hybrid)"),
then the title ("Events Manager | EMEA | Remote"), then the sentences of the description that say
where the hours of this job are worked (`processing.facts.workplace`) and do not speak of remoteness
at large. A posting that offers offices and, as an alternative, remote work is remote: its places
say where the offices are. "Not remote" is on site.
"""

import re
from collections.abc import Iterator

from models.posting import Evidence, Given, Mode
from processing.evidence import Passage, Reading, stated
from processing.facts.workplace import Statement, hours_at_workplace, statements
from processing.facts.workplace_words import ANOTHER_THING, HOURS_MARKS, MARKS
from reference.text import lowered

BY = "mode@5"

REMOTE = re.compile(
    r"\bremote(?:ly)?\b(?<!hybrid remote)|\btelecommut\w+|\btelework\w*"
    r"|\bwork(?:ing)? from (?:home|anywhere)\b"
    r"|\bwfh\b"
    r"|\bdistributed\b|\bhome[- ]?(?:office|based)\b|\bhomeoffice\b|\bvirtual\b|\banywhere\b"
    r"|\bworldwide\b|\bremot[oa]\b|\btélétravail\b|\bteletrabajo\b|\bà distance\b|\btelelavoro\b"
    r"|\bsmart working\b|\bthuiswerk\w*|\bop afstand\b|\bzdaln\w+",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"\bhybride?s?\b|\bhíbrid[oa]\b|\bibrid[oa]\b|\bhybrydow\w+", re.IGNORECASE)
_ONSITE = re.compile(
    r"\bon[- ]?site\b|\bin[- ]office\b|\bin[- ]person\b|\bvor ort\b|\bprésentiel\b|\bsur site\b"
    r"|\bpresencial\b|\bin presenza\b|\bop (?:kantoor|locatie)\b|\bstacjonarn\w+|\bfifo ex\b",
    re.IGNORECASE,
)
_TITLE_REMOTE = re.compile(
    r"[(\[|,–—-]\s*(?:(?:100 ?%|fully|full)[ -]*|work )?(?:remote\b|home[- ]based\b|télétravail\b"
    r"|homeoffice\b|(?:en )?remoto\b|wfh\b|from home\b)"
    r"|^(?:fully )?remote\b|^home[- ]based\b|\bremote\s*[)\]|]|\b(?:(?<!of )remote|wfh|work from"
    r" home)$",
    re.IGNORECASE,
)
_ANOTHER_THING = re.compile(
    rf"(?:{ANOTHER_THING})|virtual (?:machine|reality|assistant|private|event|care)\w*"
    r"|distributed (?:system|comput|database|team|key|ledger|infrastructure|data|training|trac"
    r"|energy|generation|work)\w*",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|no|cannot|\w+n['’]t|never|non|nor|without|nicht|kein\w*|ohne|pas|sans|geen|niet|sin"
    r"|senza)\b(?! (?:only|just)\b)[^.:;|\n]{0,30}$",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(
    r"^[^.;|\n]{0,30}\b(?:(?:is|are|ist)\s+)?(?:not|un|nicht|niet|pas|bei[^.]{0,30}nicht)\s*"
    r"(?:currently )?(?:available|possible|offered|considered|eligible|möglich|mogelijk)"
    r"|^\W{1,3}(?:no|nein|non|nee)\b",
    re.IGNORECASE,
)

Found = tuple[Mode, Evidence] | None


def mode(given: Given, reading: Reading) -> Found:
    """The mode of work and where it is said; None where nothing says it."""
    if given.mode is not None:
        return given.mode, stated(given, "mode").whole("given@1")
    return (
        _of_line(reading.location, REMOTE)
        or _of_line(reading.title, _TITLE_REMOTE)
        or _in_description(reading.description)
    )


def _of_line(passage: Passage, remote: re.Pattern[str]) -> Found:
    """The mode that a location line or a title names; one that rules remote work out is on site."""
    for pattern, found in ((remote, Mode.REMOTE), (_HYBRID, Mode.HYBRID), (_ONSITE, Mode.ONSITE)):
        match = next(affirmed(pattern, passage.text), None)
        if match is not None:
            return found, passage.evidence(match.start(), match.end(), BY)
    for match in REMOTE.finditer(passage.text):
        if not _another_thing(passage.text, match) and _negated(passage.text, match):
            return Mode.ONSITE, passage.evidence(match.start(), match.end(), BY)
    return None


def _in_description(passage: Passage) -> Found:
    """What says most of this very job, the first of several."""
    found = list(_statements(passage))
    if not found:
        return None
    said = max(found, key=lambda one: (one.weight, -one.start))
    return said.mode, passage.evidence(said.start, said.end, BY)


def _statements(passage: Passage) -> Iterator[Statement]:
    for start, end in passage.saying(MARKS):
        yield from statements(lowered(passage.text[start:end]), start)
    for start, end in passage.saying(HOURS_MARKS):
        yield from hours_at_workplace(lowered(passage.text[start:end]), start)


def affirmed(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches that are not negated: "this is not a remote role" says no such thing."""
    for match in pattern.finditer(text):
        if not _negated(text, match) and not _another_thing(text, match):
            yield match


def _negated(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 40) : match.start()]
    after = text[match.end() : match.end() + 60]
    return bool(_NEGATED.search(before) or _NEGATED_AFTER.match(after))


def _another_thing(text: str, match: re.Match[str]) -> bool:
    """Whether the word belongs to "hybrid cloud", "distributed systems" and the like."""
    return any(
        other.start() < match.end() and match.start() < other.end()
        for other in _ANOTHER_THING.finditer(text, max(0, match.start() - 5), match.end() + 30)
    )
