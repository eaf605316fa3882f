"""Full time, part time, contract, internship or temporary.

An internship, a fixed term or a season says more than the hours that are worked, so a title that
names one goes before the "full-time" of the source; else what the source states wins. Then come the
title, the location line and what the description plainly says of this job ("this is a six-month
contract"), then the hours (`hours`), and at last what is called casual or "per diem", which is
temporary where nobody gives it fixed hours.
"""

import re

from models.posting import EmploymentType, Evidence, Given
from processing.evidence import Passage, Reading, stated
from processing.facts.hours import FULL, PART, by_hours, by_title
from processing.facts.offices import INTERN, without_other_senses
from reference.text import lowered

BY = "employment@6"

_TEMPORARY = (
    r"\btemporary\b|\bseasonal\b|\btemp\b|\bpeak season\b|\bholiday (?:help|season)\b"
    r"|\bsaison\w*|\bcampaña\b|\btemporal\b|\btemporaire\b|\bvakantie(?:werk|kracht)\b|\blocums?\b"
    r"|\bint[ée]rim(?:aire)?\b(?!\s+(?:head|manager|director|cfo|ceo|cto|coo|chief|vp|lead))"
    r"|\bfij[oa] discontinu[oa]\b|\buitzend\w*|\bferienjob\w*|\bvikari(?:at|e|us)\b|\btemporada\b"
    r"|\bsupply teacher\b|\bsaisonnier\w*|\btempor[áa]ri[oa]\b|\bzeitarbeit\w*"
)
_CONTRACT = (
    r"\bcontractor\b|\bfixed[- ]?term\b|\b\d+[- ](?:month|year|week)s?(?: \w+)?[- ]contract\b"
    r"|\bfreelanc\w+|\bftc\b|\bcdd\b|\bbefristete?[rsn]?\b|\bwerkvertrag\b|\bb2b contract\b"
    r"|\b(?:maternity|paternity|parental|adoption|family)(?: leave)? (?:cover\w*|contract|leave)\b"
    r"|\b(?:in|out)side ir35\b|\bc2[ch]\b|\bcorp[- ]to[- ]corp\b|\b1099\b|\bzzp\w*|\bdetachering\b"
    r"|\bcontract[- ]to[- ](?:hire|perm\w*)\b|\bsecondment\b|\bautónom[oa]s?\b"
    r"|\b(?:elternzeit|mutterschutz|schwangerschafts|krankheits)vertretung\b"
    r"|\b(?:zwangerschaps|zwangerschap)\w*vervanging\b|\bcongé (?:maternité|parental)\b"
    r"|\bindependent contract\w*|\bterm[- ]limited\b|\bdauer \d+ monate\b|\bprojektbasis\b"
    r"|\bhonorarbasis\b|\bfreiberuflich\w*|\b[(-] ?\d+ months?\)?$"
)
_BARE_CONTRACT = (
    r"[(\[,|–-]\s*contract\b(?!\s+(?:manage|law|admin|special|negot|counsel|lead|analy|officer"
    r"|assist|market|sourc|clean|cater|manufact|research))|\bcontract$"
)
_OF_HOURS = (
    (EmploymentType.PART_TIME, re.compile(rf"\b(?:{PART})\b")),
    (EmploymentType.FULL_TIME, re.compile(rf"\b(?:{FULL})\b")),
)
_EITHER = re.compile(
    rf"\b(?:{FULL}|full|voll)\s*(?:[/,&|+]|or|oder|and|und|ou|o|of|y|et|bzw\.?|[- ]or[- ])\s*"
    rf"(?:{PART}|part\b)|\b(?:{PART}|part)\s*(?:[/,&|+]|or|oder|ou|o|of|[- ]or[- ])\s*(?:{FULL}"
    r"|full\b)|\bfull[- ]or[- ]part[- ]time\b"
)
_KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (EmploymentType.INTERNSHIP, INTERN),
        (EmploymentType.TEMPORARY, _TEMPORARY),
        (EmploymentType.CONTRACT, f"{_CONTRACT}|{_BARE_CONTRACT}"),
    )
)
"""In the order of their weight in a title or a location line."""
_CASUAL_POST = (
    r"\bcasual (?:employ\w+|position|role|basis|contract|workers?|job|staff|pool|appointment"
    r"|loading)\b"
    r"(?! (?:environment|dress))|\baushilf(?:en?|skr\w+)\b|\bzero[- ]hours?\b|\bnul-?uren\w*"
    r"|\bas[- ]needed basis\b|\bon-call basis\b|\boproepkracht\b|\b(?:per[- ]diem"
    r"|prn) (?:position|role"
    r"|basis|shifts?|staff|employ\w+|nurse|post|/)|\bprn ?/|\bper[- ]diem, (?:as|part)"
)
_CASUAL_TITLE = re.compile(
    rf"{_CASUAL_POST}|\bcasual\)|[(,|–-]\s*casual\b|^casual\b(?! dining)|\bper[- ]diem\b|\bprn\b"
    r"|^bank\b(?= (?:\w+ ){0,2}(?:nurse|assistant|worker|staff|carer|midwife|support))"
    r"|\brelief (?:worker|driver|staff)\b"
)
_CASUAL_TEXT = re.compile(_CASUAL_POST)
_CASUAL_WORDS = (
    *("casual", "aushilf", "per diem", "per-diem", "prn", "zero-hour", "zero hour", "nuluren"),
    *("as-needed", "as needed", "on-call basis", "oproep", "nul-uren"),
)
"""One of them stands in whatever `_CASUAL_TEXT` matches."""
_PERMANENT = re.compile(
    r"\bpermanent(?: (?:position|role|contract|full))?\b|\bregular\b|\bunbefristet\w*"
    r"|\bfestanstellung\b|\bcdi\b|\bindefinido\b|\bvast(?:e)? (?:contract|dienst\w*)\b"
)
_PERMANENT_TITLE = re.compile(
    r"[(\[|,–-]\s*(?:permanent|regular|festanstellung|cdi|unbefristet)\b(?! (?:make|resid|staff))"
)
_VALUES = tuple(
    (kind, re.compile(f"{words}|{pattern}"))
    for kind, words, pattern in (
        (EmploymentType.INTERNSHIP, r"\bintern(?!a)|\bstage\b|\bplacement\b|\bstudent\b", INTERN),
        (
            EmploymentType.CONTRACT,
            r"(?<!permanent )(?<!unlimited )(?<!indefinite )\bcontract(?:s|ual)?\b|\bterm\b"
            r"|\bconsultan\w+|\bfixed\b|\bself[- ]employed\b|\bproject\b",
            _CONTRACT,
        ),
        (EmploymentType.TEMPORARY, r"\btemp(?:s?)\b(?! o| p| c)|\bagency\b", _TEMPORARY),
        (EmploymentType.PART_TIME, r"\bpart\b|\bjob ?sharing\b", rf"\b(?:{PART})\b"),
        (
            EmploymentType.TEMPORARY,
            r"\bcasual\b|\bper ?diem\b|\bon[- ]call\b|\bintermittent\b|\bbank\b|\brelief\b",
            _CASUAL_TITLE.pattern,
        ),
        (EmploymentType.FULL_TIME, r"\bfull\b", rf"\b(?:{FULL})\b|{_PERMANENT.pattern}"),
    )
)
"""What a source writes as a value of its own, where a bare "Contract" or "Permanent" is enough."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_KIND = (
    r"^(?:(?:employment|job|contract|position|work|role|engagement) )?(?:type|status|term|basis)"
)
_N = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|zwei|drei|trois|deux)"
)
_TO_STAY = (
    r"(?![^.\n]{0,60}\b(?:permanent|becomes?|indefinite|vast(?:e)?|uitzicht|bedoeling|verlenging))"
)
_DESCRIPTION = tuple(
    (kind, words, re.compile(pattern, re.IGNORECASE))
    for kind, words, pattern in (
        (
            EmploymentType.INTERNSHIP,
            (
                *(
                    "stage de ",
                    "stage d",
                    "internship",
                    " intern ",
                    " intern.",
                    " intern,",
                    "praktik",
                ),
                *("werkstudent", "alternance", "apprenti", "de stage"),
            ),
            r"\b(?:this|our|the) (?:\w+[ -]){0,3}internship\b(?! program)"
            rf"|{_KIND}\W{{1,3}}internship\b|\bthis is an? (?:\w+[ -]){{0,3}}intern(?:ship)?\b"
            r"|^\W*as an? (?:\w+[ -]){0,3}intern\b"
            r"|^\W*stage (?:de|d['’]une)\b|\b(?:als|ein) (?:werkstudent\w*|praktik\w+)\b"
            r"|\bconvention de stage\b|\bcontrat d['’](?:alternance|apprentissage)\b",
        ),
        (
            EmploymentType.CONTRACT,
            (
                *(
                    "contract",
                    "fixed",
                    "ftc",
                    "leave cover",
                    "maternity",
                    "cdd",
                    "b2b",
                    "freelance",
                ),
                *("befrist", "werkvertrag", "ir35", "tijdelijk", "limited to", "position for"),
                *("autónom", "mercantil", "vertretung", "secondment", "-year ", "-month "),
                *(
                    "freiberuf",
                    "vervanging",
                    "initial ",
                    "duration",
                    "laufzeit",
                    "durée",
                    "duración",
                ),
                *("dauer", "duur"),
                *("post for", "appointment for"),
            ),
            r"\b(?:this is an? |an? |initial )?\d+\+?[- ](?:month|week)s? (?:\w+[- ]){0,3}"
            r"contract\b"
            r"|\b(?:this is an? |initial |fixed[- ]term )(?:\w+[- ]){0,3}contract\b(?!\w)"
            r"|\b(?:six|three|twelve|nine|two|four|one|eighteen)[- ](?:month"
            rf"|year) (?:\w+[- ]){{0,2}}contract\b{_TO_STAY}"
            r"|\bcontract (?:role|position|assignment|opportunity)\b"
            r"|\bindependent contractor(?:s)? (?:role|position|agreement|basis)\b"
            r"|\bas an? (?:independent contractor|freelancer)\b"
            r"|\bcontract (?:\w+ ){1,3}for (?:\w+ )?(?:weeks|months)\b"
            r"|\bfixed[- ]term\b(?! (?:deposit|income|product|contracts\b))|(?-i:\bFTC\b)"
            r"|\b(?:contract|assignment) (?:length|duration)\b|\bcontract[- ]to[- ](?:hire|perm)"
            r"|\b(?:maternity|parental|paternity)(?: leave)? cover\b|^\W*independent contractor\b"
            r"|\b(?:hiring|seeking|looking for|for|as) an? (?:\w+ )?freelanc\w+"
            r"|\bon (?:a )?B2B\b|\bB2B contract\b(?! (?:and|or)\b)|^\W*contract[: ]{1,2}B2B\b"
            r"|\bfreelance (?:role|position|basis|contract)\b"
            rf"|{_KIND}\W{{1,3}}(?:fixed[- ]term|contract|freelance|b2b)\b(?![- ]to)"
            r"|\b(?:in|out)side IR35\b|(?-i:\bCDD\b)(?! ou| or|/)"
            r"|\b(?:ist|stelle|vertrag|zunächst|vorerst)\b[^.\n]{0,60}\bbefristet\b"
            r"|\bbefristet (?:auf|bis|für|zur)\b|\bauf \w+ (?:monate|jahre) befristet\b"
            r"|\bbefristete?[rsn]? (?:stelle|vertrag|arbeitsvertrag|anstellung)|\bwerkvertrag\b"
            r"|\b(?:elternzeit|mutterschutz|schwangerschafts|krankheits)vertretung\b"
            r"|\bcontrato (?:por obra|mercantil)\b|\bcomo (?:autónom[oa]|freelance)\b"
            r"|\btijdelijk contract\b|\bzwangerschaps\w*vervanging\b"
            rf"|(?<!probation is )(?<!period is )\blimited to {_N} (?:month|year)s?\b"
            rf"|\binitial (?:term|period|duration) of {_N} (?:month|year)s?\b|\bbefristung\b"
            r"|^\W*(?:contract|duration|laufzeit|vertragsdauer|durée|duur|duración)[^:\n]{0,15}:\s*"
            rf"{_N} (?:months?|monate|mois|maanden|meses)\b|^\W*freelance\b"
            rf"|\b(?:a|this|the) (?:\w+ )?(?:position|post|appointment) (?:is )?for {_N} (?:month"
            rf"|year)s?\b"
            rf"|\b{_N}[- ](?:month|year)s?[- ](?:fixed|post\b|position|appointment|secondment"
            r"|term\b(?! goal))|\bsecondment (?:role|position|basis|for)\b|\bfreiberuflich\w*",
        ),
        (
            EmploymentType.TEMPORARY,
            (
                *("tempor", "seasonal", "saison", "intérim", "interim", "locum", "discontinu"),
                *("uitzend", "vikari", "temp to", "temp-to"),
            ),
            r"\b(?:temporary|seasonal)(?:, (?:\w+[- ]){1,2}| )(?:role|position|job|assignment|post"
            r"|work"
            r"|contract|basis)\b(?! permit)"
            rf"|{_KIND}\W{{1,3}}(?:temporary|seasonal)\b|\bcontrato temporal\b"
            r"|\b(?:this (?:role|position|job) is) (?:temporary|seasonal)\b|\bsaisonkraft\b"
            r"|\bcontrat saisonnier\b|\b(?:contrat|mission)s? (?:d['’]|en )int[ée]rim\b"
            r"|\btemp[- ]to[- ](?:perm\w*|hire)\b|\bfij[oa] discontinu[oa]\b|\b(?:this|a"
            r"|the) locum\b(?! agenc)|\buitzendbasis\b",
        ),
    )
)
"""The words are in lower case; one of them stands in whatever the pattern matches."""

Found = tuple[EmploymentType, Evidence] | None


def employment_type(given: Given, reading: Reading) -> Found:
    """The type of employment and where it is said; None where nothing says it."""
    named = _named(reading.title)
    if given.employment_type is not None:
        return _more_precise(given.employment_type, named) or (
            given.employment_type,
            stated(given, "employment_type").whole("given@1"),
        )
    found = named or _named(reading.location) or _described(reading.description)
    if found is None and _EITHER.search(reading.title.lowered) is None:
        found = _hours_of_title(reading.title) or by_hours(reading.description, BY)
    return found or _casual(reading.title, reading.description)


def kind_of_value(text: str) -> EmploymentType | None:
    """What a source states in a field of its own: "Full-time", "FullTime", "fulltime_fixed_term",
    "Permanent", "Contractor (W2/1099)"; None where it may be either, or is something else."""
    words = lowered(_CAMEL.sub(" ", text.replace("_", " ")))
    if _EITHER.search(words):
        return None
    return next((kind for kind, pattern in _VALUES if pattern.search(words)), None)


def _more_precise(stated_kind: EmploymentType, named: Found) -> Found:
    """What the title names, where that is of another kind than what the source states: an intern is
    one, whatever else is stated; a term or a season is more than full time."""
    if named is None or named[0] is stated_kind:
        return None
    if named[0] is EmploymentType.INTERNSHIP or stated_kind is EmploymentType.FULL_TIME:
        return named
    return None


def _named(passage: Passage) -> Found:
    """The kind, or else the hours, that a title or a location line names."""
    text = without_other_senses(passage.lowered)
    if _EITHER.search(text) is None:
        for kind, pattern in (*_KINDS, *_OF_HOURS):
            if match := pattern.search(text):
                return kind, passage.evidence(match.start(), match.end(), BY)
    return None


def _hours_of_title(title: Passage) -> Found:
    """By "0.8 FTE" or "(24-32 uur)"; else permanent, which in a title means a full post."""
    if found := by_title(title, BY):
        return found
    match = _PERMANENT_TITLE.search(title.lowered)
    return (
        (EmploymentType.FULL_TIME, title.evidence(match.start(), match.end(), BY))
        if match
        else None
    )


def _described(passage: Passage) -> Found:
    for kind, words, pattern in _DESCRIPTION:
        for start, end in passage.saying(words):
            if match := pattern.search(passage.text[start:end]):
                return kind, passage.evidence(start + match.start(), start + match.end(), BY)
    return None


def _casual(title: Passage, text: Passage) -> Found:
    """What is called casual, in the title or as a post in the text."""
    if match := _CASUAL_TITLE.search(title.lowered):
        return EmploymentType.TEMPORARY, title.evidence(match.start(), match.end(), BY)
    for start, end in text.saying(_CASUAL_WORDS):
        if match := _CASUAL_TEXT.search(text.lowered[start:end]):
            span = start + match.start(), start + match.end()
            return EmploymentType.TEMPORARY, text.evidence(*span, BY)
    return None
