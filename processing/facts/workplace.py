"""Where the hours of a job are worked, as the clauses of an advert say it, in six languages.

A clause that decides it speaks of home ("remotely", "Telearbeit", "desde donde quieras") or of a
workplace ("in the office", "vor Ort", "on our wards") and says how much of the time: all of it,
some of it or none of it. All at home is remote, all at a workplace or none at home is on site, some
at either is hybrid. Where no amount is told, it must be the job that is spoken of: "the role is
remote", "Location: on site", "work from wherever you like".

What decides nothing: a question, what other teams do, days on the road, a mere possibility ("Home
office possible"), a time that ends ("remote until you are trained", "two weeks a year"), interviews
and customers, and words that only look like it ("remote sensing", "hybrid cloud"). All patterns are
for text in small letters.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from itertools import islice
from typing import NamedTuple

from models.posting import Mode
from processing.facts.workplace_words import (
    ALL,
    ALL_DAYS,
    ANOTHER_THING,
    FEW,
    FIVE_DAYS,
    HANDS_ON_THERE,
    HOME,
    HOME_MARKS,
    HOMES_OF_OTHERS,
    IS,
    LABEL,
    NOT,
    OFFICE,
    OFFICE_MARKS,
    PRESENT,
    ROLE,
    ROLE_NOUN,
    WHERE_LIKED,
    WORK,
)


class Weight(IntEnum):
    """How much a statement says of this very job: the heavier one goes before the lighter."""

    HANDS_ON = 0
    """Hours are told on a ward, a shop floor, a building site."""
    FIRM = 1
    """A habit of the whole firm: "a remote-first company"."""
    REFUSED = 2
    """No remote work."""
    SHARED = 3
    """Some days, or a share of the time."""
    NAMED = 4
    """ "This is a fully remote role"."""


class Statement(NamedTuple):
    """A mode of work, and [start, end) of the text that says it."""

    mode: Mode
    weight: Weight
    start: int
    end: int


_CLAUSE = re.compile(
    r"[;!?\n]|:(?=\s)|\.(?=\s|$)|\s[–—-]\s(?!\w*(?:day|tag)s?\b|\d|(?:fri|sat|sun)\b)"
    r"|,\s(?=(?:this|the) (?:role|job|position|post)\b)"
    r"|,?\s\b(?:but|although|though|aber|jedoch|mais|pero|maar|otherwise|because)\b"
    r"|,?\s(?=(?:and )?then\b|danach\b|dann\b|puis\b|luego\b|daarna\b|poi\b)"
)
_HEADING_MAX = 30
"""Characters before a colon that belong to what follows: "Office attendance: two days"."""
_LABELLED = re.compile(rf"^\W*{LABEL}(?:\s*[:|(–—-]\s*|\s+(?=remote|hybrid|on-?site))")
_YES_OR_NO = re.compile(
    r"^\W*(?:remote(?: work(?:ing)?| option)?|home ?office|télétravail|teletrabajo|thuiswerken"
    r"|smart working)\W{1,4}(?P<answer>yes|ja|oui|sí|si|no|none|nein|non|nee|n/a)\b"
)
_HOME = re.compile(rf"\b{HOME}(?!\w)")
_OFFICE = re.compile(rf"\b{OFFICE}(?!\w)")
_PRESENT = re.compile(rf"\b{PRESENT}(?!\w)")
_HANDS_ON = re.compile(rf"\b{HANDS_ON_THERE}(?!\w)")
_OTHER = re.compile(ANOTHER_THING)
_HOMES_OF_OTHERS = re.compile(HOMES_OF_OTHERS)
_HOMES = ("home", "hause", "thuis", "domicil", "casa")
_LED_BEFORE = re.compile(r"\b(?:manag|lead|supervis|coordinat)(?:e|es|ing|s)? (?:an? |our |the )?$")
_NOT_BEFORE = re.compile(rf"{NOT}(?:(?!\b(?:can|may|will|you)\b)[^.:;,\n]){{0,40}}$")
_NOT_AFTER = re.compile(rf"^[^.,;(\n]{{0,45}}?{NOT}(?! (?:(?:an?|ein|un|een) )?(?:issue|problem))")
_WISHED = re.compile(
    r"\b(?:those|anyone|people|candidates) (?:who )?(?:want|seek|need|prefer|expect|look)\w*\b"
)
_ALL_BEFORE = re.compile(
    rf"\b{ALL}[ -](?:(?:work(?:ing)?|flexible|permanently|im|en|de|da|in|aus dem|distributed) )?$"
)
_ALL_AFTER = re.compile(
    r"^[ ,:(-]{0,3}(?:(?:à|zu|al|op|w|at|auf) )?(?:100 ?%|full[- ]time\b|complet[oa]?\b|total\b"
    r"|intégral|exclusively\b|only\b|as (?:much|often) as|when(?:ever)? you|all the time\b)"
)
_EVERY_DAY = re.compile(rf"\b{ALL_DAYS}(?!\w)")
_FIVE_DAYS = re.compile(rf"\b{FIVE_DAYS}(?!\w)")
_ALL_WORK = re.compile(
    r"\b(?:all|every|alle|toutes?|tous|todos|todas|tutt[ei])\b (?:of )?(?:(?:the|our|your|die|les"
    r"|las?|los?|le|gli|de) )?(?:work|duties|shifts?|hours|days|lessons?|sessions|tasks|them"
    r"|classes"
    r"|schichten|aufgaben|tâches|missions|turnos|tareas|clases|turni|diensten|lessen)\b"
)
_ALL_FIVE = re.compile(r"\ball five days (?:are|is|will be)\b")
_PARTLY = re.compile(
    r"\b(?:mostly|largely|mainly|predominantly|partly|partially|primarily|teilweise|überwiegend"
    r"|anteilig\w*|en partie|partiellement|partiel|parcial\w*|in parte|parziale|deels|gedeeltelijk"
    r"|częściowo|half|hälfte|moitié|mitad|metà|helft|split|combin\w+|mix\w* (?:of|aus|de|van)"
    r"|alternat\w+"
    r"|some of (?:the|your) (?:week|time)|some days|part of (?:the|your) (?:week|time)"
    r"|(?:the )?other days|(?:two|three|four|[2-4]) times (?:weekly|(?:a|per|each|every) week)"
    r"|tageweise|(?:once|twice|thrice) (?:a|per|each) (?:week|fortnight)|thrice"
    r"|(?:ein|zwei|drei)mal (?:pro|die|in der) woche)\b"
    r"|\b[1-9]\d ?(?:%|prozent|percent|per cent|por ciento|procent)"
)
_DAYS = re.compile(
    rf"\b{FEW}(?:\s*(?:-|–|/|to|or|bis|oder|à|ou|a|o|tot|of)\s*{FEW})? (?:[\w-]+ ){{0,2}}?"
    r"(?:[\w-]*days?|(?:büro|homeoffice-?|präsenz)?tage?n?|jours?|journées?|j(?=/)|días?|giorn[oi]"
    r"|dag(?:en)?|dni)\b|\b\d ?(?:days?|j|jours?|d|t) ?/ ?(?:week|wk|semaine|woche|semana)\b"
    rf"|\b{FEW} (?:can|may) be (?:done|worked)\b"
    rf"|\b{FEW} (?:out )?of (?:the |your |every )?(?:five|six|ten|[5-9]|10)\b"
)
_NEAR = 30
_LOOK = 80
_PLACES_MAX = 4
"""Of one clause: a hostile text has hundreds."""
_WEEK = re.compile(
    r"\b(?:a|per|each|every|the|pro|je|par|der|die|por|a la|la|alla|in de|w) ?"
    r"(?:week|woche|semaine|semana|settimana|tygodni\w+)\b|/ ?(?:week|wk|woche|semaine|semana)\b"
    r"|\bweekly\b|\bwöchentlich\b|\bhebdomadaires?\b|\bsemanales?\b|\bsettimanal[ei]\b"
    r"|\bfortnight\b"
    r"|\bother days\b|\b(?:the|der|le|el|il|de) (?:remainder|rest|reste|resto)\b|\brest of the\b"
)
_NO_SHARED_WEEK = re.compile(
    r"\b(?:holidays?|vacation|annual leave|days['’]? leave|days off|urlaub\w*|repos|congés?|rtt"
    r"|vacaciones|ferie|verlof|vakantie|volunteer\w*|notice|trial|sick|a year|per year|per annum"
    r"|(?:a|per|each|every) (?:month|quarter)|im (?:monat|jahr|quartal)|par (?:an|mois)|al (?:año"
    r"|mes)"
    r"|per (?:maand|jaar)|quarterly|offsites?|travel\w*|within|innerhalb|probetag\w*)\b"
)
_DAYS_A_MONTH = re.compile(
    r"\b(?:[4-9]|1[0-6]|four|five|six|eight|ten|twelve) (?:[\w-]+ )?"
    r"days (?:a|per|each|every) month\b"
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri)(?:days?)?\b|\b(?:diens|donners|frei"
    r"|mon)tags?\b"
    r"|\bmittwochs?\b|\b(?:lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miércoles|jueves"
    r"|viernes"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|maandag|dinsdag|woensdag|donderdag|vrijdag)s?\b"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_RANGE = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s?(?:-|–|to|thru|through|until|till)\s?"
    r"(mon|tue|wed|thu|fri|sat|sun)"
)
_ELSEWHERE = re.compile(
    r"\b(?:where(?:ver)? (?:you|suits)|anywhere|(?:from )?wherever|on the others?|kitchen table)\b"
)
"""Of the other days: where they are worked."""
_CHOICE = re.compile(
    r"\b(?:you (?:can |to )?(?:pick|choose|decide)|up to you|your (?:own )?(?:choice|call)"
    r"|whichever you|as you (?:like|prefer|please)|you(?:['’]re| are) free to)\b"
)
_DECIDES_NOTHING = re.compile(
    r"\b(?:(?:let|help|enable|allow|empower)s? (?:\w+ )?(?:people|teams|users|customers|clients"
    r"|companies|workers|businesses)|lunch(?:es)?|meals?|breakfast|snacks|fruit|walk|interview\w*"
    r"|vorstellungsgespräch\w*"
    r"|entretien|entrevistas?|colloqui\w*|gesprek"
    r"|onboarding"
    r"|training|induction|einarbeitung\w*|first (?:week|month|few|two|three|day)|for the first"
    r"|prior|previous\w*|(?:experience|erfahrung|expérience|experiencia|ervaring) (?:\w+ ){0,2}?"
    r"(?:work\w*|with|in|of|mit|avec|en|con|met)|(?:customers|clients|patients|students|users) who"
    r"|weeks? (?:a|per"
    r"|each) year|months? (?:a|per) year|wochen im jahr|semaines par an|semanas al año|weken per"
    r" jaar"
    r"|until|bis zur|jusqu['’]au|jusqu['’]à (?:la|ce|fin)|hasta que|finché|tot je|during|während"
    r"|pendant|durante|tijdens"
    r"|on occasion|depend\w* (?:up)?on (?:the |your )?(?:role|team|position|job)"
    r"|je nach (?:stelle|rolle|position|team)|selon (?:le )?poste|según (?:el )?puesto"
    r"|afhankelijk van (?:de )?(?:functie|rol)"
    r"|occasionally|occasional (?:remote|home|work)|gelegentlich\w*|occasionnel\w*|ocasional\w*"
    r"|af en toe|sometimes"
    r"|from time to time|now and then|if needed|when needed|bad weather|temporar\w*|abroad"
    r"|ausland|étranger|extranjero|buitenland)\b"
)
_OF_OTHERS = re.compile(
    r"(?:_{5,}|\b(?:corporate|other|some|many|certain|several|various)) (?:of (?:our|the) )?"
    r"(?:teams?|roles|staff|colleagues|positions|employees|functions|jobs|departments)\b"
    r"|^\W*(?:your|our|ihre|deine|unsere|vos|tes|tus|je) (?:colleagues|kolleg\w+|collègues"
    r"|compañeros|collega['’]?s) (?:in|at|aus|à|de|en)\b"
    r"|\b(?:some|many|several) of (?:our|us|them)\b"
    r"|\b(?:andere|einige|manche) (?:teams?|stellen|kollegen|positionen|abteilungen)\b"
    r"|\b(?:autres|certain[es]+) (?:postes|équipes|collègues|services)\b"
    r"|\b(?:otros|algunos|otras|algunas) (?:puestos|equipos|compañeros|áreas)\b"
    r"|\b(?:andere|sommige) (?:functies|collega['’]?s|afdelingen)\b"
)
"""Whose habits say nothing of this job; "head office" is masked before."""
_ROAMS = re.compile(
    r"\b(?:you(?:['’]ll| will)?|sie|du|je|vous|tu) (?:\w+ )?(?:visit|drive|travel|call on|besuch\w+"
    r"|bereis\w+|betreu\w+|bezoek\w*|visite\w*|rend(?:ez|s) visite)\b|\bvisitar(?:ás|á)\b"
)
_WHOLE_JOB = re.compile(rf"\b(?:{ROLE_NOUN}|{ALL})(?!\w)")
"""Who visits customers and writes to them at home has no remote job for that, unless it is called
one."""
_PAST = re.compile(r"\b(?:after|once|following|nach|après|tras|dopo|na)\b[^,.;]{0,30}$")
_POSSIBLE = re.compile(
    r"\b(?:possib\w+|möglich\w*|optiona?l?|options|flexib\w*|mogelijk|posibilidad|posible"
    r"|possibilità|możliw\w+|considered|negotiable|nach absprache|nach vereinbarung|available)\b"
    r"|[- ]friendly\b"
)
_OF_ROLE_BEFORE = re.compile(
    rf"\b{ROLE}\b[^.;\n]{{0,45}}?\b{IS} (?:[\w,%-]+ ){{0,4}}$"
    rf"|\b(?:{ROLE_NOUN}|travail|trabajo|lavoro|arbeit|tätigkeit|attività|modalidad"
    rf"|modalità) (?:(?:en|in|de|da) )?$"
    r"|\b(?:you(?:['’]ll| will)? be|you(?:['’]re| are)|we(?:['’]re| are)|everyone is|this"
    r" is) (?:an? )?$"
)
_OF_ROLE_AFTER = re.compile(rf"^[- ](?:first )?(?:{ROLE_NOUN}|employee|basis|only)\b")
_ALONE_AFTER = re.compile(
    r"^\W*$|^ ?[,(|/]|^ (?:–|-) |^ ok\b| (?:with)?in\b| from\b| across\b| anywhere\b"
    r"| worldwide\b| mon"
)
_ALONE_BEFORE = re.compile(r"^\W*$|\b(?:time|permanent|contract|freelance)\W{1,3}$")
_ALONE = re.compile(r"(?:remote|home[- ]based|(?:en |da )?remoto)$")
_WORKED_BEFORE = re.compile(
    rf"\b{WORK} (?:(?:je|u|du|sie|vous|tu|\w+ly|100 ?%|bei uns|meist|volledig) )?(?:[\w-]+ )?$"
)
_WORKED_AFTER = re.compile(rf"^ (?:[\w-]+ )?{WORK}\b")
_FREELY = re.compile(rf"\b{WHERE_LIKED}(?!\w)")
_OF_FIRM = re.compile(
    r"\b(?:we|we['’]re|our|company|firm|team|wir|unser\w*|nous|notre|sommes|nosotros|somos"
    r"|nuestr\w+"
    r"|wij|onze|noi|siamo|nostr\w+)\b"
)
_OF_JOB = re.compile(
    rf"\b(?:you\w*|you['’]\w+|this|candidates?|employees?|{ROLE}|du|sie|vous|tu|je|ihr|usted|kannst"
    r"|puedes|podrás|puoi|potrai|whoever|everyone|everybody)\b"
    r"|\b(?:travaillons|trabajamos|lavoriamo|wir arbeiten|we (?:all )?(?:work|hire))\b"
)
_MUST_BE = re.compile(
    r"\b(?:must|need to|have to|has to|required to|expected to|be able to|willing to|no way a?round"
    r"|no getting around) (?:[\w-]+ ){0,2}?(?:be|being|work|working|attend)\b(?: [\w-]+){0,2} $"
)
_BOUND = re.compile(
    r"\b(?:(?:demand|require|need|expect)s? (?:[\w-]+ ){0,2}?(?:on-?site|in-office|in-person"
    r"|physical)"
    r" (?:presence|attendance)|commute to (?:the|our) (?:\w+ )?(?:office|site) (?:daily|every day)"
    r"|presence (?:on[- ]?site|is (?:required|needed|expected|essential)|required)"
    r"|(?:präsenz|anwesenheit)s?(?:pflicht|stelle|tätigkeit)"
    r"|(?:präsenz|anwesenheit) (?:ist )?(?:erforderlich"
    r"|notwendig|nötig|vor ort)|présence (?:sur site |au bureau )?(?:obligatoire|requise|exigée)"
    r"|presencia (?:\w+ )?(?:requerida|obligatoria|necesaria)|aanwezigheid (?:is )?(?:vereist"
    r"|nodig)"
    r"|presenza (?:richiesta|obbligatoria)|(?:tied|bound) to (?:the|our|a) (?!visa)|gebonden"
    r" aan (?:de"
    r"|het|onze)|means presence|fifo (?:ex|roster|role|position|work)|fly[- ]in,? fly[- ]out|(?:be"
    r"|being) (?:here|in [\w-]+) (?:daily"
    r"|every day)|work(?:ing)? from (?:the |our )?office)\b"
)
_THEN_OFFICE = re.compile(
    r"^(?:and )?(?:then|danach|dann|puis|luego|daarna|poi)\b[^.;\n]{0,25}?\b(?:office|on-?site|büro"
    r"|vor ort|bureau|sur site|oficina|kantoor|ufficio|in person)\b"
)
_FIRM_REMOTE = re.compile(
    r"\bremote[- ](?:first|only)\b|\b(?:globally|fully|completely|entirely|100 ?%) distributed\b"
    r"|\bwe(?:['’]re| are) (?:a )?distributed\b|\b(?:we|there|company) (?:have|has|is|are) no"
    r" (?:\w+ )?offices?\b|\bwe don['’]t have (?:an )?offices?\b|\bwithout an office\b"
    r"|\b(?:wir haben|gibt es) keine? büros?\b|\bpas de bureaux?\b|\bhebben geen kantoor\b"
    r"|\bno tenemos oficinas?\b|\bnon abbiamo (?:un )?uffici\w?\b"
)
_FIRM_ONSITE = re.compile(r"\b(?:office|desk)[- ]first\b|\bin[- ]office (?:company|team|culture)\b")
_HYBRID = re.compile(
    r"\bhybrid\b(?=\s*(?:$|[:.,;)|/–—-]|work|remote\b|role|position|job|schedule|model\b|policy|set-?up"
    r"|office|arrangement|from\b|in\b|\d|one\b|two\b|three\b|with\b|basis|team\b|opportunity|format"
    r"|pattern|approach|and\b|flexib|mode\b|möglich|arbeit|way))"
    r"|\bhybrid(?:es? arbeit|arbeit|modell|es modell)\w*|\bhybride[sn]?\b(?! (?:cloud|antrieb"
    r"|fahrzeug|infrastruktur|oplossing|motor|auto))"
    r"|\bhíbrid[oa]s?\b(?! (?:vehículo|motor|coche))|\bibrid[oa]\b|\bhybrydow\w+"
)
_WORKING_TIME = re.compile(
    r"\b(?:full[- ]time|part[- ]time|\d+(?:[.,]\d)? ?(?:h(?:ou)?rs?|uur|stunden|std|heures|horas)"
    r"|shifts?|hours a (?:day|week)"
    r"|five dinner services|all work|vollzeit|teilzeit|schicht\w*|lessen geef|werken doe|temps"
    r" (?:plein|partiel)|jornada|turnos?|voltijds?|deeltijds?|ploegen)\b"
)
"""Hours that are told together with the workplace are worked there."""
_YEARS = re.compile(r"\b(?:years?|yrs|jahre?n?|ans|années|años?|jaar|anni|lat)\b")
"""Of experience: those were worked elsewhere."""

_HYBRID_MARKS = ("hybrid", "híbrid", "ibrid", "hybryd")

_Found = tuple[Mode, Weight] | None


def statements(text: str, start: int) -> Iterator[Statement]:
    """What one sentence says of the place of work: `text` in small letters, which begins at
    `start` of its passage."""
    answered = _YES_OR_NO.match(text)
    if answered:
        yes = answered["answer"] in ("yes", "ja", "oui", "sí", "si")
        found = (Mode.REMOTE, Weight.NAMED) if yes else (Mode.ONSITE, Weight.REFUSED)
        yield Statement(*found, start, start + answered.end())
        return
    if _is_free_choice(text):
        yield Statement(Mode.REMOTE, Weight.NAMED, start, start + len(text))
        return
    labelled = _LABELLED.match(text)
    at = labelled.end() if labelled else 0
    for begin, end in _clauses(text, at):
        clause = _OTHER.sub(_masked, text[begin:end])
        is_labelled = labelled is not None and begin == at
        decided = _of_clause(clause, is_labelled)
        if decided is not None and _has(_HOMES, clause):
            decided = _of_clause(_HOMES_OF_OTHERS.sub(_masked, clause), is_labelled)
        if decided is not None and not _of_others_or_the_road(clause):
            yield Statement(*decided, start + begin, start + end)


def hours_at_workplace(text: str, start: int) -> Iterator[Statement]:
    """What a sentence says that tells the hours of a job together with a place of hands-on work."""
    if _WORKING_TIME.search(text) and _HANDS_ON.search(text) and not _YEARS.search(text):
        yield Statement(Mode.ONSITE, Weight.HANDS_ON, start, start + len(text))


def _is_free_choice(text: str) -> bool:
    """Home or office as one likes, and not for some days only."""
    if "home" not in text or "office" not in text or _CHOICE.search(text) is None:
        return False
    return not (_DAYS.search(text) or _WEEKDAY.search(text) or _DECIDES_NOTHING.search(text))


def _masked(match: re.Match[str]) -> str:
    return "_" * len(match[0])


def _clauses(text: str, at: int) -> Iterator[tuple[int, int]]:
    for match in (*_CLAUSE.finditer(text, at), None):
        end = len(text) if match is None else match.start()
        if match is not None and match[0] == ":" and end - at < _HEADING_MAX:
            continue
        said = text[at:end]
        asked = match is not None and match[0] == "?"
        if said.strip() and not asked:
            yield at + len(said) - len(said.lstrip()), at + len(said.rstrip())
        at = end if match is None else match.end()


def _of_clause(clause: str, labelled: bool) -> _Found:
    """The mode that a clause decides, in the order in which one thing it says outdoes another."""
    home = _HOME.search(clause) if _has(HOME_MARKS, clause) else None
    office = _OFFICE.search(clause) if _has(OFFICE_MARKS, clause) else None
    hybrid = _HYBRID.search(clause) if _has(_HYBRID_MARKS, clause) else None
    if not (home or office or hybrid):
        found = _all_at_workplace(clause, None, labelled) or _habit_of_firm(clause)
        return None if found and _decides_nothing(clause) else found
    if _decides_nothing(clause):
        return None
    if hybrid is not None:
        before = clause[: hybrid.start()]
        another = _NOT_BEFORE.search(before) or _LED_BEFORE.search(before)
        return None if another else (Mode.HYBRID, _weight(clause, Weight.SHARED))
    return (
        (_refused(clause, home) if home else None)
        or _shared(clause, home, office)
        or (_all_at_home(clause, home, labelled) if home else None)
        or _all_at_workplace(clause, office, labelled)
        or _habit_of_firm(clause)
    )


def _has(marks: tuple[str, ...], clause: str) -> bool:
    return any(mark in clause for mark in marks)


def _decides_nothing(clause: str) -> bool:
    """Whether it is about interviews, customers, a time that ends: "after training" is over."""
    return any(
        _PAST.search(clause[: match.start()]) is None for match in _DECIDES_NOTHING.finditer(clause)
    )


def _of_others_or_the_road(clause: str) -> bool:
    """Whether other teams are spoken of, or a job on the road."""
    if _OF_OTHERS.search(clause):
        return True
    return _ROAMS.search(clause) is not None and _WHOLE_JOB.search(clause) is None


def _weight(clause: str, of_firm: Weight = Weight.FIRM) -> Weight:
    """Of a statement without an amount: what is said of the firm alone is less."""
    return of_firm if _OF_FIRM.search(clause) and not _OF_JOB.search(clause) else Weight.NAMED


def _refused(clause: str, home: re.Match[str]) -> _Found:
    """Home is ruled out: on site. Where only *all* at home is, some of it may be left."""
    if _FREELY.match(clause, home.start()):
        return None
    before, after = _around(clause, home)
    wished = _WISHED.search(before)
    if wished or _NOT_AFTER.match(after):
        return Mode.ONSITE, Weight.REFUSED
    if _NOT_BEFORE.search(before):
        share = Mode.HYBRID if _ALL_BEFORE.search(before) else Mode.ONSITE
        return share, Weight.REFUSED
    return None


def _shared(clause: str, home: re.Match[str] | None, office: re.Match[str] | None) -> _Found:
    """Some of the time here, some there: hybrid."""
    place = office or home
    if office and "month" in clause and _DAYS_A_MONTH.search(clause):
        return Mode.HYBRID, Weight.SHARED
    if place is None or _NO_SHARED_WEEK.search(clause) or _covers_the_week(clause):
        return None
    days, weekdays = _DAYS.search(clause), len(_WEEKDAY.findall(clause))
    if office and not home and _NOT_BEFORE.search(clause[: office.start()]):
        return None
    split = (
        _PARTLY.search(clause)
        or (days and (_WEEK.search(clause) or (home and office) or _days_near(clause, place)))
        or (weekdays and home)
        or weekdays > 1
        or (weekdays and _ELSEWHERE.search(clause))
    )
    return (Mode.HYBRID, Weight.SHARED) if split else None


def _days_near(clause: str, place: re.Match[str]) -> bool:
    """Whether some of the days that are told stand next to the place."""
    return any(_near(days, place) for days in islice(_DAYS.finditer(clause), _PLACES_MAX))


def _around(clause: str, place: re.Match[str]) -> tuple[str, str]:
    before, after = max(0, place.start() - _LOOK), place.end() + _LOOK
    return clause[before : place.start()], clause[place.end() : after]


def _near(one: re.Match[str], other: re.Match[str]) -> bool:
    return other.start() - one.end() < _NEAR and one.start() - other.end() < _NEAR


def _covers_the_week(clause: str) -> bool:
    """Whether five days or more are named, or all the work: "Tues-Sat", "all duties", "täglich"."""
    span = _WEEKDAY_RANGE.search(clause)
    if span is not None:
        return (_WEEKDAYS.index(span[2]) - _WEEKDAYS.index(span[1])) % 7 >= 4
    return bool(_EVERY_DAY.search(clause) or _ALL_WORK.search(clause))


def _all_at_home(clause: str, home: re.Match[str], labelled: bool) -> _Found:
    for place in (home, *islice(_HOME.finditer(clause, home.end()), _PLACES_MAX)):
        before, after = _around(clause, place)
        if _ALL_BEFORE.search(before) or _ALL_AFTER.match(after) or _EVERY_DAY.search(clause):
            return Mode.REMOTE, _weight(clause)
        if _POSSIBLE.search(clause):
            continue
        alone = (
            _ALONE_BEFORE.search(before) and _ALONE.match(place[0]) and _ALONE_AFTER.match(after)
        )
        if labelled or alone or _OF_ROLE_AFTER.match(after) or _OF_ROLE_BEFORE.search(before):
            return Mode.REMOTE, _weight(clause)
        worked = _WORKED_BEFORE.search(before) or _WORKED_AFTER.match(after)
        if worked and (_FREELY.fullmatch(place[0]) or _OF_JOB.search(before + after)):
            return Mode.REMOTE, _weight(clause)
    return None


def _all_at_workplace(clause: str, office: re.Match[str] | None, labelled: bool) -> _Found:
    bound = _BOUND.search(clause)
    is_bound = bound is not None and not _NOT_BEFORE.search(clause[: bound.start()])
    if is_bound or _THEN_OFFICE.match(clause) or _ALL_FIVE.search(clause):
        return Mode.ONSITE, Weight.NAMED
    there = _HANDS_ON.search(clause)
    if not (office or there):
        return None
    week = _covers_the_week(clause)
    present = islice(_PRESENT.finditer(clause), _PLACES_MAX) if office else ()
    for place in (*present, *((there,) if there else ())):
        before, after = _around(clause, place)
        if _NOT_BEFORE.search(before) and not _MUST_BE.search(before):
            continue
        alone = _ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after)
        if (
            (labelled or alone or week or _ALL_BEFORE.search(before))
            or (_ALL_AFTER.match(after) or _OF_ROLE_AFTER.match(after))
            or (_OF_ROLE_BEFORE.search(before) or _MUST_BE.search(before))
            or (_WORKED_BEFORE.search(before) and not _POSSIBLE.search(clause))
        ):
            return Mode.ONSITE, _weight(clause)
    if office and (_ALL_WORK.search(clause) or _FIVE_DAYS.search(clause)):
        return Mode.ONSITE, _weight(clause)
    return None


def _habit_of_firm(clause: str) -> _Found:
    for pattern, mode in ((_FIRM_REMOTE, Mode.REMOTE), (_FIRM_ONSITE, Mode.ONSITE)):
        match = pattern.search(clause)
        if match is not None and not _NOT_BEFORE.search(clause[: match.start()]):
            return mode, Weight.FIRM
    return None
