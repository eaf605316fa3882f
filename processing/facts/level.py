"""Seniority, from the title first, else from the years of experience the description asks for.

A title speaks in ranks ("Sr. Staff Engineer", "VP, Finance", "Welder III"). Words that are ranks
in one title and something else in another are told apart by what stands beside them: a product
manager manages no people and an account executive is no executive; `offices` leaves out what is
said of others. Of a range ("Mid/Senior", "II/III", "Engineer / Senior Engineer") the lower rank
counts, and words speak louder than grades: a "(New Grad) Analyst II" is junior.
"""

import re

from models.posting import Evidence, Given, Level
from processing.evidence import Passage, Reading, stated
from processing.facts.offices import INTERN, without_other_senses

BY = "level@5"

_OFFICE = (
    r"product|project|program(?:me)?|account|success|partner(?:ship)?s?|community|marketing|brand"
    r"|category|relationship|territory|case|portfolio|delivery|customer|client|campaigns?|events?"
    r"|content|media|social|growth|deal|contracts?|channel|alliances?|change|release|engagement"
    r"|experience|development|talent|risk|proposal|bid|procurement|sourcing|capture"
    r"|deployment|incident|policy|grants?|strategy|benefits|finance|people|revenue|business"
    r"|data|research|legal|compliance|commodity|planning|demand|supply|solutions?|technical"
)
"""Whose manager holds an office and need not manage people."""
_LED = (
    r"engineering|software|general|store|shop|restaurant|plant|factory|regional|area|district"
    r"|team|warehouse|accounting|it|hr|nurse|nursing|kitchen|line|shift|security|support|quality"
    r"|production|service|branch|site|facilit(?:y|ies)|maintenance|housekeeping|lab(?:oratory)?"
    r"|clinic|practice|ward|bar|front office|call cent(?:er|re)|contact cent(?:er|re)|department"
    r"|asset protection|loss prevention|bakery|deli|hotel|duty|tech lead|assistant|deputy|workshop"
)
"""Whose manager leads the people of a place, a shift or a department."""
_RULES: tuple[tuple[Level, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (Level.INTERN, INTERN),
        (
            Level.EXECUTIVE,
            r"\b(?:s|e|a)?vp\b"
            r"|\b(?:senior |executive )?vice[- ]president\b|\bc[etofimprsd]o\b(?!-)"
            r"|\bchief (?:\w+[ &]+){1,4}officer\b|\bpresident\b|\bmanaging director\b"
            r"|\b(?:co-?)?founder\b(?!['’])|\bgeschäftsführer\w*",
        ),
        (
            Level.DIRECTOR,
            r"(?<!art )(?<!creative )(?<!account )(?<!funeral )(?<!music )"
            r"\bdirector\b(?!['’])|\bhead of\b(?! state)|\bdirecteur\b|\bdirectrice\b"
            r"|\bdirektor\w*|\bdirectora\b|\bbereichsleiter\w*"
            r"|(?<!-)\bleiter(?:in)?\b",
        ),
        (
            Level.PRINCIPAL,
            r"\bprincipal\b|\bdistinguished\b|"
            r"(?<!research )(?<!doctoral )(?<!postdoc )(?<!clinical )(?<!policy )(?<!teaching )"
            r"\bfellow\b(?!ship)",
        ),
        (
            Level.STAFF,
            r"(?<!technical )(?<!support )\bstaff\+?(?=\s+(?:\w+\s+){0,4}?(?:engineer"
            r"|developer|scientist|designer|researcher|architect|manager|analyst|technical|sre)\b)"
            r"|\bstaff/senior staff\b",
        ),
        (
            Level.MANAGER,
            rf"\b(?:{_LED}) (?:manager|mgr|supervisor)\b|^\W*(?:(?:sr\.?|senior|associate|assistant"
            r"|group|global|regional|area|deputy|general) )*(?:manager|mgr)\b|\bmanager of\b"
            r"|\b(?:senior|sr\.?) (?:manager|mgr)\b|[,–-] (?:manager|mgr)\b"
            r"|\bfront[- ]line manager\b"
            r"|(?:^|\b(?:regional|national|area|field|district|country|inside) )sales manager\b"
            r"|\b(?:sales|squad|group|department|section|shift|crew) leader\b"
            r"|\bline lead\b"
            r"|\bsupervisor\b|\bteam ?lead(?:er)?\b(?! engineer)|\bforeman\b|\bgerente\b"
            r"|^(?:(?:sr\.?|senior|regional|area|field|retail|assistant) )*operations manager\b"
            r"|\b(?:team|schicht|filial|gruppen|markt|abteilungs|küchen|werkstatt)leit(?:er|ung)\w*"
            r"|\bchef d['’]équipe\b|\bresponsable d['’]équipe\b|\bteamleider\b|\bmanageress\b"
            r"|\bjef[ea](?:/[ae])? de (?:almacén|equipo|turno|tienda|cocina|sala|obra|taller|planta"
            r"|producción|ventas|servicio)\b|\b(?:filial|bau|lager|schicht)leit(?:er|ung)\w*"
            r"|\bresponsable (?:de (?:magasin|boutique|site|production|service|tienda)"
            r"|d['’]atelier)\b"
            r"|\b(?:vestigings|winkel|ploeg|afdelings|magazijn|keuken)(?:manager|chef|leider)\b",
        ),
        (
            Level.SENIOR,
            r"\bsenior\b|\bsr\b\.?|\bsnr\b\.?|\blead\b|\bsénior\b|\bexperienced\b"
            r"|\bberufserfahren\w*|\b[sl]mts\b|\berfahrene?[rn]?\b|\bconfirmé\w* ?/ ?senior\b",
        ),
        (
            Level.JUNIOR,
            r"\bjunior\b|\bjr\b\.?|\bgraduate\b"
            r"|\bnew grads?\b|\bentry[- ]level\b|\bearly[- ]career\b|\bfreshers?\b"
            r"|\bjúnior\b|\bberufseinsteiger\w*|\bdébutant\w*|\buniversity grads?\b",
        ),
        (
            Level.MID,
            r"\bmid(?:dle)?[- ]?(?:level|career)?\b(?!-?market|[- ](?:size|touch|office|atlantic"
            r"|west))"
            r"|\bintermediate\b|\bconfirmée?s?(?:[·(.-]e\)?s?)?(?=\W|$)",
        ),
    )
)
_OF_AN_OFFICE = re.compile(rf"\b(?:{_OFFICE})\s+manager\b")
_RANKS: dict[str, Level] = {
    "junior": Level.JUNIOR,
    "jr": Level.JUNIOR,
    "graduate": Level.JUNIOR,
    "entry": Level.JUNIOR,
    "mid": Level.MID,
    "intermediate": Level.MID,
    "senior": Level.SENIOR,
    "sr": Level.SENIOR,
    "staff": Level.STAFF,
    "principal": Level.PRINCIPAL,
}
_RANGE = re.compile(
    rf"\b(?P<low>{'|'.join(_RANKS)})\.?(?:[- ]level)?\s*(?:/|\bor\b|\bto\b|–|-|&)\s*"
    rf"(?:{'|'.join(_RANKS)}|lead)\b\.?"
)
_PLAIN_OR_SENIOR = re.compile(
    r"\b(?P<role>\w+)(?P<or>\s*/\s*|\s+or\s+)(?P<senior>(?:senior|sr\.?)\s)"
    r"(?=[^/,(]{0,40}\b(?P=role)\b)"
)
"""The same role with and without the rank: without it is the lower one."""
_GRADE = re.compile(
    r"(?<=[a-zäöüé.)] )(?:(?P<roman>iv|i{2,3})\b"
    r"|(?:(?P<one>i)|(?:l|level |grade |tier )?(?P<number>[1-5]))(?=\s*(?:$|[/,(|:–-])))"
)
_ANOTHER_NUMBER = re.compile(
    r"\b(?:shift|zone|phase|unit|store|region|team|round|class|band|group|floor|wave|stage|schedule"
    r"|type|part|scope|series|area|line|room|section|division|world war|war|days?|option)\s+$"
)
_OF_GRADE = (Level.JUNIOR, Level.MID, Level.SENIOR, Level.SENIOR, Level.STAFF)

Found = tuple[Level, Evidence] | None


def level(given: Given, reading: Reading, years: tuple[float, Evidence, bool] | None) -> Found:
    """The seniority and where it is said; None where nothing says it. `years` are those of
    experience that the description asks for, if it does."""
    if given.level is not None:
        return given.level, stated(given, "level").whole("given@1")
    return _in_title(reading.title) or _by_years(years)


def _in_title(passage: Passage) -> Found:
    title = _PLAIN_OR_SENIOR.sub(_plain, without_other_senses(passage.lowered))
    if match := _RANGE.search(title):
        found = _RANKS[match["low"]]
        return found, passage.evidence(match.start(), match.end(), BY)
    for found, pattern in _RULES:
        for match in pattern.finditer(title):
            if found is Level.MANAGER and _manages_no_people(title, match):
                continue
            return found, passage.evidence(match.start(), match.end(), BY)
    return _by_grade(passage, title)


def _plain(match: re.Match[str]) -> str:
    return match["role"] + match["or"] + " " * len(match["senior"])


def _by_grade(passage: Passage, title: str) -> Found:
    """By "II", "2" or "L2" behind the name of the work; the first one of a range is the lower."""
    for match in _GRADE.finditer(title):
        if _ANOTHER_NUMBER.search(title[: match.start()]):
            continue
        roman = match["roman"] or match["one"] or ""
        grade = int(match["number"]) if match["number"] else 4 if roman == "iv" else len(roman)
        return _OF_GRADE[grade - 1], passage.evidence(match.start(), match.end(), BY)
    return None


def _manages_no_people(title: str, match: re.Match[str]) -> bool:
    """Whether the word "manager" here belongs to an office without reports."""
    return any(
        office.start() <= match.end() and office.end() > match.start()
        for office in _OF_AN_OFFICE.finditer(title)
    )


def _by_years(years: tuple[float, Evidence, bool] | None) -> Found:
    """0–1 years are junior, 2–4 mid, 5–9 senior; more is said of many ranks, and years that are
    only welcome say little."""
    if years is None or not years[2]:
        return None
    for least, below, found in _BY_YEARS:
        if least <= years[0] < below:
            return found, years[1].model_copy(update={"by": BY})
    return None


_BY_YEARS = ((0.0, 1.01, Level.JUNIOR), (2.0, 5.0, Level.MID), (5.0, 10.0, Level.SENIOR))
