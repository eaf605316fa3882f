"""The time zones in which a remote job is to be worked, as an advert limits them.

"Within ±2 hours of CET", "US time zones", "EST to PST", "UTC-5 to UTC-8", "four hours of overlap
with CET" become the least and the greatest offset from UTC, in hours of standard time, at which a
usual working day fits. An overlap of n hours allows a day of eight to begin 8 - n hours earlier or
later. A zone in a location line is such a limit; in a title or a text the sentence must speak of
working hours, and not of a closing date or an interview. A zone names no country.
"""

import re

from models.posting import Evidence, Mode
from processing.evidence import Reading

BY = "timezones@1"

Offsets = tuple[float, float]

_ZONES: dict[str, Offsets] = {
    **dict.fromkeys(("utc", "gmt", "wet", "bst", "uk"), (0, 0)),
    **dict.fromkeys(("cet", "cest", "mez", "central european", "berlin", "amsterdam"), (1, 1)),
    **dict.fromkeys(("eet", "eest", "eastern european"), (2, 2)),
    **dict.fromkeys(("msk", "eat"), (3, 3)),
    "gst": (4, 4),
    "ist": (5.5, 5.5),
    **dict.fromkeys(("sgt", "hkt", "awst"), (8, 8)),
    "jst": (9, 9),
    **dict.fromkeys(("aest", "aedt", "aet"), (10, 10)),
    **dict.fromkeys(("nzst", "nzt"), (12, 12)),
    "brt": (-3, -3),
    **dict.fromkeys(("est", "edt", "et", "eastern", "us eastern"), (-5, -5)),
    **dict.fromkeys(("cst", "cdt", "ct", "central", "us central"), (-6, -6)),
    **dict.fromkeys(("mst", "mdt", "mt", "mountain", "us mountain"), (-7, -7)),
    **dict.fromkeys(("pst", "pdt", "pt", "pacific", "us pacific"), (-8, -8)),
    **dict.fromkeys(("us", "u.s.", "usa", "american", "north american", "us/canada"), (-8, -5)),
    **dict.fromkeys(("european", "europe", "eu"), (0, 2)),
    "emea": (0, 4),
    **dict.fromkeys(("latam", "latin american"), (-6, -3)),
    **dict.fromkeys(("americas", "the americas"), (-8, -3)),
    **dict.fromkeys(("apac", "asia-pacific"), (5.5, 12)),
}
"""Offsets of standard time. Zones that go by a common word only count before "time" or "hours"."""
_CODES = (
    r"(?:(?-i:WET|EAT|IST|EST)|utc|gmt|cest|cet|eest|eet|mez|msk|gst|sgt|hkt|awst|jst|aest|aedt|aet"
    r"|nzst|nzt|brt|edt|cst|cdt|mst|mdt|pst|pdt|bst)"
)
"""Those that are words too ("die Stelle ist remote", "le poste est …") count in capitals only."""
_NAMED = (
    r"(?:(?:us[ /])?(?:eastern|central|mountain|pacific)|central european|eastern european"
    r"|us/canada|u\.s\.|usa|us|north american|american|european|europe|eu|uk|emea|latam"
    r"|latin american|(?:the )?americas|apac|asia-pacific|berlin|amsterdam|et|pt|ct|mt)"
)
_OF_TIME = (
    r"(?=(?:\s(?:standard|daylight))?(?:\sbusiness|\sworking|\score|\soffice)?[\s-]"
    r"(?:time|hours|timezones?|zones?)\b)"
)
_ZONE = re.compile(
    rf"\b(?P<code>{_CODES})\b\s?(?P<offset>[+−–-]\s?\d{{1,2}}(?::[03]0|\.5)?(?!\s?(?:hours?|hrs?"
    rf"|h)\b))?"
    rf"|\b(?P<named>{_NAMED}){_OF_TIME}"
    r"|\b(?P<slash>(?:et|pt|ct|mt))(?=\s?[/–-]\s?(?:et|pt|ct|mt)\b)"
    r"|(?<=[/–-])(?P<last>(?:et|pt|ct|mt))\b",
    re.IGNORECASE,
)
_NUMBER = r"(?P<n>\d{1,2}|one|two|three|four|five|six)"
_FEW = r"(?<!\d)(?:[1-8](?!\d)|one|two|three|four|five|six)"
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_AROUND = re.compile(
    r"(?:±|\+ ?/ ?[-–]|\bwithin\b|plus or minus|\bmax(?:imum)?\b|\bup to\b|no more than)"
    rf"[\s±]*{_NUMBER}"
    r"(?:\s?[-–]\s?\d)?[\s-]*(?:hours?|hrs?|h|stunden|heures|horas|uur)?\b",
    re.IGNORECASE,
)
_OVERLAP = re.compile(
    rf"\boverlap\w*\b[^.;\n]{{0,40}}?(?P<n>{_FEW})[\s-]*(?:\+ ?)?(?:hours?|hrs?|h)\b"
    rf"|(?P<m>{_FEW})\+?[\s-]*(?:(?:hours?|hrs?|h)\b|of them\b)[^.;\n]{{0,30}}?\boverlap",
    re.IGNORECASE,
)
_OF_WORK = re.compile(
    r"\b(?:overlap\w*|time ?zones?|zeitzonen?|fuseaux?|husos?|tijdzones?|within|work\w*|online|core"
    r"|available|availability|collaborat\w*|business hours|based|located|reside|remote\w*|shift)\b"
    r"|±",
    re.IGNORECASE,
)
_NOT_OF_WORK = re.compile(
    r"\b(?:clos\w+|deadline|appl(?:y|ications?)|interview\w*|submi\w+|webinar|posted|call us|phone"
    r"|support (?:desk )?hours)\b",
    re.IGNORECASE,
)
_MARKS = (
    *("utc", "gmt", "cet", "cest", "eet ", "edt", " cst", "pst", "pdt", " est", "(est", "et/"),
    *("pt/", "mst", "aest", "aedt", " ist ", " ist)", " bst", "mez", "time zone", "timezone"),
    *("time-zone", "eastern", "pacific", "central ", "mountain", "us hours", "uk hours", "us time"),
    *("uk time", "us business", "uk business", "european", "american", "emea", "apac", "latam"),
    *("americas", "eu hours", "europe time", "et hours", "pt hours", "jst", "sgt"),
)
"""One of these stands in whatever names a zone."""
_WHOLE_DAY = 8
_LIMITS = (-12.0, 14.0)


def utc_offsets(reading: Reading, found: Mode | None) -> tuple[Offsets, Evidence] | None:
    """The least and greatest offset from UTC, in hours, at which one may work remotely, and where
    that is said; None where the job is not remote or nothing limits it."""
    if found is not Mode.REMOTE:
        return None
    for passage in (reading.location, reading.title, reading.description):
        for start, end in passage.saying(_MARKS):
            said = passage.text[start:end]
            limit = _limit(said, always=passage.field == "location")
            if limit is not None:
                offsets, first, last = limit
                return offsets, passage.evidence(start + first, start + last, BY)
    return None


def _limit(said: str, *, always: bool) -> tuple[Offsets, int, int] | None:
    zones = list(_ZONE.finditer(said))
    if not zones or _NOT_OF_WORK.search(said) or not (always or _OF_WORK.search(said)):
        return None
    offsets = [_offsets(zone) for zone in zones]
    low, high = min(low for low, _ in offsets), max(high for _, high in offsets)
    first, last = zones[0].start(), zones[-1].end()
    around = _AROUND.search(said)
    overlap = _OVERLAP.search(said)
    if overlap is not None:
        room = _WHOLE_DAY - _count(overlap["n"] or overlap["m"])
    elif around is not None:
        room = _count(around["n"])
    else:
        room = _WHOLE_DAY - 1 if "overlap" in said.lower() else 0
    for match in (overlap, around):
        if match is not None:
            first, last = min(first, match.start()), max(last, match.end())
    least, greatest = max(_LIMITS[0], low - room), min(_LIMITS[1], high + room)
    return (float(least), float(greatest)), first, last


def _offsets(zone: re.Match[str]) -> Offsets:
    name = zone["code"] or zone["named"] or zone["slash"] or zone["last"]
    low, high = _ZONES[name.lower()]
    if zone["offset"] is None:
        return low, high
    sign = 1 if zone["offset"][0] == "+" else -1
    hours, _, minutes = zone["offset"][1:].strip().replace(".5", ":30").partition(":")
    shift = sign * (int(hours) + int(minutes or 0) / 60)
    return low + shift, high + shift


def _count(number: str) -> int:
    return _NUMBERS.get(number.lower()) or int(number)
