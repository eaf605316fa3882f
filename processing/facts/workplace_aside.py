"""Clauses that speak of home or of an office and yet say nothing of where this job is done.

Interviews and customers, what other teams do, days on the road, a time that ends ("remote until you
are trained", "two weeks a year"), help for others to work from home. All patterns are for text in
small letters.
"""

import re

from processing.facts.workplace_words import ALL, ROLE_NOUN

_DECIDES_NOTHING = re.compile(
    r"\b(?:(?:let|help|enable|allow|empower)s? (?:\w+ )?(?:people|teams|users|customers|clients"
    r"|companies|workers|businesses)|lunch(?:es)?|meals?|breakfast|snacks|fruit|walk|interview\w*"
    r"|(?:remote|phone|video) screening|co-?working (?:budget|allowance|stipend|membership)"
    r"|between (?:\w+ )?(?:visits|appointments|calls)"
    r"|vorstellungsgespräch\w*|entretien|entrevistas?|colloqui\w*|gesprek|onboarding|training"
    r"|induction|einarbeitung\w*|first (?:week|month|few|two|three|day)|for the first|prior"
    r"|previous\w*|(?:experience|erfahrung|expérience|experiencia"
    r"|ervaring) (?:\w+ ){0,2}?(?:work\w*|with|in|of|mit|avec|en|con|met)|(?:customers|clients"
    r"|patients|students|users) who|(?:days?|weeks?|months?) (?:a|per|each|every"
    r"|of the) (?:calendar )?year|(?:tage|wochen) (?:im|pro) jahr|(?:jours|semaines|mois) par an"
    r"|(?:días|semanas|meses) al año|(?:dias|semanas|meses) por ano|(?:dagen|weken) per jaar"
    r"|giorni all['’]anno|workation\w*|until|bis zur|jusqu['’]au|jusqu['’]à (?:la|ce|fin)"
    r"|hasta que|finché|tot je|during(?! (?:term|the (?:week|season)|core|business|working"
    r"|office))|während|pendant|durante|tijdens|on occasion"
    r"|depend\w* (?:up)?on (?:the |your )?(?:role|team|position|job)|je nach (?:stelle|rolle"
    r"|position|team)|selon (?:le )?poste|según (?:el )?puesto|afhankelijk van (?:de )?(?:functie"
    r"|rol)|occasionally|occasional (?:remote|home|work)|gelegentlich\w*|occasionnel\w*"
    r"|ocasional\w*|af en toe|sometimes|from time to time|now and then|if needed|home (?:when"
    r"|if) (?:you (?:have|need|must)|needed|life)|ponctuel\w*|when needed|bad weather|temporar\w*"
    r"|abroad|ausland|étranger|extranjero|buitenland)\b"
)
OF_HIRING = re.compile(
    r"interview|screening|gespräch|entretien|entrevista|colloqui|\bgesprek|hiring process|\bcall\b"
)
"""How people are chosen: what follows in such a sentence is a further step of that."""
_OF_OTHERS = re.compile(
    r"(?:_{5,}|\b(?:corporate|other|some|many|certain|several|various)) (?:of (?:our"
    r"|the) )?(?:teams?|roles|staff|colleagues|positions|employees|functions|jobs|departments)\b"
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
    r"\b(?:you(?:['’]ll| will)?|sie|du|je|vous|tu) (?:\w+ )?(?:visit|drive|travel|call on"
    r"|besuch\w+|bereis\w+|betreu\w+|bezoek\w*|visite\w*|rend(?:ez|s) visite)\b|\bvisitar(?:ás"
    r"|á)\b|\bstart\w* (?:(?:each|the|your|every) ){1,2}(?:day|shift)s? (?:from|at) home\b"
)
_WHOLE_JOB = re.compile(rf"\b(?:{ROLE_NOUN}|{ALL})(?!\w)")
"""Who visits customers and writes to them at home has no remote job for that, unless it is called
one."""
_PAST = re.compile(r"\b(?:after|once|following|nach|après|tras|dopo|na)\b[^,.;]{0,30}$")


def decides_nothing(clause: str) -> bool:
    """Whether it is about interviews, customers, a time that ends: "after training" is over."""
    return any(
        _PAST.search(clause[: match.start()]) is None for match in _DECIDES_NOTHING.finditer(clause)
    )


def of_others_or_the_road(clause: str) -> bool:
    """Whether other teams are spoken of, or a job on the road."""
    if _OF_OTHERS.search(clause):
        return True
    return _ROAMS.search(clause) is not None and _WHOLE_JOB.search(clause) is None
