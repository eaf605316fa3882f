"""How much of the working time an expression tells, in six languages: all, some days, a share.

All patterns are for text in small letters.
"""

import re

from processing.facts.workplace_words import ALL, ALL_DAYS, FEW
from processing.facts.workplace_words import FIVE_DAYS as FIVE

ALL_BEFORE = re.compile(
    rf"\b(?:{ALL}|mostly|largely|mainly|predominantly|primarily)[ -](?:(?:work(?:ing)?|flexible"
    rf"|permanently|im|en|de|da|in|aus dem|distributed) )?$"
)
ALL_AFTER = re.compile(
    r"^(?:[ -](?:option|work|arbeit|anteil)\w*)?[ ,:(-]{0,3}(?:(?:à|zu|al|op|w|at|auf|bis zu"
    r"|up to) )?(?:100 ?%|full[- ]time\b|complet[oa]?\b|total\b"
    r"|intégral|exclusively\b|only\b|as (?:much|often) as|when(?:ever)? you|all the time\b)"
)
EVERY_DAY = re.compile(rf"\b{ALL_DAYS}(?!\w)")
FIVE_DAYS = re.compile(rf"\b{FIVE}(?!\w)")
ALL_WORK = re.compile(
    r"\b(?:all|every|alle|toutes?|tous|todos|todas|tutt[ei])\b (?:of )?(?:(?:the|our|your|die|les"
    r"|las?|los?|le|gli|de) )?(?:work|duties|shifts?|hours|days|lessons?|sessions|tasks|them"
    r"|classes|schichten|aufgaben|tâches|missions|turnos|tareas|clases|turni|diensten|lessen)\b"
)
ALL_FIVE = re.compile(r"\ball five days (?:are|is|will be)\b")
PARTLY = re.compile(
    r"\b(?:(?:mostly|largely|mainly|predominantly|primarily)(?! (?:remote|from home|home[- ]based))"
    r"|partly|partial(?:ly)?|semi|teilweise|überwiegend"
    r"|anteilig\w*|en partie|partiellement|partiel|parcial\w*|in parte|parziale|deels"
    r"|gedeeltelijk|częściowo|half|hälfte|moitié|mitad|metà|helft|split|combin\w+(?=.*\b(?:home"
    r"|remote|casa|maison|domicile|thuis|hause|distan))|mix\w* (?:of"
    r"|aus|de|van)|alternat\w+|some of (?:the|your) (?:week|time)|some days|weekly (?:office days?"
    r"|visits? to"
    r"|days? (?:in|at)|trips? to)|the odd day|most (?:of the week|days)|(?:a )?(?:bit"
    r"|mix) of both|[1-4] ?x ?/ ?(?:wk|week)|[2-4] ?x (?:a|per|each|pro|par|por|per) ?(?:week"
    r"|woche|semaine|semana)"
    r"|part of (?:the|your) (?:week|time)|(?:the )?other days|(?:two|three|four"
    r"|[2-4]) times (?:weekly|(?:a|per|each|every) week)|tageweise|(?:once|twice|thrice) (?:a|per"
    r"|each) (?:week|fortnight)|thrice|(?:ein|zwei|drei)mal (?:pro|die|in der) woche)\b"
)
SHARE = re.compile(r"\b[1-9]\d ?(?:%|prozent\b|percent\b|per cent\b|por ciento\b|procent\b)")
THE_REST = re.compile(
    r"\b(?:the|der|die|le|el|il|de|o) (?:rest|restliche\w*|reste|resto|restante"
    r"|remainder)\b(?! of (?:us|them|the team)\b)"
)
DAYS = re.compile(
    r"\b(?<!\d )a day (?:(?:a|each|per|every) week|(?:in|at) (?:the|our) (?:[\w-]+ )?(?:office"
    r"|studio|lab"
    r"|hub|site)|(?:at|from) home)\b|\b(?:a day or two|(?:a couple of|a few|ein paar|un par de"
    r"|quelques|een paar) (?:days|tage"
    rf"|días|jours|dagen))\b|\b{FEW}(?:\s*(?:-|–|/|to|or|bis|oder|à|ou|a|o|tot"
    rf"|of)\s*{FEW})? (?:[\w-]+ ){{0,2}}?(?:[\w-]*days?|(?:büro|homeoffice-?|präsenz)?tage?n?"
    r"|jours?|journées?|j(?=/)|días?|dias?|giorn[oi]|dag(?:en)?|dni)\b|\b\d ?(?:days?|j|jours?|d"
    r"|t) ?/ ?(?:week|wk|semaine|woche|semana)\b"
    r"|\b(?:days (?:in|at) (?:the )?office|(?:in-)?office days|on-?site days)(?: (?:a|per) week)?"
    r"\s?[:=]\s?[1-4]\b"
    rf"|\b{FEW} (?:can|may) be (?:done|worked)\b"
    rf"|\b{FEW} (?:out )?of (?:the |your |every )?(?:five|six|ten|[5-9]|10)\b"
)
WEEK = re.compile(
    r"\b(?:a|per|each|every|the|pro|je|par|der|die|por|a la|la|por|alla|in de|w) ?(?:week|woche"
    r"|semaine|semana|settimana|tygodni\w+)\b|/ ?(?:week|wk|woche|semaine|semana)\b"
    r"|\bweekly\b|\bwöchentlich\b|\bhebdomadaires?\b|\bsemanales?\b|\bsettimanal[ei]\b"
    r"|\bfortnight\b|\bother days\b|\b(?:the|der|le|el|il|de) (?:remainder|rest|reste|resto"
    r"|restante)\b|\brest of the\b"
)
NO_SHARED_WEEK = re.compile(
    r"\b(?:holidays?|vacation|annual leave|days['’]? leave|days off|urlaub\w*|repos|congés?|rtt"
    r"|vacaciones|ferie|verlof|vakantie|volunteer\w*|notice|trial|sick|a year|per year|per annum"
    r"|(?:a|per|each|every) (?:month|quarter)|im (?:monat|jahr|quartal)|par (?:an|mois)|al (?:año"
    r"|mes)|per (?:maand|jaar)|quarterly|offsites?|travel\w*|within(?! (?:(?:a|an|easy|daily"
    r"|reasonable|comfortable) )*(?:commut|travel|reach\b|hour|walking|driving))|innerhalb"
    r"|probetag\w*)\b"
)
DAYS_OF_MANY = re.compile(
    r"\b(?:[4-9]|1[0-6]|four|five|six|eight|ten|twelve) (?:[\w-]+ )?days (?:a|per|each"
    r"|every) month\b|\b(?:[2-9]|two|three|four|five|six|seven|eight|nine) days (?:a|per|each"
    r"|every|in a) fortnight\b"
)
"""Days of a month or a fortnight."""
WEEKDAY = re.compile(
    r"\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri)(?:days?)?\b|\b(?:diens|donners|frei"
    r"|mon)tags?\b|\bmittwochs?\b|\b(?:lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miércoles"
    r"|segundas?|terças?|quartas?|quintas?|sextas?|jueves|viernes|lunedì|martedì|mercoledì"
    r"|giovedì|venerdì|maandag|dinsdag|woensdag|donderdag|vrijdag)s?\b"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_RANGE = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s?(?:-|–|to|thru|through|until|till)\s?(mon|tue|wed"
    r"|thu|fri|sat|sun)"
)
ELSEWHERE = re.compile(
    r"\b(?:where(?:ver)? (?:you|suits)|anywhere|(?:from )?wherever|on the others?|kitchen table"
    r"|your call|up to you|(?:is|are) yours|as you (?:like|please))\b"
)
"""Of the other days: where they are worked."""


def covers_the_week(clause: str) -> bool:
    """Whether five days or more are named, or all the work: "Tues-Sat", "all duties", "täglich"."""
    span = _WEEKDAY_RANGE.search(clause)
    if span is not None:
        return (_WEEKDAYS.index(span[2]) - _WEEKDAYS.index(span[1])) % 7 >= 4
    return bool(EVERY_DAY.search(clause) or ALL_WORK.search(clause))
