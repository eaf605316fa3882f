"""The word hybrid in a clause, and whether it is said of the work: cars and clouds are hybrid too.

All patterns are for text in small letters.
"""

import re

from processing.facts.workplace_words import ROLE_NOUN

_HYBRID_MARKS = ("hybrid", "blended work", "híbrid", "ibrid", "hybryd")
_HYBRID = re.compile(
    r"\bhybrid\b(?=\s*(?:$|[:.,;)|/–—-]|work(?!places|force|ers|loads)|remote\b|role|position|job"
    r"|schedule|model\b|policy"
    r"|set-?up|office|arrangement|\(|(?:after|week|for|at|by|as|if|per|this|only|home|days?|from"
    r"|in|on)\b|\d|one\b|two\b|three\b|with\b|basis|team\b|opportunity|format|pattern|approach"
    r"|and\b|flexib|mode\b|calendar|rota\b|roster|rhythm|routine|möglich|arbeit|way))"
    r"|\bhybrid(?:es? arbeit|arbeit|modell|es modell)\w*|\bhybride[sn]?\b(?! (?:cloud|antrieb"
    r"|fahrzeug|infrastruktur|oplossing|motor|auto))"
    r"|\bhíbrid[oa]s?\b(?! (?:vehículo|motor|coche))|\bibrid[oa]\b|\bhybrydow\w+"
    r"|\bblended work(?:ing)?\b"
)
_LED_BEFORE = re.compile(r"\b(?:manag|lead|supervis|coordinat)(?:e|es|ing|s)? (?:an? |our |the )?$")
_THING_BEFORE = re.compile(
    r"\b(?:cloud|\w*auto|\w*wagen|coche|carro|voiture|véhicule|vehículo|moteur|motor|infra\w+"
    r"|architect\w+|umgebung\w*)[\s(]+(?:[\w-]+[\s(]+){0,3}$"
)
_THING_AFTER = re.compile(
    r"^\W*(?:(?:or|and|oder|und|ou|et|o|y|of|en) )?(?:plug-?in|ele[ck]tr\w+|électr\w+|eléctr\w+"
    r"|lease|cars?\b|vehicles?)"
)
"""Cars and clouds are hybrid as well."""
_OPEN_TO = re.compile(
    r"\bopen to (?:a |an )?(?:\w+ )?hybrid\b|\bhybrid\b[^.;]{0,30}\b(?:considered|discussed"
    r"|negotiable)\b"
)
_KIND = r"(?:on-?site|in[- ]office|in[- ]person|hybrid|(?:fully )?remote|vor ort|présentiel)"
_AND_OR = r"(?: ?[,/|] ?(?:and |or )?| (?:and|or|und|oder|et|ou|y|o|en|of) )"
_ALL_THREE = re.compile(rf"\b{_KIND}{_AND_OR}{_KIND}{_AND_OR}{_KIND}\b")
_THIS_JOB = re.compile(rf"\b(?:this|the|die|diese|le|ce|el|este|de|deze) {ROLE_NOUN}\b")
_LOOK = 80


def hybrid_in(clause: str) -> re.Match[str] | None:
    """The word in whatever language, of work or of something else."""
    if not any(mark in clause for mark in _HYBRID_MARKS):
        return None
    return _HYBRID.search(clause)


def is_of_something_else(clause: str, hybrid: re.Match[str]) -> bool:
    """Whether a team that one leads, a car or a cloud is hybrid, or the firm is but open to it."""
    before = clause[max(0, hybrid.start() - _LOOK) : hybrid.start()]
    after = clause[hybrid.end() : hybrid.end() + _LOOK]
    thing = _THING_BEFORE.search(before) or _THING_AFTER.match(after)
    return bool(thing or _LED_BEFORE.search(before) or _OPEN_TO.search(clause))


def names_all_three(clause: str) -> bool:
    """Whether on site, hybrid and remote stand side by side."""
    return _ALL_THREE.search(clause) is not None


def is_of_this_job(clause: str) -> bool:
    """Whether one job is spoken of, and not those of a firm: "the role", "ce poste"."""
    return _THIS_JOB.search(clause) is not None
