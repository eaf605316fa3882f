"""Seniority, from the title first, else from the years of experience the description asks for.

A title speaks in ranks ("Sr. Staff Engineer", "VP, Finance", "Welder III"). Words that are ranks
in one title and something else in another are told apart by what stands beside them: a product
manager manages no people, a chief of staff is no staff engineer, and an account executive is no
executive.
"""

import re

from models.posting import Evidence, Given, Level
from processing.evidence import Passage, Reading, stated

BY = "level@1"

_IC_MANAGER = (
    r"product|project|program(?:me)?|account|success|partner(?:ship)?s?|community|marketing|brand"
    r"|category|relationship|territory|case|portfolio|delivery|customer|client|campaigns?|events?"
    r"|content|media|social|growth|deal|contracts?|channel|alliances?|change|release|engagement"
    r"|experience|development|talent|office|risk|proposal|bid|procurement|sourcing|capture"
    r"|deployment|incident|policy|grants?|construction|site|materials?|strategy|benefits|sales"
)
_RULES: tuple[tuple[Level, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern, re.IGNORECASE))
    for level, pattern in (
        (
            Level.INTERN,
            r"\bintern(?:s|ship)?\b|\bworking student\b|\bwerkstudent\w*"
            r"|\b(?:pflicht)?praktik(?:um|ant)\w*"
            r"|\best[áa]gi\w+|\bstage(?:opdracht)?\b(?=\s*[:-]|\s+en\b)|\bstagiaire\b"
            r"|\bsta[żz]\w*\b"
            r"|\bapprent(?:i\b|i\(|ice|iceship)\S*|\bafstudeer\w*|\bco-?op\b|\btrainee\b"
            r"|\bbecari[oa]\b",
        ),
        (
            Level.EXECUTIVE,
            r"\b(?:s|e|a)?vp\b|\b(?:senior |executive )?vice[- ]president\b|\bc[etofimprsd]o\b(?!-)"
            r"|\bchief (?!of staff)(?:\w+[ &]+){1,4}officer\b|\bpresident\b|\bmanaging director\b"
            r"|\bco-?founder\b|\bgeschäftsführer\w*",
        ),
        (
            Level.DIRECTOR,
            r"(?<!art )(?<!creative )(?<!account )\bdirector\b|\bhead of\b|\bdirecteur\b"
            r"|\bdirectrice\b|\bleiter\b",
        ),
        (Level.PRINCIPAL, r"\bprincipal\b|\bdistinguished\b|\bfellow\b(?!ship)"),
        (
            Level.STAFF,
            r"(?<!chief of )(?<!technical )(?<!support )\bstaff\+?(?=\s+(?:\w+\s+){0,4}?(?:engineer"
            r"|developer|scientist|designer|researcher|architect|manager|analyst|technical|sre)\b)"
            r"|\bstaff/senior staff\b",
        ),
        (
            Level.MANAGER,
            r"\b(?:engineering|software|people|general|store|shop|restaurant|plant|factory|regional"
            r"|area|district|operations?|team|warehouse|finance|accounting|it|hr|nurse|kitchen"
            r"|line|shift|data|research|security|support|legal|quality|production|service) "
            r"(?:manager|supervisor)\b|^\W*manager\b|\b(?:senior|sr\.?) manager\b"
            r"|\bmanager\s*(?:,|of\b|-|–|/)|\bsupervisor\b|\bteam ?lead(?:er)?\b|\bgerente\b",
        ),
        (
            Level.SENIOR,
            r"\bsenior\b|\bsr\b\.?|\bsnr\b\.?|\blead\b|\biii\b|\biv\b|\bsénior\b|\bexperienced\b",
        ),
        (
            Level.JUNIOR,
            r"\bjunior\b|\bjr\b\.?|\bgraduate\b|\bnew grads?\b|\bentry[- ]level\b|\bearly career\b"
            r"|\bjúnior\b|\bberufseinsteiger\w*|\bdébutant\w*|(?<=\w )\bi\b(?=\s*(?:$|[,(–-]))",
        ),
        (
            Level.MID,
            r"\bmid(?:dle)?[- ]?(?:level)?\b(?!-?market)|\bintermediate\b|(?<=\w )\bii\b"
            r"|\bii/iii\b",
        ),
    )
)
_IC = re.compile(rf"\b(?:{_IC_MANAGER})\s+manager\b", re.IGNORECASE)
_YEARS = re.compile(
    r"\b(\d{1,2})\s*(?:\+|plus)?\s*(?:(?:-|–|to)\s*\d{1,2}\s*\+?\s*)?(?:years?|yrs?)['’]?"
    r"(?:\s+of)?(?:\s+[\w/-]+){0,4}\s+experience\b",
    re.IGNORECASE,
)


def level(given: Given, reading: Reading) -> tuple[Level, Evidence] | None:
    """The seniority and where it is said; None where nothing says it."""
    if given.level is not None:
        return given.level, stated(given, "level").whole("given@1")
    return _in_title(reading.title) or _by_years(reading.description)


def _in_title(passage: Passage) -> tuple[Level, Evidence] | None:
    for found, pattern in _RULES:
        for match in pattern.finditer(passage.text):
            if found is Level.MANAGER and _manages_no_people(passage.text, match):
                continue
            return found, passage.evidence(match.start(), match.end(), BY)
    return None


def _manages_no_people(title: str, match: re.Match[str]) -> bool:
    """Whether the word "manager" here belongs to an office without reports."""
    return any(ic.start() <= match.end() and ic.end() > match.start() for ic in _IC.finditer(title))


def _by_years(passage: Passage) -> tuple[Level, Evidence] | None:
    """0–1 years are junior, 2–4 mid, 5–9 senior; more is said of many ranks."""
    match = _YEARS.search(passage.text)
    if match is None:
        return None
    years = int(match[1])
    if years > 9:
        return None
    found = Level.JUNIOR if years < 2 else Level.MID if years < 5 else Level.SENIOR
    return found, passage.evidence(match.start(), match.end(), BY)
