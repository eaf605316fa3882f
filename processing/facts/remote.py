"""The countries from which a remote job accepts people.

They are said in the location line ("Remote - Germany", "Remote in Canada or Mexico"), between the
bars of a title ("Events Manager | EMEA | Remote"), or in sentences that say where one must live. A
group of countries stands for its members, a state for its country, and "anywhere" for all. What is
excepted ("EU except Germany", "we cannot hire in the US") is taken off, wherever it is said.

A line that says remote goes first, then what the text says; the countries of a line that only
names offices ("Berlin, Germany") are taken where the text tells no others. Hours ("within two hours
of CET") name no country, and customers "worldwide" say nothing of who is hired.
"""

import re
from collections.abc import Iterator

from models.posting import Evidence, Given, Mode
from processing.evidence import Passage, Reading, stated
from processing.facts.country_lists import Listed, exceptions, is_part_of_country, list_at
from processing.facts.mode import REMOTE, affirmed
from processing.facts.places import Address, addresses, locate
from processing.facts.residence import (
    FOR_A_WHILE,
    Residence,
    list_until,
    only_residences,
    residences,
)
from reference.countries import countries, countries_of, is_group

BY = "remote@6"

_ANYWHERE = re.compile(
    r"\b(?:(?:work|remote|based|live|location)\w*|can (?:be"
    r"|sit))\s*(?:from)?\s*[-–(,:]?\s*anywhere\b(?!\s+(?:you \w+ )?(?:near|between|from|in|within"
    r"|across)(?!\s(?:about\s|roughly\s)?(?:UTC|GMT|CET|[+±]|(?:two|three|four|five|six"
    r"|\d)\s?(?:h\b|hours?\s(?:of|from|either\sside\sof)\s(?:\w+\stime|UTC|GMT|CET|CEST|EST|ET|PST"
    r"|PT)\b))))"
    r"|\bno matter where (?:(?:in|on) the (?:world|globe|planet)|you (?:live|are))\b|^anywhere$"
    r"|\b(?:do|does)(?:n['’]t| not) (?:mind|care|matter) where\b|\b(?:anywhere"
    r"|wherever|where) (?:(?:in|on) the (?:world|globe|planet)\b|in the world\b)|\bworldwide\b"
    r"|\bremote[\s,(–-]+(?:global(?:ly)?\b|anywhere\b(?! (?:in|within|across|near|between)\b))"
    r"|\b(?:hir\w+|recruit\w*|employ|open|candidates|applicants) (?:\w+ ){0,2}?globally\b"
    r"|\bany country (?:in the world|that)\b|\b(?:work|live|reside|based|located|apply)\w* (?:from"
    r"|in)"
    r" any country\b(?! (?:in|within|of)\b)|\bany (?:place|spot|corner|location) (?:in"
    r"|on) the (?:world|globe|planet)\b|\banywhere (?:but|except|outside)\b"
    r"|\b(?:weltweit|partout dans le monde|(?:desde|de) (?:cualquier|qualquer) (?:lugar|parte"
    r"|ponto) d(?:el|o) mundo)\b",
    re.IGNORECASE,
)
_ANYWHERE_WORDS = (
    *("anywhere", "worldwide", "global", "any country", "weltweit", "monde", "mundo", "the world"),
    *("the globe", "the planet", "care where", "mind where", "matter where"),
)
_BARE = ("worldwide", "weltweit")
_OF_PEOPLE = re.compile(
    r"\b(?:remot\w*|hir(?:e|es|ing)|recruit\w*|work(?:ing)? from|liv(?:e|ing)|based|candidates"
    r"|applicants|apply|anyone|home|arbeit\w*|bewerb\w*)\b",
    re.IGNORECASE,
)
_OF_BUSINESS = re.compile(
    r"\b(?:customers?|clients?|users?|serv(?:e|es|ing)|ship|sell\w*|sales|brands?|offices|travel\w*"
    r"|countries|markets?|leader|leading|kunden|used by|employees worldwide|people worldwide)\b",
    re.IGNORECASE,
)
_AS_LIKED = re.compile(
    r"\bwork (?:from )?where(?:ver)? you (?:like|want|choose|please)\b(?! (?:in|within|across)\b)"
    r"|\btrabaja(?:s|rás)? desde donde quieras\b(?! (?:en|dentro)\b)"
    r"|\btrabalh\w+ de onde quiser(?:es)?\b"
    r"|\bd['’]où (?:vous voulez|tu veux)\b(?! en\b)|\bvon wo du willst\b(?! in\b)"
    r"|\blavor\w+ da dove vuoi\b(?! in\b)|\bwerk\w* waar je wilt\b(?! in\b)",
    re.IGNORECASE,
)
_AS_LIKED_WORDS = (
    *("where you", "wherever you", "donde quieras", "de onde", "où ", "wo du", "dove vuoi"),
    "waar je",
)
_WIDE = re.compile(
    r"\b(?:(?P<DE>(?:deutschland|bundes)weit)|(?P<AT>österreichweit)|(?P<CH>schweizweit)"
    r"|(?P<EUROPE>europaweit|europe-wide)|(?P<EU>eu-(?:weit|wide))|(?P<UK>uk-wide)"
    r"|(?P<US>us-wide))\b",
    re.IGNORECASE,
)
"""Groups by the names of what they mean."""
_HOMEWARD = re.compile(
    r"\b(?:remot|home ?office|télétravail|telearbeit|from home|mobil\w* arbeit)", re.IGNORECASE
)
_REMOTE_THEN = re.compile(
    r"\b(?i:remote)(?i:\s(?:only|position|role|job))?\s?(?:[,:(|/–—-]\s?)?(?=[A-Z])"
)
_CODES = re.compile(
    r"(?:^|[:(|]\s?|(?i:remote)[\s,–—-]{1,4})(?P<codes>[A-Z]{2}(?:(?:\s?[,/|+;&]\s?|\n|\s(?:and"
    r"|or)\s)[A-Z]{2})+)\b"
)
_MARK_BEHIND = re.compile(
    r"(?:[ -]|\s?\()(?:only|based|remote|residents?)\b(?!\s(?:founders?|compan\w+|firm|clients?"
    r"|customers?|teams?|start-?up|business\w*|agency|group|parent|investors?|employer"
    r"|organi[sz]ation|bank|manager|colleagues))"
)
"""Of text in small letters."""
_HOURS = re.compile(
    r"[\s-]*(?:(?:eastern|central|mountain|pacific|business|working|core|office"
    r"|standard)\s+)?(?:time|hours|timezones?)\b",
    re.IGNORECASE,
)
_LOOK = 60
_ENDS_A_LIST = re.compile(
    r"\s*(?:$|[.,;:!)\]\n–—-]|(?:and|or|due|because|since|for|as|at|where|who|so|we|und|et|y)\b)"
)
"""Behind countries that are excepted: "anywhere, but US clients call at night" excepts none."""
_OR = re.compile(r",? (?:or|oder|ou|o|of) ")
_SEGMENT = re.compile(r"(?:^|[|(\[,–—:-]\s?|(?i:\bremote\b(?:\s(?i:in|within|from))?[\s:]))(?=\S)")
_SEGMENT_END = re.compile(
    r"\s*(?:$|[|)\]–—-]|[,(\[]*\s*(?:only\b\s*)?[(\[|,-]?\s*remote)", re.IGNORECASE
)
_AFTER_REMOTE = re.compile(r"\bremote\b(?:\s(?:in|within|from))?\W*$", re.IGNORECASE)
_SHORT_NAMES = frozenset({"US", "UK", "EU"})

Eligible = tuple[tuple[str, ...], tuple[Evidence, ...]]

_NOWHERE: Eligible = (), ()


def remote_countries(given: Given, reading: Reading, found: Mode | None) -> Eligible:
    """The countries (alpha-2, sorted) from which a remote job accepts people, and where that is
    said; empty where the job is not remote or nothing says it. "Anywhere" is every country."""
    if given.remote_countries:
        codes = tuple(sorted(set(given.remote_countries)))
        return codes, (stated(given, "remote_countries").whole("given@1"),)
    if found is not Mode.REMOTE:
        return _NOWHERE
    living = list(residences(reading.description))
    refused = _refused(reading, living)
    for codes, evidence in _told(reading, living):
        left = tuple(sorted(set(codes) - refused))
        if left:
            return _narrowed(reading.description, living, left) or (left, evidence)
    return _NOWHERE


def _told(reading: Reading, living: list[Residence]) -> Iterator[Eligible]:
    """What is told in each way, the best witness first."""
    yield _from_remote_line(reading.location)
    yield _worldwide(reading, _ANYWHERE_WORDS, _ANYWHERE)
    yield _from_title(reading.title, next_to_remote=True)
    yield _with_offices(reading, living) or _from_description(reading.description, living)
    yield _from_offices(reading.location)
    yield _from_title(reading.title, next_to_remote=False)
    yield _worldwide(reading, _AS_LIKED_WORDS, _AS_LIKED)


def _narrowed(
    description: Passage, living: list[Residence], codes: tuple[str, ...]
) -> Eligible | None:
    """The countries of a group in which one must live: "LATAM", but "you should be based in Chile
    or Peru"."""
    for one in (*living, *only_residences(description)):
        if one.required and one.listed.codes and one.listed.codes < set(codes):
            return _of_list(description, one.listed, one.start)
    return None


def _refused(reading: Reading, living: list[Residence]) -> frozenset[str]:
    """The countries that the line, the title or a sentence on where one may live rules out."""
    lines = (reading.location.text, reading.title.text)
    found = [one.whole for line in lines for one in exceptions(line)]
    found += [one.listed.excepted if one.accepted else one.listed.whole for one in living]
    return frozenset().union(*found)


def _from_remote_line(passage: Passage) -> Eligible:
    """The countries of the addresses that say remote, and of those beside them that are a country
    or a group and nothing more: "Remote US/Canada"."""
    if not _says_remote(passage.text):
        return _NOWHERE
    found: dict[str, tuple[int, int]] = {}
    said_remote, end_before = False, 0
    for address in addresses(passage.text):
        said = passage.text[address.start : address.end]
        alternative = passage.text[end_before : address.start].strip().lower() == "or"
        said_remote = _says_remote(said) or (said_remote and alternative)
        end_before = address.end
        if said_remote or _is_bare(address):
            for code, start, end in _countries_in(passage.text, address):
                found.setdefault(code, (start, end))
    for match in _CODES.finditer(passage.text):
        listed = list_at(passage.text, match.start("codes"))
        if listed is not None and listed.codes == listed.whole:
            return _with_codes(passage, found, listed)
    return _eligible(passage, found)


def _with_codes(passage: Passage, found: dict[str, tuple[int, int]], listed: Listed) -> Eligible:
    """ "Remote: DE/AT/CH": codes that only their list tells from those of American states; the
    countries beside them stay."""
    span = listed.start, listed.end
    beside = {
        code: (start, end)
        for code, (start, end) in found.items()
        if end <= listed.start or listed.end <= start
    }
    return _eligible(passage, {**beside, **dict.fromkeys(listed.codes, span)})


def _says_remote(text: str) -> bool:
    return next(affirmed(REMOTE, text), None) is not None


def _is_bare(address: Address) -> bool:
    """Whether an address is a list of countries and groups, without a city or a region."""
    return bool(address.parts) and all(_is_list(part.text) for part in address.parts)


def _is_list(text: str) -> bool:
    listed = list_at(text, 0)
    return listed is not None and listed.end == len(text) and listed.codes == listed.whole


def _from_offices(passage: Passage) -> Eligible:
    """The countries of the places of a line whose addresses do not say remote themselves."""
    if _ANYWHERE.search(passage.text):
        return _NOWHERE
    found: dict[str, tuple[int, int]] = {}
    for address in addresses(passage.text):
        for code, start, end in _countries_in(passage.text, address):
            found.setdefault(code, (start, end))
    return _eligible(passage, found)


def _eligible(passage: Passage, found: dict[str, tuple[int, int]]) -> Eligible:
    spans = sorted(set(found.values()))
    return tuple(sorted(found)), tuple(passage.evidence(*span, BY) for span in spans)


def _of_hours(text: str, listed: Listed) -> bool:
    """Whether hours are meant: "US time zones" are kept by people who live elsewhere."""
    return _HOURS.match(text, listed.end) is not None


def _of_list(passage: Passage, listed: Listed, start: int | None = None) -> Eligible:
    begin = listed.start if start is None else start
    return tuple(sorted(listed.codes)), (passage.evidence(begin, listed.end, BY),)


def _countries_in(text: str, address: Address) -> Iterator[tuple[str, int, int]]:
    """The countries of an address: of the groups ("EMEA") and lists ("US & Canada") that it or its
    parts are, else of its places."""
    listed = False
    for start, end in _list_spans(address):
        names = list_at(text[start:end], 0)
        if names is None or names.end < end - start or names.codes != names.whole:
            continue
        said = text[start:end]
        if names.names > 1 or is_group(said) or is_part_of_country(said):
            listed = True
            for code in names.codes:
                yield code, start, end
    if not listed:
        for located in locate(address):
            yield located.place.country, located.start, located.end


def _list_spans(address: Address) -> Iterator[tuple[int, int]]:
    if len(address.parts) > 1:
        yield address.parts[0].start, address.parts[-1].end
    for part in address.parts:
        yield part.start, part.end


def _worldwide(reading: Reading, words: tuple[str, ...], pattern: re.Pattern[str]) -> Eligible:
    for passage in (reading.location, reading.title):
        match = next(affirmed(pattern, passage.text), None) if passage.mentions(words) else None
        if match is not None:
            return _everywhere(passage, match.start(), match.end(), len(passage.text))
    for start, end in reading.description.saying(words):
        said = reading.description.text[start:end]
        match = next(affirmed(pattern, said), None)
        if match is not None and not _is_of_business(said, match):
            span = start + match.start(), start + match.end()
            return _everywhere(reading.description, *span, end)
    return _NOWHERE


def _is_of_business(sentence: str, match: re.Match[str]) -> bool:
    """Whether customers, not people to be hired, are everywhere, or people for some weeks."""
    if FOR_A_WHILE.search(sentence):
        return True
    bare = match[0].lower() in _BARE
    return bare and (not _OF_PEOPLE.search(sentence) or bool(_OF_BUSINESS.search(sentence)))


def _everywhere(passage: Passage, start: int, end: int, stop: int) -> Eligible:
    """Every country but those that are excepted shortly behind [start, end), before `stop`, the end
    of the sentence; where only states are ("anywhere but California"), theirs."""
    open_to, told = frozenset(countries()), end
    for one in exceptions(passage.text[start:stop]):
        if start + one.start > end + _LOOK or not _ENDS_A_LIST.match(passage.text, start + one.end):
            continue
        open_to = open_to - one.whole if one.whole else open_to & one.codes
        told = max(told, start + one.end)
    return tuple(sorted(open_to)), (passage.evidence(start, told, BY),)


def _from_title(passage: Passage, *, next_to_remote: bool) -> Eligible:
    """A list between the separators of a title ("Events Manager | EMEA") or next to the word remote
    ("Engineer (Remote US/Canada)")."""
    for match in _SEGMENT.finditer(passage.text):
        listed = list_at(passage.text, match.end())
        if listed is None or not listed.codes or _of_hours(passage.text, listed):
            continue
        behind = _SEGMENT_END.match(passage.text, listed.end)
        said = passage.text[listed.start : listed.end]
        before = _AFTER_REMOTE.search(passage.text[: match.end()])
        if before or (behind and "remote" in behind[0].lower()):
            return _of_list(passage, listed)
        if not next_to_remote and behind and (len(said) > 2 or said in _SHORT_NAMES):
            return _of_list(passage, listed)
    return _NOWHERE


def _with_offices(reading: Reading, living: list[Residence]) -> Eligible | None:
    """ "We can employ you in Austria too": beside the countries of the line."""
    one = next((one for one in living if one.beside and one.listed.codes), None)
    if one is None:
        return None
    offices, evidence = _from_offices(reading.location)
    codes, found = _of_list(reading.description, one.listed, one.start)
    return tuple(sorted({*offices, *codes})), (*evidence, *found)


def _alternatives(passage: Passage, accepted: list[Residence]) -> Eligible:
    """The first, and what follows it behind "or": "from Nairobi, or elsewhere in Uganda"."""
    first, *others = accepted
    codes, end = first.listed.codes, first.listed.end
    for one in others:
        if _OR.fullmatch(passage.text, end, one.start) is None:
            break
        codes, end = codes | one.listed.codes, one.listed.end
    return tuple(sorted(codes)), (passage.evidence(first.start, end, BY),)


def _from_description(passage: Passage, living: list[Residence]) -> Eligible:
    """The countries of "must be based in the United States", "Remote (US/Canada)", "US only"."""
    accepted = [one for one in living if one.accepted and one.listed.codes]
    if accepted:
        return _alternatives(passage, accepted)
    if passage.mentions(("remote",)):
        for match in _REMOTE_THEN.finditer(passage.text):
            said = list_at(passage.text, match.end())
            if said is not None and said.codes and not _of_hours(passage.text, said):
                return _of_list(passage, said)
    for start, end in passage.saying(("weit", "-wide")):
        wide = _WIDE.search(passage.text, start, end)
        if wide is not None and _HOMEWARD.search(passage.text, start, end):
            found = next(countries_of(name) for name, said in wide.groupdict().items() if said)
            return tuple(sorted(found or ())), (passage.evidence(*wide.span(), BY),)
    for match in _MARK_BEHIND.finditer(passage.lowered):
        behind = list_until(passage.text, match.start())
        if behind is not None and behind.codes:
            return _of_list(passage, behind)
    return _NOWHERE
