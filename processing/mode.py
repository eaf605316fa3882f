"""Onsite, hybrid or remote, as the posting says it.

The location line is the best witness ("Remote - Germany", "US Remote", "San Francisco (Hybrid)"),
then the title ("Events Manager | EMEA | Remote"), then sentences of the description that speak of
this job ("this is a fully remote role") and not of remoteness at large. A posting that offers
offices and, as an alternative, remote work is remote: its places say where the offices are.

A description says it in many ways: it names the mode, it counts days at home or in the office, it
refuses remote work, or it tells the hours on a ward, a shop floor, a building site. The plain names
go first, then days; a refusal or a place of hands-on work alone means on site.
"""

import re
from collections.abc import Iterator

from models.posting import Evidence, Given, Mode
from processing.evidence import Passage, Reading, stated

BY = "mode@3"

REMOTE = re.compile(
    r"\bremote(?:ly)?\b|\btelecommut\w+|\bwork(?:ing)? from (?:home|anywhere)\b|\bwfh\b"
    r"|\bdistributed\b"
    r"|\bhome[- ]?(?:office|based)\b|\bvirtual\b|\banywhere\b|\bworldwide\b|\bremot[oa]\b"
    r"|\btélétravail\b"
    r"|\bteletrabajo\b|\bà distance\b|\bzdaln\w+",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"\bhybride?s?\b|\bhíbrid[oa]\b", re.IGNORECASE)
_ONSITE = re.compile(r"\bon[- ]?site\b|\bin[- ]office\b|\bin[- ]person\b", re.IGNORECASE)
_TITLE_REMOTE = re.compile(
    r"[(\[|,–—-]\s*(?:100%\s*|fully\s+)?remote\b|^remote\b|\bremote\s*[)\]|]|\bremote$",
    re.IGNORECASE,
)
_NOT_THE_MODE = re.compile(
    r"remote (?:sens|support|control|monitor|access|team|diagnos|site|patient|device)\w*"
    r"|hybrid (?:cloud|infrastructure|vehicle|app|mobile|model\w*ing|architecture|environment"
    r"|search|power|electric|event)\w*|virtual (?:machine|reality|assistant|private|event)\w*"
    r"|distributed (?:system|comput|database|team|key|ledger|infrastructure|data|training|trac)\w*"
    r"|on-?site (?:interview|visit|gym|catering|cafe|parking|search|seo)\w*",
    re.IGNORECASE,
)
_NOT_FOR_A_TIME = r"(?![^.\n]{0,40}\b(?:days?|weeks?|months?)\b)"
_SAID_REMOTE = re.compile(
    r"\b(?:fully|100\s?%|completely|entirely|permanently|full)[ -]remote\b"
    r"|\bremote[- ](?:role|position|job|opportunity|first (?:role|position))\b"
    r"|\b(?:role|position|job|opportunity)\s+(?:is|can be)\s+(?:\w+\s+)?remote\b"
    rf"|\bwork(?:ing)? (?:remotely )?from anywhere\b{_NOT_FOR_A_TIME}"
    r"|\b(?:can|may|will|to) (?:\w+ )?(?:be )?(?:done|performed|carried out|work|worked|based)"
    rf" (?:\w+ )?remotely\b{_NOT_FOR_A_TIME}"
    r"|^\W*(?:location|work ?place(?: type)?|place of work|where"
    r"|work (?:mode|location|type|setting|model))\W{1,3}(?:\w+ )?remote\b"
    r"|^\W*remote(?=[,.:!]| within\b| in\b)|\bhome[- ]based (?:role|position|job)\b"
    r"|\bremote[- ]first (?:team|company|organi[sz]ation)\b|\b(?:is|be) (?:done"
    r"|performed) from home\b"
    r"|\bwork from home (?:as much|as often|when(?:ever)?|every day|full[- ]time)\b"
    r"|\b(?:télétravail|teletrabajo|remoto|homeoffice) (?:à |al )?100\s?%|\bremote anywhere\b"
    r"|\bwork(?:ing)? from home anywhere\b"
    r"|\bvollständig remote\b|\b100\s?% (?:télétravail|remoto|teletrabajo|homeoffice|zdaln\w+)"
    r"|\btélétravail (?:complet|total|à 100)|\b(?:totalmente|completamente) (?:en )?remot[oa]\b"
    r"|\bvolledig (?:remote|thuis\w*)\b",
    re.IGNORECASE,
)
_SAID_HYBRID = re.compile(
    r"\bhybrid\b(?=\s*(?:$|[:.,;)|/–—-]|work|role|position|job|schedule|model\b|policy|set-?up"
    r"|office|arrangement|from\b|in\b|\d|one\b|two\b|three\b|with\b|basis|team\b|opportunity|format"
    r"|pattern|approach))"
    r"|\bhybride\b(?! (?:cloud|antrieb|fahrzeug|infrastruktur))|\bhybrides (?:arbeit\w*|modell)"
    r"|\btravail hybride\b|\bwerkt? (?:je )?hybride\b"
    r"|\b(?:mostly|largely|mainly|predominantly|partly|partially) remote\b"
    r"|\b(?:trabajo|modelo|modalidad|formato) híbrid[oa]\b",
    re.IGNORECASE,
)
_SAID_ONSITE = re.compile(
    r"\b(?:on[- ]?site|in-office|in-person|office-based|lab-based) (?:role|position|job|only)\b"
    r"|\b(?:role|position|job|work)\s+(?:is|must be)\s+(?:\w+\s+){0,3}"
    r"(?:on[- ]?site|in[- ]office|in[- ]person|lab-based|office-based)\b"
    r"|\b(?:performed|done|carried out) (?:\w+ ){0,2}(?:on[- ]?site|in person|at our)\b"
    r"|^\W*(?:location|work ?place(?: type)?|work (?:mode|location|type|setting"
    r"|model))\b[^.\n]{1,40}"
    r"\b(?:on[- ]?site|in[- ]office|in[- ]person)\b|\bin-office (?:company|team|culture)\b"
    r"|^\W*(?:on[- ]?site|in[- ]office|in[- ]person)(?=\W{0,2}(?:$|mon\b|monday|5 days|five days))"
    r"|\b(?:on[- ]?site|in (?:the )?office|in person)\W{0,3}(?:for )?(?:5|five) days\b"
    r"|\b(?:fully|entirely|100\s?%|strictly) (?:on[- ]?site|in[- ]office|in[- ]person)\b"
    r"|\bpresence on[- ]?site\b|\bwork(?:ing)? from (?:the )?office\b(?! \w+ days?\b)"
    r"|\bwfo\b(?! (?:once|twice|thrice|\d|one|two|three))"
    r"|\b(?:clinic|hospital|school|store|shop|site|plant|warehouse|centre|center)-based"
    r" (?:role|position|job|post)\b|\bbe(?:ing)? (?:here )?in person\b(?! (?:for|at|once))"
    r"|\b(?:five|5) days (?:a|per) week (?:in|at|from) (?:the|our|an?)\b"
    r"|\b(?:einsatz|tätigkeit|arbeit|stelle)\b[^.\n]{0,40}\bvor ort\b|\bausschließlich vor ort\b"
    r"|\b(?:100\s?%|cien por cien) (?:(?:en )?présentiel|presencial(?:es)?)\b"
    r"|\b(?:trabajo|modalidad|puesto|turnos|clases|jornada|asistencia)\b[^.;\n]{0,20}"
    r"\bpresencial(?:es)?\b"
    r"|\bposte (?:en présentiel|sur site)\b|\bvolledig op (?:locatie|kantoor)\b",
    re.IGNORECASE,
)
_HOME = (
    r"(?:home[- ]?office|(?:from|at) home|zu ?hause|vanuit huis|chez (?:vous|toi)|télétravail\w*"
    r"|teletrabajo|mobile[sn]? (?:work|arbeit)\w*"
    r"|thuis(?:werken)?|remote(?:ly)?|telework\w*|wfh|distanciel)"
)
_OFFICE = (
    r"(?:office|studio|hub|hq|headquarters|on[- ]?site|in[- ]person|bürotage?|büro|bureau|kantoor"
    r"|oficina|campus|lab|siège|wfo)"
)
_FEW = (
    r"(?:[1-4]|one|two|three|four|eine?[nm]?|zwei|drei|vier|une?|deux|trois|quatre|dos|tres|cuatro"
    r"|een|één|twee|drie|einem|einen)"
)
_DAYS = re.compile(
    rf"\b{_FEW}(?:\s*(?:-|–|to|or|bis|oder|à|ou|a|o|tot|of)\s*{_FEW})? (?:[\w-]+ ){{0,2}}?"
    r"(?:[\w-]*days?|(?:büro|homeoffice-?)?tagen?|(?:büro)?tage?|jours?|j(?=/)|días?|dag(?:en)?)\b",
    re.IGNORECASE,
)
_SHARE_AT_HOME = re.compile(
    rf"\b[2-8]\d\s?% (?:\w+ )?{_HOME}\b|\b(?:split|divid|balanc|mix)\w*\b[^.\n]{{0,30}}"
    rf"\b(?:home|remote)\b[^.\n]{{0,30}}\b{_OFFICE}\b",
    re.IGNORECASE,
)
_AT_OFFICE = re.compile(rf"\b(?:in|at|from|to)\s+(?:\w+\s+){{0,3}}{_OFFICE}\b", re.IGNORECASE)
_WEEK = re.compile(
    r"\b(?:a|per|each|every|the|pro|par|der|die|por|la) ?(?:week|woche|semaine|semana)\b"
    r"|/ ?(?:week|woche|semaine|semana)\b|\bother days\b|\bweekly\b|\bwöchentlich\b|\bat home\b"
    r"|\bfrom home\b|\bzu ?hause\b|\bvanuit huis\b|\b(?:remainder|the rest|rest of the)\b"
    r"|\bfortnight\b|\b(?:mon|diens|donners|frei)tags\b|\bmittwochs\b",
    re.IGNORECASE,
)
_WEEKDAYS = re.compile(r"\b(?:mon|tues|wednes|thurs|fri)days\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri)days?\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:(?:from|at) home|where(?:ver)? you (?:like|want|prefer|choose|spend)|remotely)\b", re.I
)
"""What the other weekdays are for."""
_HALF_AT_HOME = re.compile(
    rf"\b(?:half|hälfte|moitié|mitad|helft)\b[^.\n]{{0,60}}\b{_HOME}\b"
    rf"|\b{_HOME}\b[^.\n]{{0,60}}\b(?:half|hälfte|moitié|mitad|helft)\b",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    r"\b(?:wfo|wfh|office|remote(?:ly)?) (?:once|twice|thrice)\b|\b(?:once|twice|thrice) (?:a|per"
    r"|every)"
    r" week\b",
    re.IGNORECASE,
)
_HANDS_ON = (
    r"(?:(?:shop )?floor|ward|kitchen|unit|(?:job ?|building |construction )?site|mill|plant"
    r"|factory|shop|store|centre|center|school|clinic|hospital|surgery|warehouse|workshop|brewery"
    r"|bakery|restaurant|salon|depot|yard|nursery|classroom|garage|hotel|practice|theatre|barn)"
)
_AT_WORKPLACE = re.compile(
    rf"\b(?:on|in|at) (?:the|our) (?:[\w-]+ )?{_HANDS_ON}\b|\bon (?:the )?site\b"
    r"|\b(?:in (?:der|unserer) (?:küche|werkstatt|klinik|praxis|filiale|werkhalle)"
    r"|auf (?:der|unserer) (?:baustelle|station)|im (?:werk|lager|laden|betrieb)"
    r"|in de (?:keuken|winkel|werkplaats|zaak|fabriek)|op (?:school|de werkvloer|de bouwplaats)"
    r"|en (?:atelier|cuisine|magasin|boutique|salle|usine)|sur (?:le )?chantier"
    r"|en (?:tienda|cocina|planta|taller|sala|obra|el aula))\b",
    re.IGNORECASE,
)
_WORKING_TIME = re.compile(
    r"\b(?:full[- ]time|part[- ]time|\d+(?:\.\d)? ?h(?:ou)?rs?|shifts?|hours a (?:day|week)"
    r"|five dinner services|all work|vollzeit|teilzeit|schicht\w*|lessen geef|werken doe|temps"
    r" (?:plein|partiel)|jornada|turnos?|voltijds?|deeltijds?)\b",
    re.IGNORECASE,
)
"""Hours that are told together with the workplace are worked there."""
_WORKPLACE_WORDS = (
    *("floor", "ward", "kitchen", "unit", "site", "mill", "plant", "factory", "shop", "store"),
    *("centre", "center", "school", "clinic", "hospital", "surgery", "warehouse", "brewery"),
    *("bakery", "restaurant", "salon", "depot", "yard", "nursery", "classroom", "garage", "hotel"),
    *("practice", "theatre", "barn", "küche", "werk", "klinik", "praxis", "filiale", "baustelle"),
    *("station", "lager", "laden", "betrieb", "keuken", "winkel", "zaak", "fabriek", "bouwplaats"),
    *("atelier", "cuisine", "magasin", "boutique", "salle", "usine", "chantier", "tienda"),
    *("cocina", "planta", "taller", "sala", "obra", "aula"),
)
_PLACE_OF_WORK = re.compile(rf"\b(?:{_HOME}|{_OFFICE})\b", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:not|no|never|cannot|\w+n['’]t|kein\w*|nicht|pas de|sin|geen)\b[^.;\n]{0,30}?"
    r"\b(?:remote(?:ly)?|telework|wfh|home[- ]?office|télétravail|teletrabajo|mobil\w+ arbeit\w*"
    r"|work(?:ing)? from home)\b"
    r"|\b(?:remote(?: work\w*)?|telework\w*|home[- ]?office|mobil\w+ arbeit\w*|télétravail"
    r"|teletrabajo|work(?:ing)? from home)\b\W{0,3}[^.;\n]{0,40}?"
    r"\b(?:not|none|no|nicht|pas|never|(?:is|are|ca|wo)n['’]t)\b(?! an? (?:issue|problem))",
    re.IGNORECASE,
)
_REMOTE_WORDS = (
    *("remot", "anywhere", "télétravail", "teletrabajo", "homeoffice", "thuis", "from home"),
    *("home-based", "home based"),
)
_HYBRID_WORDS = ("hybrid", "híbrid", "ly remote")
_ONSITE_WORDS = (
    *("onsite", "on-site", "on site", "in-office", "in office", "in-person", "in person", "-based"),
    *("wfo", "from office", "from the office", "5 days", "five days", "vor ort", "présentiel"),
    *("office 5", "office five"),
    *("presencial", "sur site", "op locatie", "op kantoor", "at our"),
)
_PLACE_WORDS = (
    *("home", "télétravail", "teletrabajo", "mobile", "thuis", "remote", "telework", "wfh", "hq"),
    *("distanciel", "office", "studio", "hub", "headquarters", "onsite", "on-site", "on site"),
    *("zuhause", "zu hause", "vanuit huis", "chez ", "siège", "lab", "wfo", "wfh", "choose"),
    *("in-person", "in person", "büro", "bureau", "kantoor", "oficina", "campus"),
)
"""One of them stands in whatever the pattern of that mode, or of a place of work, matches."""
_REFUSED_WORDS = (
    *("remote", "telework", "wfh", "home", "télétravail", "teletrabajo", "mobile", "from home"),
)
_DAY_WORDS = (
    *("day", "tag", "jour", "día", "dag", " j/", "%", "split", "divid", "balanc", "mix", "half"),
    *("hälfte", "moitié", "mitad", "helft", "once", "twice", "thrice"),
)
_NAMES = (
    (_SAID_REMOTE, _REMOTE_WORDS, Mode.REMOTE),
    (_SAID_HYBRID, _HYBRID_WORDS, Mode.HYBRID),
    (_SAID_ONSITE, _ONSITE_WORDS, Mode.ONSITE),
)
_NEGATED = re.compile(
    r"\b(?:not|no|cannot|\w+n['’]t|never|non|nor|without|nicht|kein\w*)\b[^.:;\n]{0,30}$"
    r"|\b(?:those|anyone|people) (?:who )?(?:want|seek|need|prefer|expect"
    r"|look)\w*\b[^.:;\n]{0,20}$",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(
    r"^[^.;\n]{0,30}\b(?:is|are|not|ist)\s+(?:not|currently not|un|nicht|bei[^.]{0,30}nicht)\s*"
    r"(?:available|possible|offered|considered|eligible|möglich)",
    re.IGNORECASE,
)

Found = tuple[Mode, Evidence] | None


def mode(given: Given, reading: Reading) -> Found:
    """The mode of work and where it is said; None where nothing says it."""
    if given.mode is not None:
        return given.mode, stated(given, "mode").whole("given@1")
    return (
        _in_location(reading.location)
        or _in_title(reading.title)
        or _in_description(reading.description)
    )


def _in_location(passage: Passage) -> Found:
    for pattern, found in ((REMOTE, Mode.REMOTE), (_HYBRID, Mode.HYBRID), (_ONSITE, Mode.ONSITE)):
        match = pattern.search(passage.text)
        if match:
            return found, passage.evidence(match.start(), match.end(), BY)
    return None


def _in_title(passage: Passage) -> Found:
    for pattern, found in (
        (_TITLE_REMOTE, Mode.REMOTE),
        (_HYBRID, Mode.HYBRID),
        (_ONSITE, Mode.ONSITE),
    ):
        for match in pattern.finditer(passage.text):
            if not _another_thing(passage.text, match):
                return found, passage.evidence(match.start(), match.end(), BY)
    return None


def _in_description(passage: Passage) -> Found:
    """The first sentence that names the mode of this job, else one that counts days, else one that
    refuses remote work, else one that tells where the hours are worked."""
    return _named(passage) or _by_days(passage) or _refused(passage) or _hands_on(passage)


def _named(passage: Passage) -> Found:
    stated_modes = []
    for pattern, words, found in _NAMES:
        for start, end in passage.saying(words):
            match = next(affirmed(pattern, passage.text[start:end]), None)
            if match is not None:
                stated_modes.append((start + match.start(), start + match.end(), found))
                break
    if not stated_modes:
        return None
    start, end, first = min(stated_modes)
    return first, passage.evidence(start, end, BY)


def _by_days(passage: Passage) -> Found:
    for start, end in passage.saying(_PLACE_WORDS):
        if _splits_the_week(passage.text[start:end]):
            return Mode.HYBRID, passage.evidence(start, end, BY)
    return None


def _refused(passage: Passage) -> Found:
    for start, end in passage.saying(_REFUSED_WORDS):
        said = passage.text[start:end]
        match = _REFUSED.search(said)
        if match is not None and not _another_thing(said, match):
            return Mode.ONSITE, passage.evidence(start, end, BY)
    return None


def _hands_on(passage: Passage) -> Found:
    for start, end in passage.saying(_WORKPLACE_WORDS):
        said = passage.text[start:end]
        if _WORKING_TIME.search(said) and _AT_WORKPLACE.search(said):
            return Mode.ONSITE, passage.evidence(start, end, BY)
    return None


def _splits_the_week(sentence: str) -> bool:
    """Whether some days of the week are for the office or for home: "two days a week from home"."""
    lowered = sentence.lower()
    if not any(word in lowered for word in _DAY_WORDS):
        return False
    if _WEEKDAY.search(sentence) and _ELSEWHERE.search(sentence):
        return "hour" not in lowered and "interview" not in lowered
    place = _PLACE_OF_WORK.search(sentence)
    if place is None or _another_thing(sentence, place):
        return False
    if _SHARE_AT_HOME.search(sentence) or _HALF_AT_HOME.search(sentence):
        return True
    if _OFTEN.search(sentence) and _NEGATED_AFTER.match(sentence[place.end() :]) is None:
        return True
    if _DAYS.search(sentence) and _WEEK.search(sentence):
        return _NEGATED_AFTER.match(sentence[place.end() :]) is None
    if _WEEKDAYS.search(sentence) is None or "interview" in lowered:
        return False
    return _AT_OFFICE.search(sentence) is not None


def affirmed(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches that are not negated: "this is not a remote role" says no such thing."""
    for match in pattern.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        after = text[match.end() : match.end() + 60]
        negated = _NEGATED.search(before) or _NEGATED_AFTER.match(after)
        if not negated and not _another_thing(text, match):
            yield match


def _another_thing(text: str, match: re.Match[str]) -> bool:
    """Whether the word belongs to "hybrid cloud", "distributed systems" and the like."""
    return any(
        other.start() < match.end() and match.start() < other.end()
        for other in _NOT_THE_MODE.finditer(text, max(0, match.start() - 5), match.end() + 30)
    )
