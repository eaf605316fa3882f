"""Where one may live who takes a remote job, and where not, as the sentences of a text say it.

"You must be based in Spain", "we can employ you in Chile or Peru", "Eligible countries: …", "EU/UK
only"; "we cannot hire in California". What says where the firm, its customers or its offices are
says nothing of that, nor what is allowed for some weeks a year.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from processing.evidence import Passage
from processing.facts.country_lists import Listed, list_at

_LIVING = re.compile(
    r"\b(?i:(?:based|located|living|reside) in (?:the )?(?:[\w-]+ ){1,4}time ?zones?|based"
    r"|(?:must|have to|need to) be|done|performed|lavor\w+|afstand|wir stellen"
    r"|located|elsewhere|(?:any)?where(?:ver)? you (?:like|want|choose|live|are)|reside|residing"
    r"|living"
    r"|live|work remotely|remote(?:ly| work(?:ing)?|-(?:first|only))?,?|(?:as|so) long as (?:it"
    r"|that|you)(?:['’]s| is|['’]re| are)|partout|mora[mr]?|(?:employ|hire|hiring"
    r"|recruit)(?:\s[\w-]+){0,6}?|candidates|applicants|residents?|applications|some(?:one|body)"
    r"|home is|anyone|everyone|nur"
    r"|uniquement|únicamente|alleen|look(?:ing)? for (?:an? )?[\w-]+(?: [\w-]+){0,2}"
    r"|from (?:your (?:own )?)?home|anywhere|where you like|(?:eligible|authori[sz]ed|entitled"
    r"|right|permitted|legally) to work|(?:ort|platz) (?:deiner|ihrer) wahl|leb(?:st|en)"
    r"|wohn(?:st|en)|habit(?:ez|er|es)|viv[aei]n?|vivir|ubicad[oa]s?|radicad[oa]s?|wonen|woont"
    r"|bewerber\w*|überall|overal|homeoffice|télétravail|soyez|sois|n['’]importe où|candidat[oas]*"
    r"|talento|profesionales|personas|remot[oa]|casa|wohnsitz|wohnhaft|ansässig|résid\w+"
    r"|domicilié\w*|resid(?:ir|an?|en)|residente\w*|woonachtig|residenti|trabalh\w+"
    r"|moradores)\s+(?i:(?:anywhere|only|be)\s+)?(?P<where>(?i:in|within|from|across|of"
    r"|outside(?: of)?|en|no|na|da|au|aux|aus|vanuit|depuis|desde|em|innerhalb(?: von)?|binnen"
    r"|a partir de))\s+(?i:(?:anywhere in|any|an?|the|the rest of|der|den|die|de|la|les|los|el"
    r"|het|heel|ganz|toute?|todo(?: el| o)?|either|all(?: of)?|(?:cualquier|qualquer) \w+ d(?:e"
    r"|el|o)|tutt[ao](?: il)?|qualsiasi \w+ in|any (?:location|place|part|city|town) (?:in|within"
    r"|of)|\d\d(?= (?:US|EU)\b)|any of|continental|contiguous|mainland)\s+){0,3}(?=[A-Z])"
)
_LIVING_WORDS = (
    *("based", "located", "elsewhere", "wherever", "resid", "living", "live", "remot", "employ"),
    *("hire", "hiring", "recruit", "candidat", "applicants", "home", "anywhere", "where you"),
    *("to work", "eligible", "countries", "country", "locations", "provinces", "states", "look"),
    *("wohnsitz", "wohnhaft", "ansässig", "résid", "domicili", "woonachtig", " wahl ", "lebst"),
    *("leben", "wohn", "habit", "viv", "ubicad", "radicad", "wonen", "woont", "anyone"),
    *(
        "everyone",
        "nur ",
        "uniquement",
        "únicamente",
        "alleen",
        "bewerber",
        "überall",
        "overal ",
        "soyez",
    ),
    *("sois", "importe où", "talento", "profesionales", "personas", "casa", "télétravail"),
    *("trabalh", "moradores", "partout", " mora", "long as", "must be", "have to be", "need to be"),
    *("done from", "performed", "lavor", "afstand", "wir stellen", "entit"),
    *("somebody", "someone", "application"),
)
_COUNTRIES_THEN = re.compile(
    r"\b(?:you|we (?:can |currently |only ){0,3}(?:hire|employ)|hiring|candidates|applicants|apply"
    r"|reside"
    r"|based|living|remotely)\b[^.:\n]{0,60}\b(?:countr(?:y|ies)|places|provinces|states|regions"
    r"|locations|one of)\b[^.:\n]{0,40}:\s*(?=(?-i:[A-Z]))",
    re.IGNORECASE,
)
""" "You may live in one of these countries: Chile, Peru"."""
_ENTITIES_IN = re.compile(
    r"\b(?i:entities in)\s+(?:the\s)?(?=[A-Z])(?=[^.\n]*\b(?:employ|hire|live|reside|based)\b)"
)
""" "We have entities in the UK and Spain and can employ you in either"."""
_ENTITIES_THEN = re.compile(
    r"\b(?i:live|reside|hire|employ|based|located|apply|you are"
    r"|you['’]re)\b[^.:\n]{0,80}\b(?i:entit(?:y"
    r"|ies))\b[^.:\n]{0,20}?[:(]\s*(?:currently\s)?(?=[A-Z])"
)
""" "Where we have an entity (UK, Spain)"."""
_COUNTRIES_LABELLED = re.compile(
    r"\W*(?i:(?:eligible|hiring|remote|supported|approved|accepted|available"
    r"|possible) (?:work )?(?:locations?|countries|regions?|states|in|for|to"
    r"|from))\s*:\s*(?=[A-Z])"
)
""" "Eligible locations: US, Canada"."""
_IN_DETAIL = re.compile(r"\s?[:(]\s?(?=[A-Z])")
_MUST = re.compile(
    r"\b(?:must|should|need|have to|required|only|debes?|deben|deberás?|imprescindible|doit|devez"
    r"|muss|müssen|musst|solltest|moet|anywhere)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:anyone|hire|hiring|employ|recruit|open to|accept\w*)\b", re.IGNORECASE)
"""Where several countries follow, it is those alone."""
_ON_CONDITION = re.compile(
    r"\b(?:if|when|for (?:those|people|candidates)|wenn|falls|si|als|should you|ideally"
    r"|prefer\w*)\b|^\W*[A-Z][\w. ]{0,20}:\s",
    re.IGNORECASE,
)
"""What one must do in one country of several: "US: you must live in Texas"."""
FOR_A_WHILE = re.compile(
    r"\b(?:days|weeks|months) (?:(?:a|per|each|every|of the) )?(?:calendar )?year\b|\b(?:tage"
    r"|wochen) im jahr\b|\bpar an\b"
    r"|\bal año\b|\bpor ano\b|\bper jaar\b|\bworkation\b",
    re.IGNORECASE,
)
_ONLY_BEHIND = re.compile(
    r"\s(?:only|uniquement|únicamente|solamente)(?=\s*(?:$|[.;\n]))", re.IGNORECASE
)
_ABOUT_US = re.compile(
    r"\b(?:customers?|clients?|offices?|markets?|users?|sell|serve|visit|travel\w*|support"
    r"|cover\w*|responsib\w+)\b",
    re.IGNORECASE,
)
_OF_US = re.compile(
    r"\b(?:we|we['’]re|our|company|firm|headquartered|customers?|clients?|founders?"
    r"|(?<!home[ -])office"
    r"|of whom|colleagues|team ?mates|users|readers)\b(?![^.\n]*\b(?:hire|hiring|employ|recruit"
    r"|remote-(?:first|only)|you|candidates|applicants|anyone|someone|look(?:ing)? for|talento"
    r"|personas)\b)[^.\n]{0,40}$",
    re.IGNORECASE,
)
"""Says where the firm is."""
_NOT_BEFORE = re.compile(
    r"\b(?:not|cannot|\w+n['’]t|unable|never|nor|no|nicht|kein\w*|pas|niet|geen)\b(?! (?:only"
    r"|just)\b)(?:(?!\b(?:can|may|will)\b)[^.:;\n]){0,60}$",
    re.IGNORECASE,
)
_EXCEPTED = re.compile(
    r"\b(?:except\w*|excluding|other than|apart from|aside from|but not)\b", re.IGNORECASE
)
""" "Anywhere, with the exception of these countries: …"."""
_NOT_BEHIND = re.compile(
    r"^[^.,;\n]{0,30}\b(?:(?:is|are|will|can|may|do|does) ?(?:not|n['’]t)|cannot)\b", re.IGNORECASE
)
_OF_PAY = re.compile(
    r"^[^.;:!?\n]{0,25}\b(?:salary|pay (?:range|band|scale)|compensation)\b", re.IGNORECASE
)
""" "For candidates in the US, the salary is …"."""
_ALSO = re.compile(
    r"\b(?:too|also|as well|auch|aussi|également|también|ook|também)\b", re.IGNORECASE
)
_ALSO_WITHIN = 12
_LOOK = 60
_ONLY_WITHIN = 25
"""Characters from the beginning of a sentence to a list that ends in "only"."""


@dataclass(frozen=True, slots=True)
class Residence:
    """What a sentence says of where one may live: where it begins in the passage, the countries,
    and whether people there are accepted."""

    start: int
    listed: Listed
    accepted: bool
    required: bool = False
    """Whether one must live there."""
    beside: bool = False
    """Whether people there are accepted beside those that the location line accepts."""


def residences(passage: Passage) -> Iterator[Residence]:
    """Where one may live and where not, as the sentences say it, in order."""
    for begin, end in passage.saying(_LIVING_WORDS):
        for match in _LIVING.finditer(passage.text, begin, end):
            residence = _residence(passage.text, begin, match)
            if residence is not None:
                yield residence
        yield from _enumerated(passage.text, begin, end)


def only_residences(passage: Passage) -> Iterator[Residence]:
    """Lists before "only" at the beginning of a sentence: "EU/UK only"."""
    for begin, end in passage.saying((" only", " uniquement", " únicamente", " solamente")):
        for match in _ONLY_BEHIND.finditer(passage.text, begin, end):
            listed = list_until(passage.text, match.start())
            if listed is not None and listed.start - begin < _ONLY_WITHIN:
                yield Residence(listed.start, listed, accepted=True, required=True)


def list_until(text: str, end: int) -> Listed | None:
    """The longest list that ends at a position: what stands before "only" or "-based"."""
    begin = max(0, end - _LOOK)
    for start in re.finditer(r"(?<![\w/&+-])(?=[A-Z])", text[begin:end]):
        listed = list_at(text, begin + start.start())
        if listed is not None and listed.end == end:
            return listed
    return None


def _residence(text: str, begin: int, match: re.Match[str]) -> Residence | None:
    """ "We cannot hire outside the EU" accepts the EU; "applicants outside the US" says nothing of
    the others, "we cannot hire elsewhere in Europe" nothing of those named before."""
    listed = list_at(text, match.end())
    before = text[max(begin, match.start() - _LOOK) : match.end()]
    if listed is None or _OF_US.search(before) or FOR_A_WHILE.search(before):
        return None
    behind = text[listed.end : listed.end + _LOOK]
    before_where = text[max(begin, match.start() - _LOOK) : match.start("where")]
    if _OF_PAY.match(behind):
        return None
    refused = bool(_NOT_BEFORE.search(before_where) or _NOT_BEHIND.match(behind))
    outside = match["where"].lower().startswith("outside")
    if (outside and not refused) or (refused and match[0].lower().startswith("elsewhere")):
        return None
    around = max(begin, match.start() - _ALSO_WITHIN), listed.end + _ALSO_WITHIN
    beside = not refused and _ALSO.search(text, *around) is not None
    alone = _MUST.search(before) or (listed.names > 1 and _OPEN.search(before))
    limited = refused or beside or _ON_CONDITION.search(text[begin : match.start()])
    return Residence(
        match.start(),
        _in_detail(text, listed),
        accepted=refused == outside,
        required=bool(alone and not limited),
        beside=beside,
    )


def _in_detail(text: str, listed: Listed) -> Listed:
    """ "Latin America: Brazil, Chile and Peru" are those three."""
    behind = _IN_DETAIL.match(text, listed.end)
    detail = list_at(text, behind.end()) if behind else None
    if detail is None or detail.names == 1 or not detail.codes < listed.codes:
        return listed
    return detail


def _enumerated(text: str, begin: int, end: int) -> Iterator[Residence]:
    """Lists behind a colon, a bracket or "entities in"."""
    for match in _ENTITIES_IN.finditer(text, begin, end):
        listed = list_at(text, match.end())
        if listed is not None and not _NOT_BEFORE.search(text[begin : match.start()]):
            yield Residence(match.start(), listed, accepted=True, required=True)
    if text.find(":", begin, end) < 0 and text.find("(", begin, end) < 0:
        return
    labelled = _COUNTRIES_LABELLED.match(text, begin, end)
    listed = list_at(text, labelled.end()) if labelled else None
    if listed is not None:
        yield Residence(begin, listed, accepted=True, required=True)
    behind = (_COUNTRIES_THEN.finditer(text, begin, end), _ENTITIES_THEN.finditer(text, begin, end))
    for match in chain(*behind):
        listed = list_at(text, match.end())
        if listed is not None and not _ABOUT_US.search(match[0]):
            accepted = not (_NOT_BEFORE.search(match[0]) or _EXCEPTED.search(match[0]))
            yield Residence(match.start(), listed, accepted, required=accepted)
