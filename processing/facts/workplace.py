"""Where the hours of a job are worked, as the sentences of an advert say it, in six languages.

A sentence is read clause by clause (`processing.facts.workplace_clause`): "interviews are remote,
but the job is on site" says one thing of the job and one of something else. A question decides
nothing. All patterns are for text in small letters.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from models.posting import Mode
from processing.facts.workplace_aside import OF_HIRING, decides_nothing
from processing.facts.workplace_clause import Weight, of_clause
from processing.facts.workplace_time import DAYS, WEEKDAY
from processing.facts.workplace_words import (
    HANDS_ON_THERE,
    HOME,
    LABEL,
    NAMED_OFFICE,
    OFFICE,
    ROLE_NOUN,
)


class Statement(NamedTuple):
    """A mode of work, and [start, end) of the text that says it."""

    mode: Mode
    weight: Weight
    start: int
    end: int


_CLAUSE = re.compile(
    r"[;!?\n]|:(?=\s)|\.(?=\s|$)|\s[–—-]\s(?!\w*(?:day|tag)s?\b|\d|(?:fri|sat|sun)\b)"
    r"|,\s(?=(?:this|the) (?:role|job|position|post)\b)|,?\s\b(?:but|although|though|aber|jedoch"
    r"|mais|pero|maar|because|otherwise(?! (?:your call|up to you|remote|(?:at |from )?home"
    r"|wherever)))\b|,\s(?=(?:gelegentlich|occasion|ocasional|af en toe)\w*)"
    r"|,?\s(?=(?:with (?:the )?occasional|other than|except|apart from|unless)\b)"
    r"|,?\s(?=(?<!now )(?<!now and )(?:and )?(?:then|after that|afterwards|thereafter)\b|danach\b"
    r"|dann\b|puis\b|luego\b|daarna\b|poi\b)"
)
_HEADING_MAX = 30
"""Characters before a colon that belong to what follows: "Office attendance: two days"."""
_POLICY_MAX = 50
_POLICY = re.compile(r"\b(?:polic|politi|regelung|beleid|arrangement|attendance|modell?\b)")
_LABELLED = re.compile(rf"^\W*{LABEL}(?:\s*[:|(–—-]\s*|\s+(?=remote|hybrid|on-?site))")
_YES_OR_NO = re.compile(
    r"^\W*(?:remote(?: work(?:ing)?| option)?|home ?office|télétravail|teletrabajo|thuiswerken"
    r"|smart working)\W{1,4}(?P<answer>yes|ja|oui|sí|si|no|none|nein|non|nee|n/a)\b"
)
_HOME_LABELLED = re.compile(
    r"^\W*(?:(?:job |work )?location|(?:work |contractual )?base|place of work)\s?[:–-]\s(?:your )?"
    r"(?:own )?home\b(?![ -](?:counties|town|office))"
)
_PRESENT_FIRST = re.compile(
    r"^\W*(?:100 ?% |fully )?(?:on-?site|in[- ]office|in[- ]person)\s*:(?=\s)"
)
_CHOICE = re.compile(
    r"\b(?:you (?:can |to )?(?:pick|choose|decide)|up to you|your decision"
    r"|your (?:own )?(?:choice|call)|whichever you|as you (?:like|prefer|please)|you(?:['’]re"
    r"| are) free to|entscheide(?:st|n sie)|(?:deine|ihre) (?:wahl|entscheidung)|wählst du"
    r"|à (?:vous|toi) de (?:choisir|décider)|vous (?:choisissez|décidez)|tú (?:eliges|decides)"
    r"|(?:je|jij|zelf) (?:mag |kunt? |kan )?(?:kiest|kiezen|bepaal[st]*)|você (?:escolhe"
    r"|decide))\b|, or (?:an? )?(?:(?:bit|mix\w*|combination) of (?:each|both)|mix\w*)\b"
)
_CHOICE_MARKS = (
    *("pick", "choose", "decide", "decision", "choice", "up to you", "your call", "whichever"),
    *("as you", "free to", "entscheide", "wahl", "wählst", "choisi", "décide", "elige", "kie"),
    *("bepaal", "escolhe", " of each", " of both", " mix"),
)
"""One of them stands in whatever `_CHOICE` matches."""
_WHEN = re.compile(r"\bwhen you(?:['’]re| are| come)? in\b")
"""Of a choice: that one comes in is understood."""
_WORKING_TIME = re.compile(
    r"\b(?:full[- ]time|part[- ]time|\d+(?:[.,]\d)? ?(?:h(?:ou)?rs?|uur|stunden|std|heures|horas)"
    r"|shifts?|hours a (?:day|week)|five dinner services|all work|vollzeit|teilzeit|schicht\w*"
    r"|lessen geef|werken doe|temps (?:plein|partiel)|jornada|turnos?|voltijds?|deeltijds?"
    r"|ploegen)\b"
)
"""Hours that are told together with the workplace are worked there."""
_YEARS = re.compile(r"\b(?:years?|yrs|jahre?n?|ans|années|años?|jaar|anni|lat)\b")
"""Of experience: those were worked elsewhere."""
_HOME = re.compile(rf"\b(?:{HOME}|home)(?!\w)")
_OFFICE = re.compile(rf"\b{OFFICE}(?!\w)")
UNLIKE_OTHERS = re.compile(
    r"\b(?:this (?:one|role|job|position)|yours) (?:\w+ )?(?:isn['’]t"
    r"|is not)(?: one of them)?(?=[.!;]|$)"
)
""" "Some of our jobs are remote. This one isn't"."""
_THEN = re.compile(
    r"(?:and )?(?:then|after that|afterwards|thereafter|danach|dann|puis|luego|daarna|poi)\b"
)
_REST_FIRST = re.compile(r"(?:and )?(?:for )?the (?:rest|remainder|other days)\b")
""" "You are in Leeds one day a week; the rest of the time at home"."""
_BASE = re.compile(
    rf"\b(?:(?:this|the|your) (?:[\w-]+ )?{ROLE_NOUN} (?:is|will be)|you(?:['’]ll| will) be"
    rf"|you(?:['’]re| are)) (?:(?!not\b)\w+ )?(?:based|located) {NAMED_OFFICE}(?!\w)"
)
""" "This position is based in our Leeds office"."""
BASE_MARKS = ("based ", "located ")
"""One of them stands in whatever tells the base of a job."""
_HANDS_ON = re.compile(rf"\b{HANDS_ON_THERE}(?!\w)")


def statements(text: str, start: int) -> Iterator[Statement]:
    """What one sentence says of the place of work: `text` in small letters, which begins at
    `start` of its passage."""
    answered = _YES_OR_NO.match(text)
    if answered:
        yes = answered["answer"] in ("yes", "ja", "oui", "sí", "si")
        found = (Mode.REMOTE, Weight.NAMED) if yes else (Mode.ONSITE, Weight.REFUSED)
        yield Statement(*found, start, start + answered.end())
        return
    if UNLIKE_OTHERS.search(text) and _HOME.search(text):
        yield Statement(Mode.ONSITE, Weight.REFUSED, start, start + len(text))
        return
    if _is_free_choice(text) or _HOME_LABELLED.match(text):
        yield Statement(Mode.REMOTE, Weight.NAMED, start, start + len(text))
        return
    present = _PRESENT_FIRST.match(text)
    if present:
        yield Statement(Mode.ONSITE, Weight.NAMED, start, start + present.end())
        return
    labelled = _LABELLED.match(text)
    at = labelled.end() if labelled else 0
    before = ""
    for begin, end in _clauses(text, at):
        if _THEN.match(text, begin) and OF_HIRING.search(before):
            continue
        share_before = _REST_FIRST.match(text, begin) and DAYS.search(before)
        before = text[begin:end]
        decided = of_clause(before, labelled=labelled is not None and begin == at)
        if share_before and decided is not None and decided[0] is Mode.REMOTE:
            decided = Mode.HYBRID, Weight.SHARED
        if decided is not None:
            yield Statement(*decided, start + begin, start + end)


def hours_at_workplace(text: str, start: int) -> Iterator[Statement]:
    """What a sentence says that tells the hours of a job together with a place of hands-on work."""
    if _WORKING_TIME.search(text) and _HANDS_ON.search(text) and not _YEARS.search(text):
        yield Statement(Mode.ONSITE, Weight.HANDS_ON, start, start + len(text))


def base_of_job(text: str, start: int) -> Iterator[Statement]:
    """The office in which a sentence says that the job is based: on site, unless home is an
    alternative. By itself that tells nothing of how much of the time is spent there."""
    base = _BASE.search(text)
    if base is not None and not text.endswith("?") and not _HOME.search(text, base.end()):
        yield Statement(Mode.ONSITE, Weight.BASED, start + base.start(), start + base.end())


def _is_free_choice(text: str) -> bool:
    """Home or office as one likes, and not for some days only."""
    if not any(mark in text for mark in _CHOICE_MARKS):
        return False
    if not _CHOICE.search(text) or not (_HOME.search(text) and _OFFICE.search(text)):
        return False
    return not (
        _WHEN.search(text) or DAYS.search(text) or WEEKDAY.search(text) or decides_nothing(text)
    )


def _is_heading(said: str) -> bool:
    """Whether what stands before a colon is one statement with what follows it."""
    longest = _POLICY_MAX if _POLICY.search(said) else _HEADING_MAX
    return len(said) < longest


def _clauses(text: str, at: int) -> Iterator[tuple[int, int]]:
    for match in (*_CLAUSE.finditer(text, at), None):
        end = len(text) if match is None else match.start()
        if match is not None and match[0] == ":" and _is_heading(text[at:end]):
            continue
        said = text[at:end]
        asked = match is not None and match[0] == "?"
        if said.strip() and not asked:
            yield at + len(said) - len(said.lstrip()), at + len(said.rstrip())
        at = end if match is None else match.end()
