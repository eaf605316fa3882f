"""The parts of a description in which nothing is asked for: benefits, the firm, how to apply.

A part begins at a heading and goes on to the next that we know, or to any question. What looks
like one and says all in its own line ("Salary: 46k") begins nothing. Headings are known by their
words in English, German, French, Spanish, Dutch and Portuguese.
"""

import re
from functools import lru_cache

_HEADING_MAX = 50
_ASIDE = re.compile(
    r"\b(?:benefits?|perks|we offer|we can offer|we(?:['’]re| are) offering|in it for you(?! to)"
    r"|why (?:join|us|work|you)|our offer|the offer|on offer"
    r"|(?:what )?you(?:['’]ll| will)? get(?! to\b)|good stuff|package|conditions(?! of employment)"
    r"|compensation|salary|remuneration|wir bieten|bieten wir|unser angebot|was dich bei uns"
    r"|(?:nous|on) (?:te |vous )?(?:proposons|propose|offrons|offre)|avantages|(?:qué )?ofrecemos"
    r"|beneficios|(?:wij|we) bieden|bieden wij|dit krijg|krijg je|oferecemos|benefícios"
    r"|about (?:us|the (?:company|firm|organi[sz]ation|business))|who we are|our (?:company|story)"
    r"|company (?:overview|description|profile)|über uns|wer wir sind|qui sommes|sobre nosotros"
    r"|over ons|wie wij zijn|how to apply|to apply|apply now|application (?:process|questions?)"
    r"|hiring process|interview process|selection process|the process|equal opportunit\w+|eeo"
    r"|privacy|bewerbung|postuler)\b"
    r"|^\W*(?:(?:your?|ihr|dein|votre|ton|tu|je|jouw) )?(?:kontakt|contact)(?:person|daten)?\W*$"
    r"|^\W*(?:kontakt|contact) (?:us|details?|information|info|person|und|and|for)\b",
    re.IGNORECASE,
)
"""Headings of what is not asked for. One's contact is one, the contact with customers is a duty."""
_LABELLED = re.compile(r":\s*\S")
"""A line such as "Salary: $68,000" says all under its heading itself."""
_ABOUT_NAME = re.compile(r"^\W*about (?!(?:the|this|your?) |you\b|us\b|role|job)", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(?:requirements?|qualifications?|responsibilit\w+|your? (?:will|bring|have|need|profile"
    r"|role"
    r"|background|tasks|skills|mission|days|first)|you(?:['’]ll|['’]d|['’]ve)?$|what you|skills?"
    r"|profile|profil|aufgaben|missions?|missie|role|duties|stack|tech(?:nolog\w+)?|nice to have"
    r"|preferred|bonus points|must[- ]haves?|looking for|we(?:['’]d)? (?:need|expect|like|want)"
    r"|experience|essential|desir\w+|job description|the (?:job|work|position|opportunity|team)"
    r"|expect\w*|required|mandatory|assets?$|atouts?$|about you"
    r"|about the|erwartet|mitbring\w*|anforderungen"
    r"|ga je doen|breng je|vragen|vereisten|harás|buscamos|pedimos|requisitos|funciones|tu perfil"
    r"|was (?:du|sie) (?:machst|machen|tust|tun|kannst|können|mitbringst|mitbringen)|tätigkeit\w*"
    r"|qualifikation\w*|voraussetzung\w*|stellenbeschreibung|dein (?:job|alltag|team)|du bist"
    r"|so sieht|was zu tun|was du brauchst|compétences|le poste|description du poste|vos|vous"
    r"|environnement technique|tareas|responsabilidades|perfil|experiencia|necesitas|qué harás"
    r"|imprescindible|valorable|taken|functie|wie ben jij|profiel|wat ga je|the (?:job|gig|day)"
    r"|in this role|what it takes|in it for you to|key|obowiązki|wymagania|zadania|oczekujemy"
    r"|atribuições"
    r"|quotidien|attend|recherchons|who you are|the person|mandate|eligibility)\b",
    re.IGNORECASE,
)
"""Headings of what is."""


def is_aside(line: str, before: bool) -> bool:
    """Whether this line, if it is a heading, begins a part in which nothing is asked for."""
    if len(line) > _HEADING_MAX or line.endswith(".") or "," in line or line[:1].islower():
        return before
    if ": " in line and _LABELLED.search(line):
        return before
    heading = _heading(line)
    if heading is None:
        # What asks a question is a heading, whatever it asks for.
        return before and not line.endswith("?")
    return heading


@lru_cache(maxsize=4096)
def _heading(line: str) -> bool | None:
    """Whether what follows this heading is an aside; None where it is no heading that we know.
    Headings are the same from advert to advert."""
    if _ABOUT_NAME.match(line) or _ASIDE.search(line):
        return True
    return False if _ASKING.search(line) else None
