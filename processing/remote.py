"""The countries from which a remote job accepts people.

They are said in the location line ("Remote - Germany", "Remote in Canada or Mexico"), between the
bars of a title ("Events Manager | EMEA | Remote"), or in sentences that say where one must live. A
group of countries stands for its members, a state for its country, and "anywhere" for all; hours
("within two hours of CET") name no country.
"""

import re
from collections.abc import Iterator
from itertools import islice

from models.posting import Evidence, Given, Mode
from processing.evidence import Passage, Reading, stated
from processing.mode import REMOTE, affirmed
from processing.places import Address, addresses, locate
from reference.countries import countries, countries_of, is_group
from reference.regions import regions, regions_named
from reference.text import fold

BY = "remote@2"

_ANYWHERE = re.compile(
    r"\b(?:work|remote|based|live)\w*\s*(?:from)?\s*[-–(,]?\s*anywhere\b(?!\s+in)"
    r"|^anywhere$|\banywhere in the world\b|\bworldwide\b|\bremote[\s,(–-]+(?:global(?:ly)?"
    r"|anywhere)\b",
    re.IGNORECASE,
)
_ANYWHERE_WORDS = ("anywhere", "worldwide", "global")
_LIVING = re.compile(
    r"\b(?i:based|located|reside|residing|living|live|work remotely|remote|remotely"
    r"|employ(?: people)?|hire(?: people)?|hiring|candidates|applicants|from home|residents"
    r"|anywhere|(?:eligible|authori[sz]ed|entitled|right|permitted|legally) to work)\s+"
    r"(?:anywhere\s+|only\s+)?(?:in|within|from|across|of)\s+(?:anywhere in\s+)?(?:the\s+)?"
    r"(?=[A-Z])"
)
_ONLY = re.compile(r"\b(?P<place>[A-Z][\w.&]*(?: [A-Z][\w.&]*){0,2})(?: |-)(?:only|based)\b")
"""Of "US only" and "UK-based"."""
_OF_US = re.compile(
    r"\b(?:we|we['’]re|our|company|firm|headquartered|customers?|clients?|founders?|office)\b"
    r"(?![^.\n]*\b(?:hire|hiring|employ|you|candidates|applicants)\b)[^.\n]{0,40}$",
    re.IGNORECASE,
)
"""Says where the firm is."""
_NAME = re.compile(r"[\w.&'’-]+")
_JOIN = re.compile(r"\s*(?:,\s*(?:and|or)?|/|&|\band\b|\bor\b)\s*(?:in\s+)?(?:the\s+)?(?=[A-Z])")
_LOOK = 60
_BETWEEN_BARS = re.compile(r"[|(,–—-]\s*([A-Za-z&. ]{2,25}?)\s*(?=[|),–—-]|$)")


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
        said_remote = bool(REMOTE.search(said)) or (said_remote and alternative)
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
        match = next(affirmed(_ANYWHERE, passage.text), None)
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
    """The country of "must be based in the United States" or "US only"."""
    for match in _LIVING.finditer(passage.text):
        if _OF_US.search(passage.text[max(0, match.start() - _LOOK) : match.end()]):
            continue
        codes, end = _countries_at(passage.text, match.end())
        if codes:
            return tuple(sorted(codes)), (passage.evidence(match.start(), end, BY),)
    for match in _ONLY.finditer(passage.text):
        codes = countries_of(match["place"]) or frozenset()
        if codes:
            return tuple(sorted(codes)), (passage.evidence(match.start(), match.end(), BY),)
    return None


def _countries_at(text: str, at: int) -> tuple[frozenset[str], int]:
    """The countries of a list that begins at a position ("the US, Canada or the UK"), and its
    end."""
    found: frozenset[str] = frozenset()
    end = at
    while (named := _country_at(text, at)) is not None:
        found, end = found | named[0], named[1]
        join = _JOIN.match(text, end)
        if join is None:
            break
        at = join.end()
    return found, end


def _country_at(text: str, at: int) -> tuple[frozenset[str], int] | None:
    """The longest name of a country, a group or a state that begins at a position, and its end."""
    ends = [word.end() for word in islice(_NAME.finditer(text, at, at + 60), 4)]
    for end in reversed(ends):
        name = text[at:end].rstrip(".")
        codes = countries_of(name) or _country_of_state(name)
        if codes:
            return codes, at + len(name)
    return None


def _country_of_state(name: str) -> frozenset[str]:
    """The country that all states and provinces of that name are in."""
    codes = frozenset(regions()[number].country for number in regions_named(fold(name)))
    return codes if len(codes) == 1 else frozenset()
