"""Full time, part time, contract, internship or temporary.

What the source states wins; then the title, then the location line, then the description: what it
plainly says of this job there ("this is a six-month contract"), and at last whether it speaks of
full or part time at all. That is left out where it speaks of others ("for all full-time employees")
or leaves it open ("Vollzeit oder Teilzeit"). An internship or a fixed term says more than the hours
that are worked, so it goes first.
"""

import re
from itertools import zip_longest

from models.posting import EmploymentType, Evidence, Given
from processing.evidence import Passage, Reading, stated

BY = "employment@3"

_INTERNSHIP = (
    r"\bintern(?:s|ship)?\b|\b(?:pflicht)?praktikum\w*|\bpraktikant\w*|\bwerkstudent\w*"
    r"|\bworking student\b|\best[áa]gi\w+|\bstagiaire\b|\bstageopdracht\b|\bsta[żz]\b"
    r"|\bafstudeeropdracht\b|\bapprenti\b|\bbecari[oa]\b|\balternan(?:ce|te?)\b|\bazubi\w*"
    r"|\bauszubildende\w*|\bco-?op\b|\bapprentice(?:ship)?\b|\btrainee\b"
)
_TITLE = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (EmploymentType.INTERNSHIP, _INTERNSHIP),
        (
            EmploymentType.TEMPORARY,
            r"\btemporary\b|\bseasonal\b|\btemp\b|\bpeak season\b|\bholiday (?:help|season)\b"
            r"|\bsaison\w*|\bcampaña\b|\btemporal\b|\btemporaire\b|\baushilfe\w*|\bvakantiewerk\b",
        ),
        (
            EmploymentType.CONTRACT,
            r"[(\[,|–-]\s*contract(?:or)?\b(?!\s+(?:manage|law|admin|special|negot|counsel))"
            r"|\bcontractor\b|\bfixed[- ]term\b|\b\d+[- ](?:month|year)s?[- ]contract\b"
            r"|\bfreelanc\w+"
            r"|\bftc\b|\bcontract$|\bCDD\b|\bbefristet\b|\bwerkvertrag\b|\bB2B contract\b"
            r"|\bmaternity cover\b|\b(?:in|out)side IR35\b|\bc2c\b|\b1099\b|\bzzp\b"
            r"|\bdetachering\b",
        ),
        (
            EmploymentType.PART_TIME,
            r"\bpart[- ]?time\b|\bteilzeit\b|\btemps partiel\b|\bmedia jornada\b|\bdeeltijd\b"
            r"|\bparttime\b|\bjornada parcial\b"
            r"|\bmini-?job\w*",
        ),
        (
            EmploymentType.FULL_TIME,
            r"\bfull[- ]?time\b|\bvollzeit\b|\btemps plein\b|\bjornada completa\b|\bvoltijd\b"
            r"|\bfulltime\b",
        ),
    )
)
_KIND = (
    r"^(?:(?:employment|job|contract|position|work|role|engagement) )?(?:type|status|term|basis)"
)
_DESCRIPTION = tuple(
    (kind, words, re.compile(pattern, re.IGNORECASE))
    for kind, words, pattern in (
        (
            EmploymentType.INTERNSHIP,
            (
                "stage de ",
                "stage d",
                "internship",
                " intern ",
                " intern.",
                "praktik",
                "werkstudent",
            ),
            r"\b(?:this|our|the) (?:\w+[ -]){0,3}internship\b(?! program)"
            rf"|{_KIND}\W{{1,3}}internship\b|\bthis is an? (?:\w+[ -]){{0,3}}intern(?:ship)?\b"
            r"|^\W*stage (?:de|d['’]une)\b|\b(?:als|ein) (?:werkstudent\w*|praktik\w+)\b",
        ),
        (
            EmploymentType.CONTRACT,
            (
                "contract",
                "fixed",
                "ftc",
                "leave cover",
                "maternity",
                "cdd",
                "b2b",
                "freelance",
                "befrist",
                "werkvertrag",
                "ir35",
                "tijdelijk",
            ),
            r"\b(?:this is an? |an? |initial )?\d+[- ](?:month|week)s? (?:\w+[- ]){0,3}contract\b"
            r"|\b(?:this is an? |initial |fixed[- ]term )(?:\w+[- ]){0,3}contract\b(?!\w)"
            r"|\b(?:six|three|twelve|nine|two|four|one)[- ](?:month"
            r"|year) (?:\w+[- ]){0,2}contract\b"
            r"|\bcontract (?:role|position|assignment|opportunity)\b"
            r"|\bindependent contractor(?:s)? (?:role|position|agreement|basis)\b"
            r"|\bas an? (?:independent contractor|freelancer)\b"
            r"|\bcontract (?:\w+ ){1,3}for (?:\w+ )?(?:weeks|months)\b"
            r"|\bfixed[- ]term\b(?! (?:deposit|income|product))|(?-i:\bFTC\b)"
            r"|\b(?:contract|assignment) (?:length|duration)\b"
            r"|\b(?:maternity|parental|paternity)(?: leave)? cover\b|^\W*independent contractor\b"
            r"|\b(?:hiring|seeking|looking for|for|as) an? (?:\w+ )?freelanc\w+"
            r"|\bon (?:a )?B2B\b|\bB2B contract\b(?! (?:and|or)\b)|\bfreelance (?:role|position"
            r"|basis"
            r"|contract)\b"
            rf"|{_KIND}\W{{1,3}}(?:fixed[- ]term|contract|freelance|b2b)\b(?![- ]to)"
            r"|\b(?:in|out)side IR35\b|(?-i:\bCDD\b)(?! ou| or|/)"
            r"|\b(?:ist|stelle|vertrag|zunächst|vorerst)\b[^.\n]{0,30}\bbefristet\b"
            r"|\bbefristete?[rsn]? (?:stelle|vertrag|arbeitsvertrag|anstellung)|\bwerkvertrag\b"
            r"|\bcontrato (?:por obra|mercantil)\b|\btijdelijk contract\b",
        ),
        (
            EmploymentType.TEMPORARY,
            ("tempor", "seasonal", "saison"),
            r"\b(?:temporary|seasonal)(?:, (?:\w+[- ]){1,2}| )(?:role|position|job|assignment|post"
            r"|work"
            r"|contract|basis)\b(?! permit)"
            rf"|{_KIND}\W{{1,3}}(?:temporary|seasonal)\b|\bcontrato temporal\b"
            r"|\b(?:this (?:role|position|job) is) (?:temporary|seasonal)\b|\bsaisonkraft\b"
            r"|\bcontrat saisonnier\b",
        ),
    )
)
"""The words are in lower case; one of them stands in whatever the pattern matches."""
_FULL = r"full[- ]?time|vollzeit\w*|temps plein|(?:jornada|tiempo) completa?o?|voltijds?|heltid"
_FULL += r"|pełny etat|tempo (?:integral|pieno)"
_PART = (
    r"part[- ]?time|teilzeit\w*|temps partiel|media jornada|jornada parcial|deeltijds?|mini-?job"
)
_OPEN = re.compile(
    r"\bvoll- ?(?:oder|und|/|&|bzw\.?) ?teilzeit|\bfull[- ]?(?:or|/|and|&)[- ]?part[- ]?time",
    re.IGNORECASE,
)
"""Both, in one word."""
_HOURS_WORDS = (
    *("full-time", "full time", "fulltime", "part-time", "part time", "parttime", "vollzeit"),
    *(
        "teilzeit",
        "temps plein",
        "temps partiel",
        "jornada",
        "tiempo",
        "voltijd",
        "deeltijd",
        "heltid",
        " etat",
        "tempo ",
    ),
    *("minijob", "mini-job"),
)
_HOURS = re.compile(rf"\b(?:(?P<full>{_FULL})|(?P<part>{_PART}))\b", re.IGNORECASE)
_EITHER = re.compile(
    r"^(?:\s*[/,&|]\s*|\s*,?\s*(?:or|oder|and|und|ou|o|of|y|et|bzw\.?)\s+)$", re.IGNORECASE
)
_OF_OTHERS = re.compile(
    r"^[ -]?(?:employees|staff|equivalents?|people|workers|team|students?|stud(?:y|ies)|educat\w+"
    r"|workforce|colleagues|members|hires|salar(?:y|ies)|experience|mitarbeit\w+|beschäftigte\w*"
    r"|drivers? (?:earn|make)|faculty|engineers who|developers who|(?:\w+ )?benefits)\b",
    re.IGNORECASE,
)
_ALSO_POSSIBLE = re.compile(
    r"^[^.;\n]{0,40}\b(?:possible|considered|options?|available|applicants|welcome|negotiable"
    r"|möglich|denkbar|posible|mogelijk|on request|arrangements?)\b",
    re.IGNORECASE,
)
_AUTHORIZED = re.compile(r"\bauthori[sz]ed to work\b", re.IGNORECASE)
"""Such a sentence says who may work "on a full-time basis", not that this job is one."""
_NOT = re.compile(
    r"\b(?:not|no|non|kein\w*|nicht|all|our|other|eligible|for|pas)\s+(?:an? )?$", re.IGNORECASE
)

Found = tuple[EmploymentType, Evidence] | None


def employment_type(given: Given, reading: Reading) -> Found:
    """The type of employment and where it is said; None where nothing says it."""
    if given.employment_type is not None:
        return given.employment_type, stated(given, "employment_type").whole("given@1")
    for passage in (reading.title, reading.location):
        for kind, pattern in _TITLE:
            if match := pattern.search(passage.text):
                return kind, passage.evidence(match.start(), match.end(), BY)
    passage = reading.description
    for kind, words, pattern in _DESCRIPTION:
        for start, end in passage.saying(words):
            if match := pattern.search(passage.text[start:end]):
                return kind, passage.evidence(start + match.start(), start + match.end(), BY)
    return _by_hours(passage)


def _by_hours(passage: Passage) -> Found:
    """Full or part time, by the first mention that speaks of this job; None where it is either."""
    found: Found = None
    for start, end in passage.saying(_HOURS_WORDS):
        said = passage.text[start:end]
        if _OPEN.search(said):
            return None
        if _AUTHORIZED.search(said):
            continue
        mentions = list(_HOURS.finditer(said))
        for match, other in zip_longest(mentions, mentions[1:]):
            if other is not None and _either(said, match, other):
                return None
            if found is None and _of_this_job(said, match):
                kind = EmploymentType.FULL_TIME if match["full"] else EmploymentType.PART_TIME
                found = kind, passage.evidence(start + match.start(), start + match.end(), BY)
    return found


def _either(said: str, match: re.Match[str], other: re.Match[str]) -> bool:
    """Whether the two hours are left open: "full-time or part-time"."""
    joined = _EITHER.match(said[match.end() : other.start()]) is not None
    return joined and match.lastgroup != other.lastgroup


def _of_this_job(said: str, match: re.Match[str]) -> bool:
    after = said[match.end() : match.end() + 60]
    if _OF_OTHERS.match(after) or _NOT.search(said[max(0, match.start() - 20) : match.start()]):
        return False
    return not (match["part"] and _ALSO_POSSIBLE.match(after))
