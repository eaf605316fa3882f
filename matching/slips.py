"""What people write by the habits of other search boxes, and how it is written here.

Without these rules the parser would take such a text for words: `python | java`, `!python`,
`pay >= 70k`, and the `GBP` of `pay>=70000 GBP`. Whoever wrote it meant something else, so it is
refused with what was probably meant.
"""

import re
from collections.abc import Callable

from matching.faults import Fault
from matching.lexer import OPERATOR, QUOTED
from matching.quantities import AMOUNT, SIGNS
from matching.vocabulary import PERIODS_MEANT, is_field
from models.money import Period
from reference import money, skills

_UNEQUAL = re.compile(rf"([A-Za-z_]+)!==?({QUOTED}|[^\s()]*)")
_EXCLAIMED = re.compile(rf"!\s*({QUOTED}|[^\s()]*)")
_SPACED = re.compile(rf"([A-Za-z_]+)\s+({OPERATOR})\s*({QUOTED}|[^\s()]*)")
_OPERATOR = re.compile(OPERATOR)
_PLAIN_CODES = "aud brl chf czk dkk eur gbp hkd huf inr jpy nok nzd pln sek sgd usd zar"
_NO_WORDS = frozenset(_PLAIN_CODES.split())
"""Codes that are no words of an advert, however they are written."""
_CODES = frozenset(code for code in money.CURRENCIES if skills.canonical(code) is None)
"""Codes that are none in capitals: CAD and PHP are skills, too."""
_NAMED = {"euro": "EUR", "euros": "EUR", "dollars": "USD", "pounds": "GBP"}
_PERIODS = {p.value: p.value for p in Period} | PERIODS_MEANT
_PERIODS |= {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
_PERIODS |= dict.fromkeys(("yearly", "annually", "p.a", "p.a."), "year")
_LETTERS_OF_A_PERIOD = 2
"""Letters that a period has where neither "per" nor "/" stands before it."""

_STATES_CURRENCY = re.compile(rf"[{''.join(SIGNS)}]|\d[km]?[a-z]{{3}}", re.IGNORECASE)
_THOUSANDS = re.compile(r"\s+(\d{3}(?!\d)[^\s()]*)")
_MULTIPLE = re.compile(
    rf"\s+([km](?:{'|'.join(sorted(money.CURRENCIES))})?(?:/\w+)?)(?!\w)", re.IGNORECASE
)
_UPPER_END = re.compile(rf"\s+(?:-|–|—|to|\.\.)\s*({AMOUNT}[^\s()]*)", re.IGNORECASE)
_CURRENCY = re.compile(rf"\s+([{''.join(SIGNS)}]|[A-Za-z]{{3,7}})(?!\w)")
_PERIOD = re.compile(r"(\s+(?:per|an?|pro|each)\s+|\s*/\s*|\s+)([A-Za-z.]+)(?!\w)")
_YEARS = re.compile(r"\s+(?:y|yrs?|years?)\b", re.IGNORECASE)
_DISTANCE = re.compile(
    r"\s+(?:<=?|≤|within\s|\+)?\s*(\d+(?:\.\d+)?)\s*(km|kms|kilomet\w*|mi|miles?)\b", re.IGNORECASE
)


def refuse_item(text: str, position: int) -> None:
    """Raise Fault where the item that begins here is no item of this language."""
    if exclaimed := _EXCLAIMED.match(text, position):
        excluded = [f"-{exclaimed[1]}"] if exclaimed[1] else []
        raise Fault("a - or NOT before what must be missing", exclaimed[0], excluded)
    unequal = _UNEQUAL.match(text, position)
    if unequal and is_field(unequal[1]):
        meant = f"-{unequal[1]}:{unequal[2]}"
        raise Fault("a - or NOT before what must be missing", unequal[0], [meant])
    if text.startswith(",", position):
        raise Fault("a comma right behind a word, as python,java, or OR", ",")
    spaced = _SPACED.match(text, position)
    if spaced and is_field(spaced[1]):
        raise Fault("no spaces within a test", spaced[0], ["".join(spaced.groups())])
    if operator := _OPERATOR.match(text, position):
        raise Fault("a field before this, without a space, as pay>=70k", operator[0])


def refuse_word(text: str) -> None:
    """Raise Fault for a word that stands for an operator, or is glued together by some."""
    if "|" in text:
        alternatives = ",".join(filter(None, text.split("|")))
        raise Fault("OR between alternatives", text, [alternatives or "OR"])
    if "&&" in text or text == "&":
        alone = not text.strip("&")
        raise Fault("AND or only a space between words", text, ["AND"] if alone else ())
    if text.startswith("!"):
        excluded = [f"-{text[1:]}"] if text[1:] else []
        raise Fault("a - or NOT before what must be missing", text, excluded)


def refuse_loose_end(field: str, test: str, behind: str) -> None:
    """Raise Fault where the text behind a test begins with what can only belong to the test: the
    currency of `pay>=70000 GBP`, the distance of `near:"Leeds" 40km`."""
    bare = test.rstrip("!")
    mended, left = bare, behind
    for attach in _ATTACH.get(field, ()):
        mended, left = attach(mended, left)
    if mended != bare:
        loose = behind[: len(behind) - len(left)].strip()
        raise Fault("no space within a test", loose, [mended + test[len(bare) :]])


def _with_thousands(test: str, behind: str) -> tuple[str, str]:
    found = _THOUSANDS.match(behind) if re.search(r"(?<!\d)\d{1,3}$", test) else None
    return (test + found[1], behind[found.end() :]) if found else (test, behind)


def _with_multiple(test: str, behind: str) -> tuple[str, str]:
    found = _MULTIPLE.match(behind) if test[-1:].isdigit() else None
    return (test + found[1], behind[found.end() :]) if found else (test, behind)


def _with_upper_end(test: str, behind: str) -> tuple[str, str]:
    found = _UPPER_END.match(behind)
    floor = re.fullmatch(rf"pay>=?({AMOUNT})", test, re.IGNORECASE)
    if not (found and floor):
        return test, behind
    return f"pay:{floor[1]}..{found[1]}", behind[found.end() :]


def _with_currency(test: str, behind: str) -> tuple[str, str]:
    found = _CURRENCY.match(behind)
    if not found or "/" in test or _STATES_CURRENCY.search(test):
        return test, behind
    said, name = found[1], found[1].casefold()
    known = said in SIGNS or said in _CODES or name in _NO_WORDS or name in _NAMED
    code = _NAMED.get(name, said.upper())
    return (test + code, behind[found.end() :]) if known else (test, behind)


def _with_period(test: str, behind: str) -> tuple[str, str]:
    found = _PERIOD.match(behind)
    period = _PERIODS.get(found[2].casefold()) if found and "/" not in test else None
    if not found or period is None:
        return test, behind
    if found[1].isspace() and len(found[2]) < _LETTERS_OF_A_PERIOD:
        return test, behind
    return f"{test}/{period}", behind[found.end() :]


def _with_years(test: str, behind: str) -> tuple[str, str]:
    found = _YEARS.match(behind) if test[-1:].isdigit() else None
    return (f"{test}years", behind[found.end() :]) if found else (test, behind)


def _with_distance(test: str, behind: str) -> tuple[str, str]:
    found = _DISTANCE.match(behind) if "<" not in test and "≤" not in test else None
    if not found:
        return test, behind
    unit = "mi" if found[2].casefold().startswith("m") else "km"
    return f"{test}<{found[1]}{unit}", behind[found.end() :]


_Attach = Callable[[str, str], tuple[str, str]]
"""What belongs to a test is taken from the text behind it: (test, behind) before and after."""
_ATTACH: dict[str, tuple[_Attach, ...]] = {
    "pay": (_with_thousands, _with_multiple, _with_upper_end, _with_currency, _with_period),
    "near": (_with_distance,),
    "experience": (_with_years,),
}
