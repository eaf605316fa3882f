"""Whether the employer sponsors a visa, as one sentence of the description says it.

Sentences with the word "sponsor" (or its equals) are read one by one, and the first that decides
counts. Within it the clause that names the visa is read first, then the whole: it offers, unless it
negates. "Must be authorized to work without sponsorship" refuses; "will you now or in future
require sponsorship?" is a question and decides nothing.
"""

import re

from models.posting import Evidence, Visa
from processing.evidence import Passage

BY = "visa@2"

_TOPIC = re.compile(
    r"\bsponsor(?:s|ship|ed|ing)?\b|\bwork (?:visa|permit)s?\b|\bvisas? (?:support|assistance|help"
    r"|transfers?|costs?|application)\b|\bh-?1b\b|\bvisa-?sponsor\w*|\bvisums?\w*"
    r"|\barbeitserlaubnis"
    r"|\barbeitsvis\w+|\bpermis de travail\b|\btitre de séjour\b|\bvisados?\b"
    r"|\bpermiso de trabajo\b"
    r"|\bwerkvergunning\b|\bkennismigrant\w*|\byour visa\b"
    r"|\bimmigration (?:support|assistance|help|team|costs?)\b",
    re.IGNORECASE,
)
_TOPIC_WORDS = (
    *("sponsor", "visa", "visum", "permit", "h1b", "h-1b", "arbeitserlaubnis", "arbeitsvis"),
    *("permis ", "permiso ", "séjour", "werkvergunning", "kennismigrant", "immigration"),
)
"""One of them stands in whatever `_TOPIC` matches."""
_OF_A_VISA = re.compile(
    r"\bvisas?\b|\bimmigration\b|\bwork (?:authori[sz]ation|permit)s?\b|\bh-?1b\b|\bemployment"
    r"[- ]based\b|\bauthori[sz]ed to work\b|\bright to work\b|\blegally\b|\brelocat\w+"
    r"|\bemployment pass\b|\bskilled worker\b|\bgreen cards?\b|\bcitizens?(?:hip)?\b"
    r"|\bsponsor(?:ship)? licen[cs]e\b|\blicen[cs]ed sponsor\b"
    r"|\bsponsorship (?:is|are|not|available|for this|will|can|cannot|may|might|could|of any)\b"
    r"|\b(?:need(?:ing)?|requir\w+) (?:for )?(?:any )?sponsorship\b|\bsponsorship (?:to"
    r"|in order to)"
    r" work\b|\b(?:offer|provide|consider) (?:any )?sponsorship\b"
    r"|\b(?:employer|employment|company) sponsorship\b|\bsponsor (?:any )?(?:candidates"
    r"|applicants)\b"
    r"|\bvisa-?sponsor\w*|\bvisums?\w*|\barbeits(?:erlaubnis|vis\w+)|\bpermis de travail\b"
    r"|\btitre de séjour\b|\bvisados?\b|\bpermiso de trabajo\b|\bwerkvergunning\b"
    r"|\bkennismigrant\w*",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:not|no|cannot|unable|never|without|nor|neither|\w+n['’]t|ineligible|unavailable|decline"
    r"|kein\w*|nicht|ohne|aucun\w*|sans|sin|geen|niet|zonder)\b|\bne \w+(?: \w+)? pas\b",
    re.IGNORECASE,
)
_NOT_EVERY = re.compile(
    r"\bnot (?:able to )?(?:\w+ ){0,3}(?:every|all|guarantee)\b|\bno (?:guarantee|problem|matter)\b"
    r"|\bnot only\b|\bwhether or not\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\?$|^\W*(?:(?:will|do|are|would) you|whether|please (?:state|tell|say|indicate))\b",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(?:we|company|employer|can|will|do|may|does|able to|happy to|offer\w*|provid\w+"
    r"|includ\w+)\b"
    r"[^.]{0,60}\bsponsor|\bsponsorship\b[^.]{0,40}\b(?:available|offered|provided|possible"
    r"|considered|included|supported|yes)\b|\b(?:offer|provide|with|help\w*|support|arrange"
    r"|apply for|pay for|cover)\b[^.]{0,40}"
    r"\b(?:visas?|work permits?|immigration)\b|\bvisa (?:support|assistance)\b"
    r"|\b(?:h-?1b|visas?)\b[^.]{0,20}\b(?:welcome|ok|accepted|considered|possible)\b"
    r"|^[\s•*-]*(?:\w+ ){0,4}(?:visas?|relocation)\b[^.]{0,30}"
    r"\b(?:sponsor(?:ship|ed)|support|assistance)\b"
    r"|\b(?:takes? care of|handle|sort out|unterstütz\w+|helfen|bieten|übernehmen|kümmern"
    r"|tramita\w+|gestiona\w+|ayuda\w*"
    r"|accompagn\w+|aid(?:e|ons)|verzorgen|regelen|begeleiden)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;,–—]\s|\b(?:but|aber|mais|pero|maar|although|though)\b")


def visa(passage: Passage) -> tuple[Visa, Evidence] | None:
    """The statement on visas in the description, and its sentence; None where there is none."""
    for start, end in passage.saying(_TOPIC_WORDS):
        said = passage.text[start:end]
        found = _decide(said) if _TOPIC.search(said) else None
        if found is not None:
            return found, passage.evidence(start, end, BY)
    return None


def _decide(sentence: str) -> Visa | None:
    if _ASKED.search(sentence) or not _OF_A_VISA.search(sentence):
        return None
    if _NOT_EVERY.search(sentence):
        return None
    for clause in (*_CLAUSE.split(sentence), sentence):
        if not _TOPIC.search(clause):
            continue
        if _REFUSED.search(clause):
            return Visa.REFUSED
        if _OF_A_VISA.search(clause) and _OFFERED.search(clause):
            return Visa.OFFERED
    return None
