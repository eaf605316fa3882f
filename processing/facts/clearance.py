"""Whether a posting asks for a security clearance, as one sentence of its title or text says it.

Sentences that speak of a clearance of persons are read one by one, and the first that decides
counts. A clearance that is to be obtained is required ("ability to obtain and maintain"), even
where none is needed at first; one that is only welcome says nothing, be it in its own words or
under a heading such as "Nice to have", and neither does a condition ("if you hold a clearance").
Goods, sales and rights are cleared too: those sentences are not read.
"""

import re

from models.posting import Clearance, Evidence
from processing.evidence import Passage, Reading

BY = "clearance@3"

_KIND = (
    r"(?:security|top[- ]secret|secret|ts/?sci|ts|sci|sc|dv|edv|ctc|bpss|nppv ?\d?|nv[- ]?[12]"
    r"|nato|dod|doe|doj|dhs|government|gov|govt|federal|national security|public trust|baseline"
    r"|confidential|q|l|polygraph|positive vetting|reliability status)"
)
_NAMED = re.compile(
    rf"\b{_KIND}(?:[- /](?:level|{_KIND})){{0,3}}[- ]"
    r"(?:clear(?:ance|ances|ed|able)|vett(?:ed|ing))\b|\((?:sc|dv|nv[12]|bpss|ctc"
    r"|(?:top )?secret)\) clearance\b"
    r"|\bts ?/ ?sci\b|\btop[- ]secret/sci\b|\bdeveloped vetting\b|\b(?:sc|dv)[- ]eligible\b"
    r"|\b(?:ci|full[- ]scope|lifestyle) poly(?:graph)?\b|\bsecurity check clearance\b"
    r"|\bsicherheitsüberprüfung\w*|\bsicherheitsüberprüft\w*|\bsicherheitsfreigabe\b"
    r"|\bhabilitation (?:secret|de sécurité|défense|confidentiel)"
)
"""Names of a clearance of persons."""
_TOPIC_WORDS = (
    *("clear", "vett", "poly", "sicherheits", "habilitation", "/sci", "/ sci"),
    *("sc eligible", "sc-eligible", "dv eligible", "dv-eligible"),
)
"""One of them stands in whatever `_NAMED` or `_BARE` matches."""
_BARE = re.compile(
    r"(?:^|\b(?:an?|the|any|no|active|current|valid|existing|interim|appropriate|required"
    r"|necessary|requires?|obtain|maintain|hold|of|without|have|level of)\s+)"
    r"clearance(?= (?:is|are|not|level|status|required|at|to (?:be|join|apply|start)|will|and|or"
    r"|before|prior)\b"
    r"|[:.,;)]|\s*$)"
)
"""A clearance without a name, where nothing before it says of what."""
_OTHER = re.compile(
    r"\b(?:customs?|seller|sales?|stock|inventory|import|export|medical|health|occupational"
    r"|criminal|background|child abuse|fbi|police|music|rights|copyright|trademarks?|payments?"
    r"|settlement|ground|airspace|air traffic|drug|credit|planning|regulatory|zoning|site|snow"
    r"|land|house|vegetation|tree|mine|bomb|fda|trade|tax|debt|script|brand)[- ]clearances?\b"
    r"|\bclearances? (?:sales?|items?|racks?|stock|prices?|houses?|agents?|brokers?|of goods"
    r"|certificates?|merchandise|rates?|between|holes?|fits?)\b|\bclearance, customs\b"
)
_OBTAIN = re.compile(
    r"\b(?<!never )(?:obtain|attain|acquire|gain|get|achieve|be granted|undergo|pass|eligib\w+"
    r"|qualify for"
    r"|going through|go through|undertake|secure|complete)\b"
)
_OPTIONAL = re.compile(
    r"\b(?:preferred|preferable|preferably|preference|a plus|plus|nice[- ]to[- ]haves?|desired"
    r"|desirable|advantag\w+|bonus|ideally|beneficial|helpful|welcome|an asset|favou?rable"
    r"|would be (?:great|good|useful)|von vorteil|wünschenswert|idealerweise|un plus|souhaitée?)\b"
)
_CONDITION = re.compile(
    r"\b(?:if|whether|when|where|should you|falls|may|might|some (?:positions|roles|projects|of)"
    r"|certain (?:positions|roles|projects)|depending|regardless|gegebenenfalls|ggf|si)\b"
)
_NONE = re.compile(
    r"\bno(?:ne)? (?:\w+[- /]){0,4}?(?:clearances?|vetting)\b"
    r"|(?:\b(?:not|nor|never)|n['’]t) (?:\w+ ){0,2}?(?:requir\w+|need\w*|necessary|essential"
    r"|mandatory|a requirement|have to (?:have|hold))\b"
    r"|\b(?:clearances?|vetting)(?: (?:level|required|requirement|needed|type))?\s*[:–-]\s*"
    r"(?:none|no|n/?a|not (?:required|needed|applicable))\b"
    r"|\bwithout (?:\w+ ){0,3}(?:need(?:ing)?|requirement)\b"
    r"|\bkeine? \w*überprüfung|\bnicht (?:erforderlich|notwendig|nötig)\b"
)
_REQUIRED = re.compile(
    r"\b(?:must|requir\w+|need(?:s|ed)?|mandatory|essential|necessary|prerequisite|subject to"
    r"|hold(?:s|ing)?|holders?|possess\w*|maintain\w*|active|current|currently|valid|existing|only"
    r"|ability to|able to|willing\w*|eligib\w+|undergo|will (?:need|have|be)|have an?|with an?"
    r"|cleared|erforderlich|notwendig|voraus\w+|bereit\w*|zwingend|müssen|muss|abgeschlossene"
    r"|bestehende|obligatoire|exigée|requise|nécessaire)\b"
    r"|\bclearance(?: (?:level|type|status|requirements?))?\s*[:–-]\s*\w"
)
_LEVEL = re.compile(
    r"\bts ?/ ?sci\b|\btop[- ]secret\b|\bsecret (?:security )?clearance\b|\b(?:sc|dv|edv"
    r"|nv[- ]?[12])[- ]"
    r"(?:level )?(?:clear\w+|eligible|vetted)\b|\bdeveloped vetting\b|\bpoly(?:graph)?\b"
    r"|\bü[123]\b"
)
_LINE_MAX = 90
"""Characters of a line that only names a level ("TS/SCI with CI polygraph") and so asks for it; a
longer one may tell of customers or of the company."""
_HEADING = re.compile(
    r".{0,60}:|.{0,40}\b(?:qualifications?|requirements?|skills|experience|responsibilities|profile"
    r"|profil|anforderungen|have|haves|bonus|plus|points|preferred|benefits|offer|do|bring|you)\W?"
)
"""A line that says what the lines below it are."""
_DEMAND = re.compile(
    r"\b(?:must|requir\w+|mandatory|erforderlich|you(?:['’]ll)? (?:will )?need|need to be"
    r"|willing to"
    r"|eligible for)\b"
)
_ABOUT = re.compile(
    r"\b(?:our|whose|customers?|clients?|colleagues|team of|cleared (?:teams?|environments?|facilit"
    r"\w+|spaces?)|facility clearance|experience (?:with|in|of)|process(?:es|ing)?|officer"
    r"|manager|specialist|administrat\w+|coordinator)\b"
)
"""Speaks of others, or of clearances as the work itself."""

_PART = re.compile(r"[;,]|\b(?:but|aber)\b")

Found = tuple[Clearance, Evidence] | None


def clearance(reading: Reading) -> Found:
    """Whether a clearance is asked for, and the sentence that says so; the title comes first. None
    where nothing decides it."""
    return _in(reading.title) or _in(reading.description)


def _in(passage: Passage) -> Found:
    topical = set(passage.saying(_TOPIC_WORDS))
    if not topical:
        return None
    welcome = False
    for start, end in passage.sentences:
        said = passage.lowered[start:end]
        if (start, end) not in topical or not _speaks_of_one(said):
            welcome = _OPTIONAL.search(said) is not None if _HEADING.fullmatch(said) else welcome
            continue
        if welcome and not _DEMAND.search(said):
            continue
        if (found := _decide(said)) is not None:
            return found, passage.evidence(start, end, BY)
    return None


def _speaks_of_one(sentence: str) -> bool:
    if _NAMED.search(sentence):
        return True
    return _BARE.search(sentence) is not None and _OTHER.search(sentence) is None


def _decide(sentence: str) -> Clearance | None:
    if sentence.endswith("?"):
        return None
    if _NONE.search(sentence):
        return Clearance.REQUIRED if _OBTAIN.search(sentence) else Clearance.NOT_REQUIRED
    for part in _PART.split(sentence):
        if _speaks_of_one(part) and _asks(part, alone=len(sentence) <= _LINE_MAX):
            return Clearance.REQUIRED
    return None


def _asks(part: str, *, alone: bool) -> bool:
    """Whether this part of a sentence asks for a clearance; `alone` where the line is short."""
    if _OPTIONAL.search(part) or _CONDITION.search(part):
        return False
    if _ABOUT.search(part) and not _DEMAND.search(part):
        return False
    return _REQUIRED.search(part) is not None or (alone and _LEVEL.search(part) is not None)
