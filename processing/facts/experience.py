"""The years of experience that a description asks for, at the least.

Numbers of years stand in adverts for many things: the age of the company, the length of a contract,
of a vesting plan or of a residence. A number counts where its sentence speaks of experience, where
it is a minimum ("at least two years", "3+ years"), or where a line begins with it ("2-4 years in
product design"). A sentence that speaks of "us" counts only where it also asks for something.
"""

import re
from collections.abc import Iterator
from itertools import islice

from models.posting import Evidence
from processing.evidence import Passage

BY = "experience@5"

_WORDS: dict[str, float] = {
    word: number
    for number, words in (
        (1.0, "one a un une ein eine einem einer uno una één een um uma"),
        (1.5, "anderthalb eineinhalb"),
        (0.0, "zero null"),
        (2.0, "two zwei deux dos twee dois duas"),
        (3.0, "three drei trois tres drie três"),
        (4.0, "four vier quatre cuatro quatro"),
        (5.0, "five fünf cinq cinco vijf"),
        (6.0, "six sechs seis zes"),
        (7.0, "seven sieben sept siete zeven sete"),
        (8.0, "eight acht huit ocho oito"),
        (9.0, "nine neun neuf nueve negen nove"),
        (10.0, "ten zehn dix diez tien dez"),
        (12.0, "twelve zwölf douze doce twaalf doze"),
        (15.0, "fifteen fünfzehn quinze quince vijftien"),
        (18.0, "eighteen achtzehn dix-huit dieciocho achttien"),
    )
    for word in words.split()
} | {
    "couple of": 2.0,
    **dict.fromkeys(("half a", "half", "een half", "ein halbes", "un demi", "medio"), 0.5),
}
_NUMBER = r"\d{1,2}(?:[.,]5)?|" + "|".join(sorted(_WORDS, key=len, reverse=True))
_UNIT_WORDS = (
    r"years?|yrs?|jahr(?:e|en)?|jährige\w*|ans|années?|años?|anos?|ja(?:ar|ren)|anni|år|lat"
    r"|(?<=\bun )an|(?<=\b1 )an"
    r"|months?|monate?n?|mois|meses|maanden|pqe"
)
_UNIT = re.compile(rf"\b(?:{_UNIT_WORDS})\b['’]?")
_BEFORE_UNIT = 48
"""Characters that the number of a unit can take: "twelve (12) to fifteen or more full "."""
_AMOUNT = re.compile(
    rf"(?<![\w.,/$£€-])(?P<low>{_NUMBER})(?P<plus>\s*\+|[\s-]*plus)?(?:\s*\(\d{{1,2}}\))?"
    rf"(?:\s*(?:-|–|—|to|or|and|bis|oder|und|à|a|ou|o|et|y|en|tot|of|até|,\s*(?:ideally|preferably"
    r"|idealerweise|besser|idéalement))\s*"
    rf"(?P<high>{_NUMBER})\+?)?"
    r"(?:\s+or more|\s+oder mehr|\s+ou plus|\s+o más|\s+of meer|\s+full|\s+volle|\s+solid)?[\s-]*"
    rf"(?P<unit>{_UNIT_WORDS})\b['’]?"
)
_UNITS = (
    *("year", "yrs", "yr ", "jahr", "jähr", " ans", "année", "año", " anos", "jaar", "jaren"),
    *("un an", " 1 an", " anni", " år", " lat ", "month", "monat", "mois", "meses", "maand"),
    " pqe",
)
"""One of them stands in whatever `_AMOUNT` matches."""
_MONTHS = ("mo", "me", "maand")
_SPOKEN = re.compile(
    r"experience|expérience|erfahrung|experiencia|experiência|esperienza|ervaring|erfaring"
    r"|erfarenhet|doświadczeni|\bexp\b|praxis\b|\bpqe\b|post[- ](?:trade|qualif\w+|doc\w*)"
    r"|track record"
    r"|\bperformed (?:the|such) work\b|\bin (?:a )?(?:similar|comparable|related"
    r"|relevant) (?:role|position|field|job|gig|post|capacity|setting)|\bwork(?:ed"
    r"|ing)\b"
)
_LEAST = re.compile(
    r"(?:at least|minimum(?: of)?|min\.?|(?:no|not) less than|(?:somewhere )?between|entre|tussen"
    r"|zwischen"
    r"|minstens|ab|over|more than|requires?|required|needs?|around|about|approx\w*\.?"
    r"|mindestens|mind\.|mehr als|au moins|minimum de|plus de|al menos|mínimo(?: de)?|más de"
    r"|minimaal|ten minste|meer dan|pelo menos|almeno|with|avec|con|mit"
    r"|hav(?:e|ing)|bring(?:st|t|en)?|hast|haben|(?:hope|ask|look(?:ing)?) for|expect|want)\s*"
    r"(?:an?\s+)?$"
)
_MORE = re.compile(
    r"^\s*(?:\+|or more|or longer|or thereabouts|is (?:enough|plenty|fine)|(?:to|bis|à) (?:\d+"
    r"|an?|one"
    r"|two|three|ein|zwei|un|deux) (?:years?|jahre?n?|ans?)\b|plus\b|(?:as a |au )?minimum"
    r"|oder mehr|ou plus|o más|of meer"
    r"|or (?:so|two)\b|,? give or take,?|min\b\.?|al menos|mindestens|als minimum)"
)
_AND_A_HALF = re.compile(
    r"^\s*(?:and a half|et demie?|y medio|e meio|en een half|und ein halbes)\b"
)
_LABEL = re.compile(
    r"(?<!contract)(?<!duration)(?<!term)(?<!length)(?<!laufzeit)(?<!dauer)(?<!durée)(?<!period):\s*$"
)
"""A label before the years, as "Experience: 3 years in sales", but not that of a contract."""
_AS_ITEM = re.compile(
    r"^\s*(?:of|in|as|with|building|working|leading|managing|designing|writing|developing|running"
    r"|selling|doing|spent|passées?|\w{3,}ing|de|d['’]|von|on|im|als|mit|bei|dans|en|comme|como"
    r"|bij|after|nach|après|\w+(?:[aei]ndo)|experience|professional|commercial"
    r"|relevant|industry|pqe|post)\b"
)
_OF_WORK = re.compile(r"^\s*of (?:[\w/-]+ ){0,3}(?:work|practice|service)\b")
_FIELD = re.compile(
    r"^\s+(?!(?:and|or|strong|young|old|later|on|since|now|ago|growing|proud|history|of)\b)\w"
)
"""What follows the years without a word between: "3+ years CSV in GMP"."""
_DONE = re.compile(
    r"^\W*(?:you(?:['’](?:ve|ll)| have| will)(?: (?:likely|probably|ideally))?(?: have)?"
    r"|(?:to )?hav(?:e|ing)) \w+(?:ed|en|un|lt|ld|ne)\b"
)
"""What somebody has done for so long: "You have sold software for at least 3 years"."""
_ASKS = re.compile(
    r"\b(?:you|your|must|require\w*|need\w*|looking for|seeking|ideal\w*|candidates?|applicants?"
    r"|at least|minimum|min|preferred|should|someone"
    r"|we (?:ask|hope|look) for|we (?:expect|want)|du|sie|ihr|dein|mindestens|vous|tu|je|jij"
    r"|minimaal|minimum|mínimo|al menos|buscamos|suchen)\b"
)
_OURS = re.compile(
    r"\b(?:we|our|(?-i:us)|ours|company|firm|founded|since|has|wir|uns\w*|seit|nous|notre|depuis"
    r"|llevamos|hemos|nuestr\w+|desde|ons|onze|wij|anniversary|combined|history|heritage)\b",
    re.IGNORECASE,
)
_WE = re.compile(
    r"\b(?:we|our|(?-i:us)|ours|wir|uns\w*|nous|notre|hemos|nuestr\w+|ons|onze|wij)\b", re.I
)
"""Where a line begins with the years, other words of `_OURS` are of the work: "in a law firm"."""
_PART = re.compile(r"[,;(]")
_ARTICLE = re.compile(r"[\s•*·–-]*(?:an?|eine?|une?)?\s*")
_BEHIND_ANOTHER = re.compile(r"[,;:(]\s*$")
"""Years that begin a part of a sentence: "MBA, 3-5 years in payroll"."""
_DEGREE = re.compile(
    r"\b(?:bachelor\w*|master\w*|degree|diplom\w*|licen[cs]\w+|b\.?sc?|m\.?sc?|b\.?eng|b\.?a|m\.?a|bs\w{2}"
    r"|mba|ph\.?d|qualified|certified)\b[^.;]*(?:\band|\bor|\bwith|,|\+|&)\s*$"
)
_AT_END = re.compile(r"^\W*[\w ]{4,60},\s*(?:at least |minimum )?$")
"""What the years at the end of a line are of: "Product management, four years or longer"."""
_ANOTHER = re.compile(
    r"(?:\b(?:last|past|next|first|every|after|within|for the|previous|letzten|nächsten|nach"
    r"|derni\w+|prochain\w+|últim\w+|afgelopen|laatste|of which(?: at least)?|including"
    r"|davon(?: mindestens| wenigstens)?|waarvan(?: minimaal)?|dont(?: au moins)?|de los cuales"
    r"|over (?:a|the)|vest\w*(?: over)?|aged?)"
    r"|\bduring(?: \w+)?|\d|[€$£]|\b(?:eur|usd|gbp|chf|dkk|sek|nok|kr|cad|aud)|\b(?:cdd|contrat"
    r"|contract|vertrag) (?:de|of|über))\s*$"
)
_NOT_EXPERIENCE = re.compile(
    r"^[\s-]*(?:(?:de |d['’])(?:contrat\w*|edad|antigüedad|garantie|présence|vida)|old|of age|ago"
    r"|warranty|contract|commitment|vest\w*|of (?:college|university|study|studies|school\w*)"
    r"|anniversary|in business(?! \w)|term"
    r"|plan|degree|programme?|bachelor\w*|college|university|or older|in lieu|residen\w+"
    r"|retention|in a row|running(?! [a-z]))\b"
)
_WELCOME = re.compile(
    r"\b(?:preferred|a plus|nice[- ]to[- ]have|desir\w+|an? (?:asset|advantage)"
    r"|bonus|von vorteil|wünschenswert|souhaité\w*|un plus|deseable|valorable)\b"
)
_IDEALLY = re.compile(r"\b(?:preferably|ideal\w*|nach möglichkeit|idéalement)\b")
"""Before the years it makes them welcome; behind them it speaks of something else."""
_OTHERS = re.compile(
    r"\b(?:mentor(?:ed|ing|ship)? (?:by|from)|(?:coached|taught|trained|guided|supported|led"
    r"|managed|surrounded) by|learn(?:ing)? from|work(?:ing)? (?:closely )?alongside"
    r"|you(?:['’]ll| will) work (?:closely )?with|side by side with)\b[^,;:.]{0,60}"
    r"\b(?:with|who(?: each| all)? (?:have|has|bring)|having|bringing)\b[\w ]{0,20}$"
)
"""What stands before the years of those whom one works with."""
_OTHERS_WORDS = ("mentor", " by ", "learn", "work", "side by side")
_LOOK_FOR_OTHERS = 120
_LOOK = 70
_MAX = 20.0
"""Years; more is the age of the company."""
_MAX_AMOUNTS = 200
"""More than any posting has; the rest of a hostile text is not weighed."""


def experience(passage: Passage) -> tuple[float, Evidence, bool] | None:
    """The smallest number of years asked for, where it stands, and whether it is required; what is
    required goes before what is only welcome. None where nothing asks for years."""
    asked = list(_asked(passage))
    required = [one for one in asked if one[2]]
    return min(required or asked, key=lambda one: one[0], default=None)


def _asked(passage: Passage) -> Iterator[tuple[float, Evidence, bool]]:
    for start, match in islice(_amounts(passage), _MAX_AMOUNTS):
        said, years = match.string, _years(match)
        span = start + match.start(), start + match.end()
        if years <= _MAX and _of_experience(passage.text[start : start + len(said)], match):
            ideal = _WELCOME.search(said) or _IDEALLY.search(said, 0, match.start())
            yield years, passage.evidence(*span, BY), ideal is None


def _amounts(passage: Passage) -> Iterator[tuple[int, re.Match[str]]]:
    """The numbers of years in the lowered sentences, and where their sentence starts; sought only
    before their units."""
    for start, stop in passage.saying(_UNITS):
        said, end = passage.lowered[start:stop], 0
        for unit in _UNIT.finditer(said):
            match = _AMOUNT.search(said, max(end, unit.start() - _BEFORE_UNIT), unit.end())
            if match is not None:
                end = match.end()
                yield start, match


def _years(match: re.Match[str]) -> float:
    low = match["low"]
    number = _WORDS.get(low) if low in _WORDS else float(low.replace(",", "."))
    assert number is not None
    if match["unit"].startswith(_MONTHS):
        return round(number / 12, 2)
    return number + 0.5 if _AND_A_HALF.match(match.string[match.end() :]) else number


def _of_experience(sentence: str, match: re.Match[str]) -> bool:
    """Whether these years, found in the lowered sentence, are asked of the applicant, and are
    years of experience."""
    said = match.string
    before, after = said[: match.start()], said[match.end() :]
    near = max(0, match.start() - _LOOK)
    if _ANOTHER.search(before, near) or _NOT_EXPERIENCE.match(after) or _of_others(before):
        return False
    ranged = match["plus"] is not None or match["high"] is not None
    begins = _ARTICLE.fullmatch(before) is not None
    starts_line = (
        begins
        or _LABEL.search(before) is not None
        or (ranged and _BEHIND_ANOTHER.search(before) is not None)
    )
    told = sentence[: match.start()] + _PART.split(sentence[match.end() :])[0]
    if (_WE if starts_line else _OURS).search(told) and not _ASKS.search(said):
        return False
    least = match["plus"] is not None or _LEAST.search(before, near) or _MORE.match(after)
    if match["unit"].startswith(_MONTHS):
        long = least and starts_line and _AS_ITEM.match(_MORE.sub("", after))
        return bool(long) or _SPOKEN.search(after[:_LOOK]) is not None
    if _SPOKEN.search(before[-_LOOK:] + " " + after[:_LOOK]) or _OF_WORK.match(after):
        return True
    if match["unit"] == "pqe" or (ranged and _DEGREE.search(before)):
        return True
    if match["plus"] and begins and _FIELD.match(after):
        return True
    if least and starts_line and not _MORE.sub("", after).strip(" ."):
        return True
    if least and (
        _DONE.match(said) or (_AT_END.match(before) and not _MORE.sub("", after).strip(" ."))
    ):
        return True
    return bool((least or starts_line) and _AS_ITEM.match(_MORE.sub("", after)))


def _of_others(before: str) -> bool:
    """Whether these are the years of mentors and colleagues: "mentored by engineers with 15+"."""
    near = before[-_LOOK_FOR_OTHERS:]
    return any(word in near for word in _OTHERS_WORDS) and _OTHERS.search(near) is not None
