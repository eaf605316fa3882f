"""Location lines to places: "San Francisco, CA | New York City, NY; Remote - US".

Platforms write locations in every order and with every separator. A line is first cut into
addresses at the separators that never stand inside one (`;`, `|`, `•`, `/`, "or"), and each address
into parts (commas, spaced dashes, brackets). Words about the mode of work are peeled off the parts.
What is left of an address is understood as a whole if it can be; otherwise as the longest runs of
parts that make an address each ("Seattle, San Francisco"), and what names no place is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.posting import Evidence, Place
from processing.evidence import Passage
from processing.facts.country_lists import without_exceptions
from reference import places as gazetteer
from reference.countries import country_code, is_group
from reference.text import fold

BY = "places@5"

_BETWEEN_ADDRESSES = re.compile(r"[;|•·\n/]|\s*\+\s*(?=[a-z])|\s+or\s+|,\s*or\s+", re.IGNORECASE)
_BETWEEN_PARTS = re.compile(r",|\s[-–—]+\s|[()\[\]:]|[-–—](?=\s)|(?<=\s)[-–—]|^-+|-+$")
_AND = re.compile(r"(?:^|\s+)(?:and|und|et|y|e|en)\s+|\s*&\s*", re.IGNORECASE)
_CODE_FIRST = re.compile(r"([A-Z]{2})\s+(\S.*)")
"""A list without its separator: "Atlanta, GA Los Angeles, CA"."""
_HYPHEN = re.compile(r"\s*[-–—]\s*")
_MODE_WORD = (
    r"(?:fully[\s-]+)?remote(?:[\s-]+(?:friendly|first|only|work|opportunity|job|position"
    r"|eligible|ok"
    r"|option(?:al)?))?|hybrid|on[\s-]?site|in[\s-]?office|in[\s-]?person|distributed"
    r"|home[\s-]?(?:office|based)"
    r"|work from (?:home|anywhere)|wfh|anywhere|virtual|telecommute|flexible|travel[\s-]+required"
    r"|multiple locations|select locations|update location|various(?: locations)?|nationwide"
    r"|\d+ locations?|hq|headquarters|n/a|location|tbd"
)
_PEELED_LEFT = re.compile(
    rf"^(?:{_MODE_WORD})\b[\s,:.\-–—]*(?:(?:in|within|from|the)\s+)*", re.IGNORECASE
)
_POSTCODE_LEFT = re.compile(
    r"^(?:[A-Z]{1,2}-)?(?:\d{4}\s?[A-Z]{2}|\d{3}\s\d{2}|\d{4,6}(?:-\d{3,4})?)\s+(?=\D)"
)
_POSTCODE_RIGHT = re.compile(
    r"\s+(?:\d{5}(?:-\d{4})?|\d{4}|\d{6}|[A-Z]{1,2}\d[A-Z\d]?(?:\s*\d[A-Z]{2})?"
    r"|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2}|\d{1,2}(?:er?|ème)?(?:\s+arrondissement)?"
    r"|cedex(?:\s+\d+)?)$",
    re.IGNORECASE,
)
_TIME_ZONE = re.compile(
    r"(?:EST|EDT|CST|CDT|PST|PDT|MST|CET|CEST|EET|BST|AEST|GMT|UTC)(?:\s*[+-±]\s*\d.*)?"
    r"|.*\btime[- ]?zones?|(?:\w+ )?(?:eastern|pacific|central|mountain"
    r"|european) (?:standard )?(?:time|hours)",
    re.IGNORECASE,
)
"""Hours that are to be shared name no place; `EST` is not Estonia."""
_PEELED_RIGHT = re.compile(
    rf"[\s,\-–—]*\b(?:{_MODE_WORD}|only|office|countries|country|residents)\s*\.?$", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:in|within|from|the|near|around|and|or|und)\s+", re.IGNORECASE)
_DEPARTMENT = re.compile(r"\d[\dAB]|97\d")
_BRITISH_COUNTY = re.compile(
    r"(?!new )(?:(?:north|south|east|west) )?(?:\w+shire|sussex|cornwall|devon|dorset|somerset"
    r"|surrey"
    r"|kent|suffolk|cumbria|merseyside|northumberland|rutland|tyne (?:and|&) wear|greater"
    r" manchester"
    r"|west midlands|county durham)",
    re.IGNORECASE,
)
_IRISH_COUNTY = re.compile(r"co\.? (?!durham)\w+", re.IGNORECASE)
_QUARTER = re.compile(
    r"nord|süd|ost|west|mitte|zentrum|innenstadt|north|south|east|central|centre|center|downtown",
    re.IGNORECASE,
)
"""Of a city: "Erfurt-Nord"."""
_BRACKETED = re.compile(r"(?<!\w)[^\W\d_](?:[^ ,:;|()\n–—]| (?!-)){0,60}\([^()\n]{1,40}\)")
_QUARTER_WITHIN_KM = 40.0
"""A name with brackets that lies so near to the one before them is of its quarter."""
_KNOWN_ALONE_FROM = 15_000
"""A smaller town is only believed with its region or country: "Hybrid" could be a hamlet."""
_KNOWN_IN_TITLE_FROM = 150_000
_AT_END = re.compile(r"(?:\(|\s[-–—|]\s)(?P<place>[^()|–—]{3,40}?)\)?\s*$")
_MAX_TEXT = 8_000
_MAX_PARTS_OF_ADDRESS = 5
_USUALLY = {
    "valencia": "Valencia, Spain",
    "newcastle": "Newcastle upon Tyne, GB",
    "halle": "Halle, Saxony-Anhalt, DE",
}
"""Bare names whose namesake elsewhere is larger, or first, but mostly not meant by an advert."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an address: [start, end) of the passage."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of one address, and its span with the words that were peeled off."""

    parts: tuple[Part, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Located:
    place: Place
    start: int
    end: int


def places(passage: Passage) -> tuple[tuple[Place, ...], tuple[Evidence, ...]]:
    """The places that the location passage names, each once, and where each stands."""
    found: dict[int, Located] = {}
    for address in addresses(passage.text):
        for located in locate(address):
            found.setdefault(located.place.id, located)
    kept = _most_specific(list(found.values()))
    evidence = tuple(passage.evidence(one.start, one.end, BY) for one in kept)
    return tuple(one.place for one in kept), evidence


def places_of_title(passage: Passage) -> tuple[tuple[Place, ...], tuple[Evidence, ...]]:
    """The place in brackets or behind a dash at the end of a title, for a posting whose location
    line names none: "Account Executive - Dubai". Only a large city or a country, by its own name.
    """
    match = _AT_END.search(passage.text)
    if match is None:
        return (), ()
    said = match["place"]
    found = next(iter(gazetteer.resolve(said)), None)
    if found is None or found.kind == "region" or fold(found.name) != fold(said.split(",")[0]):
        return (), ()
    if gazetteer.population(found) < _KNOWN_IN_TITLE_FROM:
        return (), ()
    return (found,), (passage.evidence(match.start("place"), match.end("place"), BY),)


def addresses(text: str) -> Iterator[Address]:
    """The addresses of a location text, cut into parts without the words on the mode of work. A
    country that is excepted ("EU except Germany") is none of them."""
    text = without_exceptions(text[:_MAX_TEXT])
    for start, end in _pieces(_BETWEEN_ADDRESSES, text, 0, len(text)):
        cut = _cut(text, start, end)
        parts = tuple(part for piece in cut if (part := _peeled(text, *piece)) is not None)
        yield Address(parts, start, end)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the parts of one address; a name that has brackets of its own is one part."""
    at = start
    for match in _BRACKETED.finditer(text, start, end):
        if _is_name(match[0]):
            yield from _pieces(_BETWEEN_PARTS, text, at, match.start())
            yield match.span()
            at = match.end()
    yield from _pieces(_BETWEEN_PARTS, text, at, end)


def _is_name(said: str) -> bool:
    """Whether the brackets belong to the name of another town than the one before them, as in
    "Frankfurt (Oder)"; "Zürich (Kreis 11)" is Zürich."""
    whole = next(iter(gazetteer.resolve(said)), None)
    if whole is None or fold(whole.name) != fold(said):
        return False
    bare = next(iter(gazetteer.resolve(said.split("(")[0])), None)
    if bare is None:
        return True
    away = gazetteer.distance_km(whole.lat, whole.lon, bare.lat, bare.lon)
    return away > _QUARTER_WITHIN_KM


def locate(address: Address) -> list[Located]:
    """The places of one address."""
    parts = list(address.parts)
    if not parts:
        return []
    if len(parts) <= _MAX_PARTS_OF_ADDRESS and (one := _exact(parts)) is not None:
        return [one]
    expanded = [piece for part in parts for piece in _expanded(part)]
    several = any(part not in expanded and _AND.search(part.text) for part in parts)
    if parts != expanded and not several and len(expanded) <= _MAX_PARTS_OF_ADDRESS:
        one = _exact(expanded)
        if one is not None:
            return [one]
    runs, complete = _runs(expanded)
    if complete or sum(run.place.kind == "city" for run in runs) > 1:
        return _within_last(_among_regions(runs, expanded), expanded)
    if len(expanded) > 1:
        likely = gazetteer.resolve(", ".join(part.text for part in expanded))
        if likely:
            return [Located(likely[0], expanded[0].start, expanded[-1].end)]
    return runs


def _pieces(
    separator: re.Pattern[str], text: str, start: int, end: int
) -> Iterator[tuple[int, int]]:
    """The spans between the separators, without white space around them."""
    at = start
    for match in separator.finditer(text, start, end):
        yield from _trimmed(text, at, match.start())
        at = match.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and (text[start].isspace() or text[start] in ",."):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in ","):
        end -= 1
    if start < end:
        yield start, end


def _peeled(text: str, start: int, end: int) -> Part | None:
    """The part without the words on the mode of work at its ends; None if nothing is left."""
    while match := (_PEELED_LEFT.match(text[start:end]) or _ARTICLE.match(text[start:end])):
        start += match.end()
    while match := _PEELED_RIGHT.search(text[start:end]) or _POSTCODE_RIGHT.search(text[start:end]):
        end = start + match.start()
    if match := _POSTCODE_LEFT.match(text[start:end]):
        start += match.end()
    span = next(_trimmed(text, start, end), None)
    if span is not None and _TIME_ZONE.fullmatch(text, *span):
        return None
    return Part(_meant(text, *span), *span) if span is not None else None


def _meant(text: str, start: int, end: int) -> str:
    """What a part stands for: "(45)" for France, whose departments are numbered, and behind a comma
    the name of a British county for its country, as the gazetteer has no counties."""
    said, before = text[start:end], text[:start].rstrip()
    if before.endswith("(") and _DEPARTMENT.fullmatch(said):
        return "France"
    if before.endswith(",") and _BRITISH_COUNTY.fullmatch(said):
        return "United Kingdom"
    if before.endswith(",") and _IRISH_COUNTY.fullmatch(said):
        return "Ireland"
    return said


def _expanded(part: Part) -> list[Part]:
    """The part, or its pieces where it is no name itself and "and" or hyphens join several:
    "US-CA-Menlo Park", but not "Cluj-Napoca"."""
    if _known(part.text) or is_group(part.text):
        return [part]
    code = _CODE_FIRST.match(part.text)
    if code and _known(code[2]):
        middle = part.start + code.start(2)
        return [Part(code[1], part.start, part.start + 2), Part(code[2], middle, part.end)]
    for separator in (_AND, _HYPHEN):
        pieces = list(_pieces(separator, part.text, 0, len(part.text)))
        if len(pieces) > 1:
            if separator is _HYPHEN:
                pieces = [piece for piece in pieces if not _QUARTER.fullmatch(part.text, *piece)]
            cut = (_peeled(part.text, *piece) for piece in pieces)
            return [
                Part(one.text, part.start + one.start, part.start + one.end)
                for one in cut
                if one is not None
            ]
    return [part]


def _known(text: str) -> bool:
    return bool(gazetteer.resolve(text))


def _exact(parts: list[Part], *, head_first: bool = False) -> Located | None:
    """The one place that all these parts name together."""
    texts = [part.text for part in parts]
    if len(texts) == 1:
        texts = [_USUALLY.get(fold(texts[0]), texts[0])]
    place = gazetteer.resolve_exactly(texts, head_first=head_first)
    if place is None:
        return None
    alone = len(parts) == 1 and place.kind == "city" and "," not in parts[0].text
    if alone and gazetteer.population(place) < _KNOWN_ALONE_FROM and " " not in parts[0].text:
        return None
    return Located(place, parts[0].start, parts[-1].end)


def _runs(parts: list[Part]) -> tuple[list[Located], bool]:
    """The longest runs of parts that are one place each, and whether every part was used."""
    found: list[Located] = []
    complete = True
    at = 0
    while at < len(parts):
        for size in range(min(_MAX_PARTS_OF_ADDRESS, len(parts) - at), 0, -1):
            one = _exact(parts[at : at + size], head_first=True)
            if one is not None:
                found.append(one)
                at += size
                break
        else:
            complete = False
            at += 1
    return found, complete


def _among_regions(runs: list[Located], parts: list[Part]) -> list[Located]:
    """Read a bare name beside a region of the same country as a region: "Ontario, Quebec"."""
    regions = {one.place.country for one in runs if one.place.kind == "region"}
    bare = {(part.start, part.end): part.text for part in parts}
    read = []
    for one in runs:
        text = bare.get((one.start, one.end))
        if one.place.kind == "city" and one.place.country in regions and text is not None:
            same = (p for p in gazetteer.resolve(text) if p.kind == "region")
            namesake = next((p for p in same if p.id in one.place.within), None)
            one = Located(namesake, one.start, one.end) if namesake is not None else one
        read.append(one)
    return read


def _within_last(runs: list[Located], parts: list[Part]) -> list[Located]:
    """Read a list of cities in the light of the country at its end: "London, Newcastle, UK"."""
    if len(runs) < 2 or runs[-1].place.kind == "city":
        return runs
    if any(one.place.kind == "country" for one in runs[:-1]):
        return runs  # a list of countries
    last = runs[-1].place
    if len(runs) == 2 and last.kind == "region" and last.id not in runs[0].place.within:
        return runs[1:]  # an unknown town of that region, not its namesake elsewhere
    country = country_code(parts[-1].text)
    if country is None:
        return runs
    by_start = {part.start: part for part in parts}
    read: list[Located] = []
    for one in runs[:-1]:
        part = by_start[one.start]
        if one.place.country == country or one.end != part.end:
            read.append(one)
            continue
        place = gazetteer.resolve_exactly([part.text, country])
        if place is not None:
            read.append(Located(place, one.start, one.end))
    if read and all(one.place.country == country for one in read):
        return read
    return [*read, runs[-1]]


def _most_specific(found: list[Located]) -> list[Located]:
    """Drop a region named after its only city, when the city is there too ("Berlin, Berlin")."""
    cities = {(one.place.name, one.place.country) for one in found if one.place.kind == "city"}
    return [
        one
        for one in found
        if one.place.kind != "region" or (one.place.name, one.place.country) not in cities
    ]
