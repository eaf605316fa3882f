"""Who is an intern by a title, and words of titles that are of somebody else than who is sought.

An *internship coordinator* is no intern, *senior living* is a trade, a *director's assistant* is no
director and *lead generation* leads nobody. Those words are blanked out, each by a space, so that
what is found in the rest still stands where it stood in the title.
"""

import re

INTERN = (
    r"\bintern(?:s|ships?)?\b|\b(?:pflicht|vor|fach)?praktikum\w*|\bpraktikant\w*|\bwerkstudent\w*"
    r"|\b(?:working|sandwich|placement) student\b|\bstudentische (?:hilfskraft|aushilfe)\w*"
    r"|\b(?:duales|dualer?) stud\w+|\best[áa]gi\w+|\bstagiaires?\b|\b(?:afstudeer|meewerk)stage\w*"
    r"|\b(?:stage|afstudeer)opdracht\b|\bsta[żz](?:yst\w+)?\b|\bapprenti(?:\b|\(|s?sage"
    r"|cess?hips?|ces?)\S*"
    r"|\bbecari[oa]s?\b|\balternan(?:ce|te?|ti)\b|\bazubi\w*|\bausbildung (?:zum|zur|als)\b"
    r"|\bauszubildende\w*|\bco-?op\b|\btrainee(?:ship)?s?\b|\btirocin\w+|\bpraktikplads\b"
    r"|\ben prácticas\b|^prácticas\b|\bindustrial placement\b|\bstage (?:de fin|de \d|d['’]|en )"
    r"|(?:^|[|(/,:]\s*|\s[–-]\s+)stage\b(?! (?:manag|hand|crew|design|tech|lead|direct|product"
    r"|[0-9a-z]\b))"
)
"""Interns, apprentices, trainees and working students, as a title names them."""
_CARES_FOR = (
    r"coordinat\w+|trainers?|tutors?|assessors?|instructors?|mentors?|supervisors?|recruit\w+"
    r"|advis[eo]rs?|administrat\w+|counsel\w+|coach\w*|teachers?|liaison|officer|placement"
)
"""Whoever looks after the interns."""
_LEARNING = r"internships?|apprenticeships?|traineeships?|co-?op"
_LEARNERS = rf"{_LEARNING}|interns?|apprentices?|trainees?"
_PROGRAMMES = r"program(?:me)?s?|schemes?|recruit\w+|relations|development"
_RUNS = r"manager|director|lead|specialist|head|partner|coordinat\w+|administrat\w+|advis[eo]rs?"
_PEOPLE_OF = r"assistant|secretary|aide|adviser|advisor|associate|pa|ea|counsellor|deputy|support"
_HEADS = (
    r"director\w*|dire[ck]t\w+|président\w*|president|principal|ceo|cfo|coo|cto|geschäftsf\w+"
    r"|vorstand\w*"
)
_CARE = (
    r"living|citizens?|center|care (?:aide|assistant|companion|home|facility|communit\w+|cent\w+)"
    r"|communities|companions?|helpers?|apartments|residences?"
)
_SENSES = re.compile(
    rf"\b(?:{_LEARNING})(?: (?:{_PROGRAMMES})(?:['’]s)?)?[ -](?:{_CARES_FOR})\b"
    rf"|\b(?:{_LEARNERS}) (?:{_PROGRAMMES}) (?:and \w+ )?(?:{_RUNS})\b|\bintern coordinator\b"
    r"|\bapprentices? (?:trainer|assessor|tutor|instructor|mentor|coach|coordinator)\b"
    rf"|\b(?:{_CARES_FOR}|manager)(?:,| of| for|,? to)(?: the| our)? (?:{_LEARNERS}|graduates?)\b"
    r"|\binternships? (?:manager|lead)\b|\b(?:praktik(?:um|ant)|azubi|auszubildenden|werkstudent)"
    r"(?:en|innen|s)?[- ]?(?:koordinat|betreu|leit|recruit)\w*|\bausbilder\w*"
    r"|\b(?:graduate|undergraduate|postgraduate) (?:admissions?|school|studies|recruiter|students?"
    r"|medical education|education|careers?|outcomes|recruitment (?!consultant))\b"
    rf"|\bgraduate (?:program(?:me)?s?|schemes?) (?:and \w+ )?(?:{_RUNS})\b"
    r"|\bjunior (?:school|high|college|year|infants?|achievement|league|golf|tennis|academy"
    r"|enterprise|sports?|football|kindergarten|ranger|classes)\b|\bearly[- ]careers? (?:recruit\w+"
    r"|talent|program\w*|partner|lead|manager|specialist|team)\b"
    rf"|\bsenior[- ](?:{_CARE})\b|\bsenior high\b|\bsenior['’]s\b"
    r"|\bleads?[- ](?:gen(?:eration)?|qualification|nurturing|time|free|acid|battery|abatement)\b"
    r"|\blead paint (?:inspect|abate|risk)\w*|\blead management (?:specialist|system|coordinator)\b"
    r"|\bstaff (?:(?:training|development) (?:manager|coordinator|analyst)|recruit\w+|scheduler)\b"
    r"|\bchiefs? of staff\b(?:,? to .*)?"
    r"|\b(?:director|principal|president|ceo|cfo|coo|cto|vp|head ?teacher|manager|founder"
    r"|supervisor)s?['’]s?(?:\s+\w+){0,2}\s+(?:assistant|secretary|office|aide|associate|support)\b"
    r"|\b(?:school|vice|assistant|deputy|lower|upper|middle) principal\b|\bprincipal investigator\b"
    r"|\bc[efot]o (?:office|staff)\b|\boffice of the (?:\w+ ){0,3}(?:ceo|cfo|cto|coo|president"
    r"|director|principal|vp|provost|chancellor)\b"
    rf"|\b(?:{_PEOPLE_OF}),? to (?!senior\b).*"
    rf"|\b(?:{_PEOPLE_OF})e?,? (?:of|für|de|du|van|der?) (?:the |la |le |den |der |die )?"
    rf"(?:{_HEADS})\b"
)
_OVERSEEN = re.compile(
    r"\b(?P<who>(?:heads? of|(?:vp|vice president|director)(?:,| of| -| –)"
    r"|recruit(?:er|ers|ing|ment)(?:,| for| -| –))\s(?:[\w&/]+[ ,]{1,2}){0,4})"
    r"(?P<what>(?:internship|apprenticeship|traineeship)(?:s| program(?:me)?s?)\b)"
)
"""Internships as the subject of an office: "Head of Internships" is still a head."""
_WORDS = (
    *("intern", "apprenti", "trainee", "co-op", "coop", "praktik", "azubi", "auszubild", "ausbild"),
    *("werkstudent", "graduate", "junior", "early", "senior", "lead", "staff", "'s", "’s", "s'"),
    *("s’", "ceo", "cfo", "cto", "coo", "office of", " to ", " of ", " für ", " de ", " du "),
    *(" van ", "principal"),
)
"""One of them stands in whatever `_SENSES` matches."""


def without_other_senses(title: str) -> str:
    """A title in lower case, as long as before, with spaces for such words and for underscores."""
    title = title.replace("_", " ")
    if not any(word in title for word in _WORDS):
        return title
    title = _SENSES.sub(lambda match: " " * len(match[0]), title)
    if "ship" not in title:
        return title
    return _OVERSEEN.sub(lambda match: match["who"] + " " * len(match["what"]), title)
