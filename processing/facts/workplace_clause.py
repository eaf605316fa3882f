"""What one clause of an advert says of the place of work: the mode, and how much that weighs.

A clause that decides it speaks of home ("remotely", "Telearbeit", "desde donde quieras") or of a
workplace ("in the office", "vor Ort", "on our wards") and says how much of the time: all of it,
some of it or none of it. All at home is remote, all at a workplace or none at home is on site, some
at either is hybrid. Where no amount is told, it must be the job that is spoken of: "the role is
remote", "Location: on site", "work from wherever you like". A base alone ("based on our site")
says less than days at home that are told beside it.

A mere possibility ("Home office possible") decides nothing, nor does what is said aside
(`processing.facts.workplace_aside`). All patterns are for text in small letters.
"""

import re
from enum import IntEnum
from itertools import islice

from models.posting import Mode
from processing.facts.workplace_aside import decides_nothing, of_others_or_the_road
from processing.facts.workplace_firm import comes_in_as_liked, habit_of_firm
from processing.facts.workplace_hybrid import (
    hybrid_in,
    is_of_something_else,
    is_of_this_job,
    names_all_three,
)
from processing.facts.workplace_time import (
    ALL_AFTER,
    ALL_BEFORE,
    ALL_FIVE,
    ALL_WORK,
    DAYS,
    DAYS_OF_MANY,
    ELSEWHERE,
    EVERY_DAY,
    FIVE_DAYS,
    NO_SHARED_WEEK,
    PARTLY,
    SHARE,
    THE_REST,
    WEEK,
    WEEKDAY,
    covers_the_week,
)
from processing.facts.workplace_words import (
    ALL,
    ANOTHER_THING,
    HANDS_ON_THERE,
    HOME,
    HOME_MARKS,
    HOMES_OF_OTHERS,
    IS,
    NAMED_OFFICE,
    NOT,
    NOT_UP_TO,
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
    BASED = 2
    """The office of this job, without a word on how much of the time is spent there."""
    REFUSED = 3
    """No remote work."""
    SHARED = 4
    """Some days, or a share of the time."""
    NAMED = 5
    """ "This is a fully remote role"."""


_HOME = re.compile(rf"\b{HOME}(?!\w)")
_OFFICE = re.compile(rf"\b{OFFICE}(?!\w)")
_PRESENT = re.compile(rf"\b{PRESENT}(?!\w)")
_NAMED_OFFICE = re.compile(rf"\b{NAMED_OFFICE}(?!\w)")
_HANDS_ON = re.compile(rf"\b{HANDS_ON_THERE}(?!\w)")
_OTHER = re.compile(rf"\b(?:{ANOTHER_THING})")
_HOMES_OF_OTHERS = re.compile(HOMES_OF_OTHERS)
_HOMES = ("home", "hause", "thuis", "domicil", "casa")
_NOT_BEFORE = re.compile(NOT_UP_TO)
_NOT_AFTER = re.compile(
    rf"^(?:(?! and (?:we|you)\b)[^.,;(\n]){{0,45}}?{NOT}(?! (?:\w+ )?(?:issue"
    rf"|probl[eè]e?m|office|büro|_+))"
)
_WISHED = re.compile(
    r"\b(?:those|anyone|people|candidates) (?:who )?(?:want|seek|need|prefer|expect|look)\w*\b"
)
_NEAR = 30
_LOOK = 80
_PLACES_MAX = 4
"""Of one clause: a hostile text has hundreds."""
_POSSIBLE = re.compile(
    r"\b(?:possib\w+|möglich\w*|optiona?l?|options|flexib\w*|mogelijk|posibilidad|posible"
    r"|possibilità|możliw\w+|considered|negotiable|scope for|nach absprache|nach vereinbarung"
    r"|available)\b"
    r"|[- ]friendly\b"
)
_OF_ROLE_BEFORE = re.compile(
    rf"\b{ROLE}\b[^.;\n]{{0,45}}?\b{IS} (?:[\w,%-]+ ){{0,4}}$"
    rf"|\b(?:{ROLE_NOUN}|travail|trabajo|trabalho|lavoro|arbeit|tätigkeit|attività|prac[aęy]"
    r"|modalidade?|modalità|jornada|regime|modelo|formato) (?:(?:en|in|de|da) )?$"
    rf"|\b(?:{ROLE}|teaching|lessons|tuition|classes) takes? place (?:[\w-]+ )?$"
    r"|\b(?:you(?:['’]ll| will)? be|you(?:['’]re| are)|we(?:['’]re| are)|everyone is|all of us are"
    r"|this is) (?:an? )?$"
)
_OF_ROLE_AFTER = re.compile(
    rf"^[- ](?:(?:[\w-]+ ){{0,2}}?{ROLE_NOUN}|(?:first )?(?:employee|basis|only))\b"
)
_ALONE_AFTER = re.compile(
    r"^\W*$|^ ?[,(|/]|^ #|^ (?:–|-) |^ (?:ok|eligible)\b|^ with\b|^ work (?:in|at)\b"
    r"| (?:with)?in\b| from\b| (?:a|à|em|te|bei)\b| across\b| anywhere\b| worldwide\b| mon"
)
_ALONE_BEFORE = re.compile(
    r"^\W*$|\b(?:time|permanent|contract|freelance|ir35|months?|asap)\W{1,3}$|\botherwise $|#li-$"
    r"|\|\s?$"
)
_ALONE = re.compile(r"(?:remote(?:-based)?|home[- ]based|(?:en |da )?remoto)$")
_WORKED_BEFORE = re.compile(
    rf"\b{WORK} (?:(?:je|u|du,?|sie,?|vous|tu|\w+ly|100 ?%|bei uns|meist|volledig|alle|all|together"
    r"|zusammen|gemeinsam) )?(?:im team |as a team )?(?:[\w-]+ )?$"
)
_WORKPLACE_IS = re.compile(
    r"\b(?:workplace|place of work|work ?site|workspace) (?:is|will be) (?:(?:at|in|on) )?(?:the"
    r"|our)\b"
)
_WORKPLACE_MARKS = ("workplace", "place of work", "worksite", "work site", "workspace")
_BASED_BEFORE = re.compile(r"\bbased (?:\w+ )?$")
_MOST_AFTER = re.compile(r"^ (?:for )?(?:most|much|the (?:bulk|majority)) of\b")
_DONE_BEFORE = re.compile(
    rf"\b(?:{ROLE_NOUN}|work|project) (?:that )?you (?:can |will )?do (?:it |this )?$"
)
_WORKED_AFTER = re.compile(rf"^ (?:[\w-]+ )?{WORK}\b")
_FREELY = re.compile(rf"\b{WHERE_LIKED}(?!\w)")
_OF_FIRM = re.compile(
    r"\b(?:we|we['’]re|our|company|firm|team|wir|unser\w*|nous|notre|sommes|nosotros|somos"
    r"|nuestr\w+|wij|onze|noi|siamo|nostr\w+)\b"
)
_OF_JOB = re.compile(
    rf"\b(?:you\w*|you['’]\w+|this|candidates?|employees?|{ROLE}|du|sie|vous|tu|je|ihr|usted"
    r"|kannst|puedes|podrás|puoi|potrai|whoever|everyone|everybody)\b"
    r"|\b(?:travaillerez|trabajarás|lavorerai|travaillons|trabajamos|lavoriamo|wir arbeiten"
    r"|we (?:all )?(?:work|hire))\b"
)
_MUST_BE = re.compile(
    r"\b(?:must|need to|have to|has to|required to|expected to|be able to|willing to"
    r"|no way a?round|no getting around) (?:[\w-]+ ){0,2}?(?:be|being|work|working"
    r"|attend)\b(?: [\w-]+){0,2} $"
)
_BOUND = re.compile(
    r"\b(?:100 ?% attendance (?:at|in|on)|physically present|(?:demand|require|need"
    r"|expect)s? (?:[\w-]+ ){0,2}?(?:on-?site|in-office|in-person"
    r"|physical) (?:presence|attendance)|commute to (?:the|our) (?:\w+ )?(?:office|site) (?:daily"
    r"|every day)|presence (?:on[- ]?site|(?:(?:at|in) (?:the"
    r"|our) (?:[\w-]+ ){1,3})?is (?:required|needed|expected|essential)|required)"
    r"|(?:präsenz|anwesenheit)s?(?:pflicht|arbeitsplatz|stelle|tätigkeit)|(?:präsenz"
    r"|anwesenheit) (?:ist )?(?:erforderlich|notwendig|nötig|vor ort)|présence (?:sur site "
    r"|au bureau )?(?:obligatoire|requise|exigée)|requiere (?:\w+ )?presencia(?:lidad)?"
    r"|presencia(?:lidad)? (?:\w+ )?(?:requerida|obligatoria"
    r"|necesaria)|aanwezigheid (?:is )?(?:vereist|nodig)|presenza (?:richiesta|obbligatoria)"
    r"|(?:tied|bound) to (?:the|our|a) (?!visa)|gebonden aan (?:de|het|onze)|means presence"
    r"|fifo (?:ex|roster|role|position|work)|fly[- ]in,? fly[- ]out|(?:be|being) (?:here"
    r"|in [\w-]+) (?:daily|every day)|work(?:ing)? from (?:the |our )?office)\b"
)
_THEN_OFFICE = re.compile(
    r"^(?:and )?(?:then|danach|dann|puis|luego|daarna|poi)\b[^.;\n]{0,25}?\b(?:office|on-?site"
    r"|büro|vor ort|bureau|sur site|oficina|kantoor|ufficio|in person)\b"
)
_OR_ALL_AT_HOME = re.compile(
    rf"\b(?:or|oder|ou|o|of) (?:also |auch )?{ALL} (?:in |en |de |à |im )?{HOME}(?!\w)"
    r"|\bor (?:work )?remote(?:ly)? (?:in|from|within|across|anywhere)\b"
)
_HOURS_BEFORE = re.compile(r"\b\d{1,2} (?:hours|ore|stunden|heures|horas|uur) (?:\w+ ){0,2}$")
""" "16 hours of home office"."""
_AND = re.compile(r", | (?:and|und|et|y|en|e) ")
_OUTSIDE_AFTER = re.compile(
    r"^[^.;,\n]{0,20}\b(?:outside|außerhalb|en dehors|hors d|fuera|buiten|fora d)"
)
"""Whoever cannot work remotely outside a country can inside."""

Found = tuple[Mode, Weight] | None


def of_clause(text: str, *, labelled: bool) -> Found:
    """The mode that a clause decides and how much that weighs; `labelled` where a heading says that
    the place of work follows."""
    clause = _OTHER.sub(_masked, text)
    found = _decided(clause, labelled)
    if found is not None and _has(_HOMES, clause):
        found = _decided(_HOMES_OF_OTHERS.sub(_masked, clause), labelled)
    return None if found is None or of_others_or_the_road(clause) else found


def _masked(match: re.Match[str]) -> str:
    return "_" * len(match[0])


def _decided(clause: str, labelled: bool) -> Found:
    """In the order in which one thing that a clause says outdoes another."""
    if comes_in_as_liked(clause):
        return Mode.REMOTE, Weight.NAMED
    home = _HOME.search(clause) if _has(HOME_MARKS, clause) else None
    office = _OFFICE.search(clause) if _has(OFFICE_MARKS, clause) else None
    hybrid = hybrid_in(clause)
    if not (home or office or hybrid):
        found = _all_at_workplace(clause, None, labelled) or _of_firm(clause)
        return None if found and decides_nothing(clause) else found
    if decides_nothing(clause):
        return _shared_in_a_list(clause)
    if hybrid is not None:
        if home and names_all_three(clause):
            this = labelled or is_of_this_job(clause)
            return (Mode.REMOTE, Weight.NAMED) if this else None
        if is_of_something_else(clause, hybrid):
            return None
        if not _NOT_BEFORE.search(clause[: hybrid.start()]):
            return Mode.HYBRID, _weight(clause, Weight.SHARED)
    return (
        (_refused(clause, home) if home else None)
        or _shared(clause, home, office)
        or (_all_at_home(clause, home, labelled) if home else None)
        or _all_at_workplace(clause, office, labelled)
        or _of_firm(clause)
    )


def _has(marks: tuple[str, ...], clause: str) -> bool:
    return any(mark in clause for mark in marks)


def _weight(clause: str, of_firm: Weight = Weight.FIRM) -> Weight:
    """Of a statement without an amount: what is said of the firm alone is less."""
    return of_firm if _OF_FIRM.search(clause) and not _OF_JOB.search(clause) else Weight.NAMED


def _refused(clause: str, home: re.Match[str]) -> Found:
    """Home is ruled out: on site. Where only *all* at home is, some of it may be left."""
    if _FREELY.match(clause, home.start()):
        return None
    before, after = _around(clause, home)
    if _OUTSIDE_AFTER.match(after):
        return None
    wished = _WISHED.search(before)
    if wished or _NOT_AFTER.match(after):
        return Mode.ONSITE, Weight.REFUSED
    if _NOT_BEFORE.search(before):
        share = Mode.HYBRID if ALL_BEFORE.search(before) else Mode.ONSITE
        return share, Weight.REFUSED
    return None


def _shared(clause: str, home: re.Match[str] | None, office: re.Match[str] | None) -> Found:
    """Some of the time here, some there: hybrid, unless all of it at home is another choice."""
    place = office or home
    if home and _OR_ALL_AT_HOME.search(clause):
        return Mode.REMOTE, Weight.NAMED
    if (office or (home and THE_REST.search(clause))) and DAYS_OF_MANY.search(clause):
        return Mode.HYBRID, Weight.SHARED
    if place is None or covers_the_week(clause):
        return None
    if NO_SHARED_WEEK.search(clause):
        return _shared_in_a_list(clause)
    days, weekdays = DAYS.search(clause), len(WEEKDAY.findall(clause))
    if office and not home and _NOT_BEFORE.search(clause[: office.start()]):
        return None
    split = (
        PARTLY.search(clause)
        or (days and (WEEK.search(clause) or (home and office) or _days_near(clause, place)))
        or (home and office and THE_REST.search(clause))
        or (home and THE_REST.search(clause) and SHARE.search(clause))
        or _share_near(clause, home, office)
        or (home and _HOURS_BEFORE.search(clause[: home.start()]))
        or (weekdays and home)
        or weekdays > 1
        or (weekdays and ELSEWHERE.search(clause))
    )
    return (Mode.HYBRID, Weight.SHARED) if split else None


def _shared_in_a_list(clause: str) -> Found:
    """Among the terms of a job: "full time, 30 days of leave, mobile work two days a week"."""
    terms = _AND.split(clause)
    for term in terms if len(terms) > 1 else ():
        home = _HOME.search(term) if _has(HOME_MARKS, term) else None
        if home and not decides_nothing(term) and not NO_SHARED_WEEK.search(term):
            found = _shared(term, home, None)
            if found is not None:
                return found
    return None


def _share_near(
    clause: str, home: re.Match[str] | None, office: re.Match[str] | None
) -> re.Match[str] | None:
    """A share of the time that stands next to a place: "40 % at home", no "30 % discount"."""
    share = SHARE.search(clause)
    offices = islice(_OFFICE.finditer(clause), _PLACES_MAX) if share and office else ()
    near = share and any(place and _near(share, place) for place in (home, *offices))
    return share if near else None


def _days_near(clause: str, place: re.Match[str]) -> bool:
    """Whether some of the days that are told stand next to the place."""
    return any(_near(days, place) for days in islice(DAYS.finditer(clause), _PLACES_MAX))


def _around(clause: str, place: re.Match[str]) -> tuple[str, str]:
    before, after = max(0, place.start() - _LOOK), place.end() + _LOOK
    return clause[before : place.start()], clause[place.end() : after]


def _near(one: re.Match[str], other: re.Match[str]) -> bool:
    return other.start() - one.end() < _NEAR and one.start() - other.end() < _NEAR


def _all_at_home(clause: str, home: re.Match[str], labelled: bool) -> Found:
    every_day = EVERY_DAY.search(clause) and not _OFFICE.search(clause)
    for place in (home, *islice(_HOME.finditer(clause, home.end()), _PLACES_MAX)):
        before, after = _around(clause, place)
        if ALL_BEFORE.search(before) or ALL_AFTER.match(after) or every_day:
            return Mode.REMOTE, _weight(clause)
        if _POSSIBLE.search(clause):
            continue
        alone = (
            _ALONE_BEFORE.search(before) and _ALONE.match(place[0]) and _ALONE_AFTER.match(after)
        )
        if labelled or alone or _OF_ROLE_AFTER.match(after) or _OF_ROLE_BEFORE.search(before):
            return Mode.REMOTE, _weight(clause)
        worked = (
            _WORKED_BEFORE.search(before)
            or _DONE_BEFORE.search(before)
            or _WORKED_AFTER.match(after)
        )
        if worked and (_FREELY.fullmatch(place[0]) or _OF_JOB.search(before + after)):
            return Mode.REMOTE, _weight(clause)
    return None


def _all_at_workplace(clause: str, office: re.Match[str] | None, labelled: bool) -> Found:
    bound = _BOUND.search(clause)
    is_bound = bound is not None and not _NOT_BEFORE.search(clause[: bound.start()])
    if is_bound or _THEN_OFFICE.match(clause) or ALL_FIVE.search(clause):
        return Mode.ONSITE, Weight.NAMED
    there = _HANDS_ON.search(clause)
    if not (office or there):
        return None
    week = covers_the_week(clause)
    present = islice(_PRESENT.finditer(clause), _PLACES_MAX) if office else ()
    for place in (*present, *((there,) if there else ())):
        before, after = _around(clause, place)
        if _NOT_BEFORE.search(before) and not _MUST_BE.search(before):
            continue
        alone = _ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after)
        if (
            (labelled or alone or week or ALL_BEFORE.search(before))
            or (ALL_AFTER.match(after) or _OF_ROLE_AFTER.match(after))
            or (_OF_ROLE_BEFORE.search(before) or _MUST_BE.search(before))
            or (_WORKED_BEFORE.search(before) and not _POSSIBLE.search(clause))
        ):
            partly = _BASED_BEFORE.search(before) or _MOST_AFTER.match(after)
            return Mode.ONSITE, Weight.BASED if partly and not week else _weight(clause)
    if office and (ALL_WORK.search(clause) or FIVE_DAYS.search(clause)):
        return Mode.ONSITE, _weight(clause)
    return _at_named_office(clause, week) if office else None


def _at_named_office(clause: str, week: bool) -> Found:
    """ "At our Tanjong Pagar office": all the week, or as the base of the job."""
    if _has(_WORKPLACE_MARKS, clause) and _WORKPLACE_IS.search(clause):
        return Mode.ONSITE, Weight.BASED
    for place in islice(_NAMED_OFFICE.finditer(clause), _PLACES_MAX):
        before, after = _around(clause, place)
        if _NOT_BEFORE.search(before) and not _MUST_BE.search(before):
            continue
        if week or ALL_AFTER.match(after):
            return Mode.ONSITE, _weight(clause)
        worked = _WORKED_BEFORE.search(before) and not _BASED_BEFORE.search(before)
        if worked and not _POSSIBLE.search(clause):
            return Mode.ONSITE, Weight.BASED
    return None


def _of_firm(clause: str) -> Found:
    habit = habit_of_firm(clause)
    return (habit, Weight.FIRM) if habit is not None else None
