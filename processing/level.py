"""Seniority, from the title first, else from the years of experience the description asks for.

A title speaks in ranks ("Sr. Staff Engineer", "VP, Finance", "Welder III"). Words that are ranks
in one title and something else in another are told apart by what stands beside them: a product
manager manages no people, a chief of staff is no staff engineer, and an account executive is no
executive. Of a range ("Mid/Senior", "II/III") the lower rank counts, and words speak louder than
grades: a "(New Grad) Analyst II" is junior.
"""

import re

from models.posting import Evidence, Given, Level
from processing.evidence import Passage, Reading, stated

BY = "level@3"

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
    (level, re.compile(pattern, re.IGNORECASE))
    for level, pattern in (
        (
            Level.INTERN,
            r"\bintern(?:s|ship)?\b|\bworking student\b|\balternan(?:ce|t|te)\b|\bazubi\w*"
            r"|\bausbildung (?:zum|zur|als)\b|\bauszubildende\w*"
            r"|\bwerkstudent\w*"
            r"|\b(?:pflicht)?praktik(?:um|ant)\w*"
            r"|\best[áa]gi\w+|\bstage(?:opdracht)?\b(?=\s*[:-]|\s+en\b)|\bstagiaire\b"
            r"|\bsta[żz]\w*\b"
            r"|\bapprent(?:i\b|i\(|ice|iceship)\S*|\bafstudeer\w*|\bco-?op\b|\btrainee\b"
            r"|\bbecari[oa]\b",
        ),
        (
            Level.EXECUTIVE,
            r"(?<!to )(?<!to the )(?<!of the )(?:\b(?:s|e|a)?vp\b"
            r"|\b(?:senior |executive )?vice[- ]president\b|\bc[etofimprsd]o\b(?!-)"
            r"|\bchief (?!of staff)(?:\w+[ &]+){1,4}officer\b|\bpresident\b|\bmanaging director\b"
            r"|\b(?:co-?)?founder\b(?!['’])|\bgeschäftsführer\w*)",
        ),
        (
            Level.DIRECTOR,
            r"(?<!art )(?<!creative )(?<!account )(?<!funeral )(?<!music )(?<!to )(?<!to the )"
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
            r"(?<!chief of )(?<!technical )(?<!support )\bstaff\+?(?=\s+(?:\w+\s+){0,4}?(?:engineer"
            r"|developer|scientist|designer|researcher|architect|manager|analyst|technical|sre)\b)"
            r"|\bstaff/senior staff\b",
        ),
        (
            Level.MANAGER,
            rf"\b(?:{_LED}) (?:manager|supervisor)\b|^\W*(?:(?:sr\.?|senior|associate|assistant"
            r"|group|global|regional|area|deputy|general) )*manager\b|\bmanager of\b"
            r"|\bsupervisor\b|\bteam ?lead(?:er)?\b(?! engineer)|\bforeman\b|\bgerente\b"
            r"|^(?:(?:sr\.?|senior|regional|area|field|retail|assistant) )*operations manager\b"
            r"|\b(?:team|schicht|filial|gruppen|markt|abteilungs|küchen|werkstatt)leit(?:er|ung)\w*"
            r"|\bchef d['’]équipe\b|\bresponsable d['’]équipe\b|\bteamleider\b|\bmanageress\b"
            r"|\bjef[ea](?:/[ae])? de (?:almacén|equipo|turno|tienda|cocina|sala|obra|taller|planta"
            r"|producción|ventas|servicio)\b|\b(?:filial|bau|lager|schicht)leit\w*"
            r"|\bresponsable (?:de (?:magasin|boutique|site|production|service|tienda)"
            r"|d['’]atelier)\b"
            r"|\b(?:vestigings|winkel|ploeg|afdelings|magazijn|keuken)(?:manager|chef|leider)\b",
        ),
        (
            Level.SENIOR,
            r"\bsenior\b|\bsr\b\.?|\bsnr\b\.?|\blead\b(?! gen)|\bsénior\b|\bexperienced\b"
            r"|\bberufserfahren\w*",
        ),
        (
            Level.JUNIOR,
            r"\bjunior\b|\bjr\b\.?|\bgraduate\b(?! (?:school|program director|admission))"
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
_OF_AN_OFFICE = re.compile(rf"\b(?:{_OFFICE})\s+manager\b", re.IGNORECASE)
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
    rf"(?:{'|'.join(_RANKS)}|lead)\b\.?",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"(?<=[a-zäöüé.)] )(?:(?P<roman>iv|i{2,3})\b"
    r"|(?:(?P<one>i)|(?:L|level |grade |tier )?(?P<number>[1-5]))(?=\s*(?:$|[/,(|:–-])))",
    re.IGNORECASE,
)
_ANOTHER_NUMBER = re.compile(
    r"\b(?:shift|zone|phase|unit|store|region|team|round|class|band|group|floor|wave|stage|schedule"
    r"|type|part|scope|series|area|line|room|section|division|world war|war|days?|option)\s+$",
    re.IGNORECASE,
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
    if match := _RANGE.search(passage.text):
        found = _RANKS[match["low"].lower()]
        return found, passage.evidence(match.start(), match.end(), BY)
    for found, pattern in _RULES:
        for match in pattern.finditer(passage.text):
            if found is Level.MANAGER and _manages_no_people(passage.text, match):
                continue
            return found, passage.evidence(match.start(), match.end(), BY)
    return _by_grade(passage)


def _by_grade(passage: Passage) -> Found:
    """By "II", "2" or "L2" behind the name of the work; the first one of a range is the lower."""
    for match in _GRADE.finditer(passage.text):
        if _ANOTHER_NUMBER.search(passage.text[: match.start()]):
            continue
        roman = (match["roman"] or match["one"] or "").lower()
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
