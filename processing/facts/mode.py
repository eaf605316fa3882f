"""Onsite, hybrid or remote, as the posting says it.

The location line is the best witness ("Remote - Germany", "US Remote", "San Francisco (Hybrid)"),
then the title ("Events Manager | EMEA | Remote"), then the sentences of the description that say
where the hours of this job are worked (`processing.facts.workplace`) and do not speak of remoteness
at large; a question counts with its answer. A posting that offers offices and, as an alternative,
remote work is remote: its places say where the offices are. "Not remote" is on site. A text that
refuses remote work, and says how else one works, outdoes a line that says remote.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from models.posting import Evidence, Given, Mode
from processing.evidence import Passage, Reading, stated
from processing.facts.workplace import (
    BASE_MARKS,
    UNLIKE_OTHERS,
    Statement,
    base_of_job,
    hours_at_workplace,
    statements,
)
from processing.facts.workplace_clause import Weight
from processing.facts.workplace_words import ANOTHER_THING, HOME, HOME_MARKS, HOURS_MARKS, MARKS

BY = "mode@7"

REMOTE = re.compile(
    r"\bremote(?:ly)?\b(?<!hybrid remote)|\btelecommut\w+|\btelework\w*"
    r"|\bwork(?:ing)?[ -](?:from|at)[ -](?:home|anywhere)\b"
    r"|\bwfh\b|\bdistributed\b|\bhome[- ]?(?:office|based)\b|\bhomeoffice\b|\bvirtual\b"
    r"|\banywhere\b|\bworldwide\b|\bremot[oa]\b|\btélétravail\b|\bteletrabajo\b|\bà distance\b"
    r"|\btelelavoro\b|\bsmart working\b|\bthuiswerk\w*|\bop afstand\b|\bzdaln\w+",
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
    r"|^(?:fully )?remote\b|^home[- ]based\b|\bremote\s*[)\]|]|\b(?:(?<!of )remote|wfh"
    r"|work from home)$",
    re.IGNORECASE,
)
_ANOTHER_THING = re.compile(
    rf"(?:{ANOTHER_THING})|virtual (?:machine|reality|assistant|private|event|care)\w*"
    r"|distributed (?:system|comput|database|team|key|ledger|infrastructure|data|training|trac"
    r"|energy|generation|work)\w*",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|no|cannot|\w+n['’]t|never|non|nor|without|nicht|kein\w*|ohne|pas|sans|geen|niet"
    r"|sin|senza)\b(?! (?:only|just)\b)[^.:;|\n]{0,30}$",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(
    r"^[^.;|\n]{0,30}\b(?:(?:is|are|ist)\s+)?(?:not|un|nicht|niet|pas"
    r"|bei[^.]{0,30}nicht)\s*(?:currently )?(?:available|possible|offered|considered|eligible"
    r"|möglich|mogelijk)|^\W{1,3}(?:no(?!\s(?-i:[A-ZÀ-Ý]))|nein|non|nee)\b",
    re.IGNORECASE,
)
_NEAR = 12
_PARTIAL = re.compile(
    r"\b(?:partial\w*|partly|partiel\w*|teilweise|anteilig|parcial\w*|deels|gedeeltelijk)\b",
    re.IGNORECASE,
)
_POSSIBLE_AFTER = re.compile(
    r"[ -]?(?:work |arbeit )?(?:possible|optional|option|möglich|mogelijk|posible|possibile)\b",
    re.IGNORECASE,
)
_QUESTION_MAX = 28
_ASKED = re.compile(
    rf"^(?!.*\b(?:you|du|sie|vous|tu|je|tired|bored|fed up|looking)\b).*\b{HOME}(?!\w)"
)
"""A question of the reader, not one that the reader is asked."""

_UNLIKE_MARKS = ("this one ", "yours ", "this role is", "this job is", "this position is")

Found = tuple[Mode, Evidence] | None


def mode(given: Given, reading: Reading) -> Found:
    """The mode of work and where it is said; None where nothing says it."""
    if given.mode is not None:
        return given.mode, stated(given, "mode").whole("given@1")
    named = _of_line(reading.location, REMOTE) or _of_line(reading.title, _TITLE_REMOTE)
    if named is None or named[0] is not Mode.REMOTE:
        return named or _in_description(reading.description)
    if _is_possibility(reading, named[1]):
        return _in_description(reading.description) or named
    return _denied(reading.description) or named


def _of_line(passage: Passage, remote: re.Pattern[str]) -> Found:
    """The mode that a location line or a title names; one that rules remote work out is on site."""
    for pattern, found in ((remote, Mode.REMOTE), (_HYBRID, Mode.HYBRID), (_ONSITE, Mode.ONSITE)):
        match = next(affirmed(pattern, passage.text), None)
        if match is not None:
            around = max(0, match.start() - _NEAR), match.end() + _NEAR
            if found is Mode.REMOTE and _PARTIAL.search(passage.text, *around):
                found = Mode.HYBRID
            return found, passage.evidence(match.start(), match.end(), BY)
    for match in REMOTE.finditer(passage.text):
        if not _another_thing(passage.text, match) and _negated(passage.text, match):
            return Mode.ONSITE, passage.evidence(match.start(), match.end(), BY)
    return None


def _is_possibility(reading: Reading, said: Evidence) -> bool:
    """Whether the line says no more than that some of it may be: "Télétravail possible"."""
    line = reading.location if said.field == "location" else reading.title
    return _POSSIBLE_AFTER.match(line.text, said.end) is not None


def _denied(passage: Passage) -> Found:
    """What a text says that refuses the remote work its line names, and tells the days in the
    office or that the job is on site."""
    found = list(_statements(passage))
    if not any(one.weight is Weight.REFUSED for one in found):
        return None
    said = _heaviest(one for one in found if one.weight >= Weight.SHARED)
    return _shown(passage, said) if said is not None and said.mode is not Mode.REMOTE else None


def _in_description(passage: Passage) -> Found:
    """What says most of this very job, the first of several. Where nothing but the habit of the
    firm speaks for remote work, the office in which the job is based outdoes it."""
    said = _heaviest(_statements(passage))
    if said is not None and said.mode is Mode.REMOTE and said.weight is Weight.FIRM:
        said = next(_bases(passage), said)
    return _shown(passage, said)


def _heaviest(found: Iterable[Statement]) -> Statement | None:
    return max(found, key=lambda one: (one.weight, -one.start), default=None)


def _shown(passage: Passage, said: Statement | None) -> Found:
    return None if said is None else (said.mode, passage.evidence(said.start, said.end, BY))


def _bases(passage: Passage) -> Iterator[Statement]:
    for start, end in passage.saying(BASE_MARKS):
        yield from base_of_job(passage.lowered[start:end], start)


def _statements(passage: Passage) -> Iterator[Statement]:
    for start, end in passage.saying(MARKS):
        yield from statements(passage.lowered[start:end], start)
    for start, end in _asked_and_answered(passage):
        yield from statements(passage.lowered[start:end].replace("?", ":", 1), start)
    for start, end in _told_of_others_first(passage):
        yield from statements(passage.lowered[start:end], start)
    for start, end in passage.saying(HOURS_MARKS):
        yield from hours_at_workplace(passage.lowered[start:end], start)


def _asked_and_answered(passage: Passage) -> Iterator[tuple[int, int]]:
    """Short questions with home in them and their answers: "Remote? Not for this job."."""
    if "?" not in passage.text or not passage.mentions(HOME_MARKS):
        return
    for (start, stop), (_, end) in pairwise(passage.sentences):
        if stop - start > _QUESTION_MAX or passage.text[stop - 1] != "?":
            continue
        if _ASKED.search(passage.lowered[start:stop]):
            yield start, end


def _told_of_others_first(passage: Passage) -> Iterator[tuple[int, int]]:
    """Sentences that say that this job is unlike those of the sentence before it."""
    if not passage.mentions(_UNLIKE_MARKS) or not passage.mentions(HOME_MARKS):
        return
    for (start, _), (at, end) in pairwise(passage.sentences):
        said = passage.lowered[at:end]
        unlike = UNLIKE_OTHERS.match(said) if said.startswith(_UNLIKE_MARKS) else None
        if unlike is not None:
            yield start, at + unlike.end()


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
