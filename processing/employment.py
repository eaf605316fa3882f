"""Full time, part time, contract, internship or temporary.

What the source states wins; then the title, then the location line, then sentences of the
description that speak of this job.
"""

import re

from models.posting import EmploymentType, Evidence, Given
from processing.evidence import Reading, stated

BY = "employment@1"

_INTERNSHIP = (
    r"\bintern(?:s|ship)?\b|\b(?:pflicht)?praktikum\w*|\bpraktikant\w*|\bwerkstudent\w*"
    r"|\bworking student\b|\best[áa]gi\w+|\bstagiaire\b|\bstageopdracht\b|\bsta[żz]\b"
    r"|\bafstudeeropdracht\b|\bapprenti\b|\bbecari[oa]\b"
)
_TITLE = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (EmploymentType.INTERNSHIP, _INTERNSHIP),
        (EmploymentType.TEMPORARY, r"\btemporary\b|\bseasonal\b|\btemp\b|\bbefristet\b"),
        (
            EmploymentType.CONTRACT,
            r"[(\[,|–-]\s*contract(?:or)?\b(?!\s+(?:manage|law|admin|special|negot|counsel))"
            r"|\bcontractor\b|\bfixed[- ]term\b|\b\d+[- ](?:month|year)s?[- ]contract\b"
            r"|\bfreelanc\w+"
            r"|\bftc\b|\bcontract$",
        ),
        (
            EmploymentType.PART_TIME,
            r"\bpart[- ]?time\b|\bteilzeit\b|\btemps partiel\b|\bmedia jornada\b|\bdeeltijd\b"
            r"|\bmini-?job\w*",
        ),
        (
            EmploymentType.FULL_TIME,
            r"\bfull[- ]?time\b|\bvollzeit\b|\btemps plein\b|\bjornada completa\b|\bvoltijd\b",
        ),
    )
)
_DESCRIPTION = tuple(
    (kind, words, re.compile(pattern, re.IGNORECASE))
    for kind, words, pattern in (
        (
            EmploymentType.INTERNSHIP,
            ("internship",),
            r"\b(?:this|our|the) (?:\w+ ){0,3}internship\b",
        ),
        (
            EmploymentType.CONTRACT,
            ("contract",),
            r"\b(?:this is an? |\d+[- ]month |initial |fixed[- ]term )(?:\w+[- ]){0,3}contract\b"
            r"|\bcontract (?:role|position|assignment)\b|\bindependent contractor (?:role"
            r"|position)\b",
        ),
        (
            EmploymentType.TEMPORARY,
            ("temporary", "seasonal"),
            r"\b(?:temporary|seasonal) (?:role|position|job|assignment)\b",
        ),
        (
            EmploymentType.PART_TIME,
            ("part", "teilzeit"),
            r"\bpart[- ]time (?:role|position|job|opportunity|employment)\b"
            r"|\bin teilzeit\b(?!\s*(?:oder|/))"
            r"|\b(?:employment|job) type:?\s*part[- ]time\b",
        ),
        (
            EmploymentType.FULL_TIME,
            ("full", "vollzeit"),
            r"\bfull[- ]time,?\s+(?:\w+ )?(?:role|position|job|opportunity|employment|employee"
            r"|hours)\b"
            r"|\b(?:employment|job) type:?\s*full[- ]time\b|\bin vollzeit\b(?!\s*(?:oder|/))",
        ),
    )
)
"""The words are in lower case; one of them stands in whatever the pattern matches."""

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
        if passage.mentions(words) and (match := pattern.search(passage.text)):
            return kind, passage.evidence(match.start(), match.end(), BY)
    return None
