"""Lists of countries in running text: "the US, Canada or Mexico", "DE/AT/CH", "EU except Germany".

A list is names of countries, of groups ("EMEA") and of states, which stand for their country, with
a separator between each two: a comma, a bar, a slash, a plus, an ampersand, a semicolon, a line's
end, "and" or "or". It ends where no name follows. What is excepted behind it is taken off again:
a country or a group, not a state, without which its country is still open.

A code of two letters may be of a country or of an American state. The others of the list decide:
"DE/AT/CH" are countries, "CA, NY, TX" are states.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from reference.countries import countries_of, country_code
from reference.regions import regions, regions_coded, regions_named
from reference.text import fold

_NAME = re.compile(r"[^\W\d_](?:[\w’']|\.(?=\w)|(?<=\.\w)\.|&(?=[A-Z]\b))*")
_NAME_WORDS = 5
_EASTERN_TIME = "EST"
"""Also the code of Estonia, which no advert means."""
_NAME_MAX = 60
_NAMES_MAX = 80
_GAP = re.compile(r" (?:& )?| ?& ?|-")
_ARTICLE = (
    r"(?:in|the|The|any|all|other|of|from|within|anywhere|die|der|den|la|les|le|el|los|de|het|en"
    r"|au|aux|em|aus|im|ganz|either|remote|Remote)\s+"
)
_ARTICLES = re.compile(rf"(?:{_ARTICLE})*")
_JOIN = re.compile(
    r"\s*(?:[,/|+;&\n]|\b(?:and|or|und|oder|et|ou|y|o|e|en|of)\b)(?:[\s,/|+;&•*-]|\b(?:and|or|und"
    r"|oder)\b)*(?=\w)"
)
"""Words in small letters only: `OR` is Oregon, `DE` Germany."""
_PART = re.compile(
    r"(?:Western|Eastern|Northern|Southern|Central|Atlantic|Continental|Contiguous|Mainland"
    r"|Metropolitan|Greater)\s"
    r"|(?:North|South)(?:[ -]?(?:[Ww]est|[Ee]ast)(?: of)?|(?:ern)? of)\s"
)
_EXCEPT = re.compile(
    r"[\s,;(\[–—-]*(?:\b(?:except(?:ing)?(?: for)?|excluding|excludes?|excl|(?:but|and) not|not"
    r"|other than|apart from|aside from|with the exception of|minus|without|outside(?: of)?"
    r"|anywhere but|but|no|non|nicht|ohne|außer|ausgenommen|sauf|hors|excepté|excepto|salvo|menos"
    r"|behalve|uitgezonderd|tranne|eccetto|esclus[aoie])\b\.?|(?:but )?(?:we )?\b(?:cannot"
    r"|can['’]?t|can not|do not|don['’]t|unable to|not able to)(?: \w+){1,4}?(?= (?:in|from"
    r"|within)\b))[\s:]*(?:(?:in|from|for|within|available in|open to|eligible in|residents of"
    r"|candidates (?:in|from))\s+)*",
    re.IGNORECASE,
)
_EXCEPT_WORDS = (
    *("excep", "excl", "not", "other than", "apart from", "aside from", "minus", "without", "n't"),
    *("outside", "but", "no", "non", "nicht", "ohne", "außer", "ausgenommen", "sauf", "hors"),
    *("n’t", "salvo", "menos", "behalve", "uitgezonderd", "tranne", "eccetto", "esclus", "cant "),
    "unable",
)
"""One of these stands in whatever `_EXCEPT` matches."""
_OUTSIDE = re.compile(r"\boutside\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(
    r"\b(?:no|not|cannot|\w*n['’]t|never|unable|nor)\b[^.;|\n]{0,40}$", re.IGNORECASE
)
_OF_A_GROUP = re.compile(
    r"\s*(?:countr(?:y|ies)|states?|residents?|citizens?|nationals|candidates|applicants|region"
    r"|member\s+states?|wide)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """The countries (alpha-2) of a list at [start, end) of a text; `whole` are those that are named
    themselves and not by one of their states, `names` how many names the list has, `excepted` the
    countries that were taken off."""

    codes: frozenset[str]
    whole: frozenset[str]
    start: int
    end: int
    names: int
    excepted: frozenset[str] = frozenset()


def list_at(text: str, at: int) -> Listed | None:
    """The list that begins at a position, its exceptions taken off; None where no name does."""
    listed = _names_at(text, at)
    if listed is None:
        return None
    excepted = exception_at(text, listed.end)
    if excepted is None:
        return listed
    codes, whole = listed.codes - excepted.whole, listed.whole - excepted.whole
    return Listed(codes, whole, listed.start, excepted.end, listed.names, excepted.whole)


def exception_at(text: str, at: int) -> Listed | None:
    """What is excepted at a position: " (excl. UK)", ", but not Germany", " countries except
    DE"."""
    group = _OF_A_GROUP.match(text, at)
    said = _EXCEPT.match(text, group.end() if group is not None else at)
    if said is None:
        return None
    if _OUTSIDE.search(said[0]) and _NOT_BEFORE.search(text[: said.end()].rpartition("outside")[0]):
        return None
    return _names_at(text, said.end())


def exceptions(text: str) -> Iterator[Listed]:
    """All exceptions in a short text, in order; each span begins at the word that excepts."""
    lowered = text.lower()
    if not any(word in lowered for word in _EXCEPT_WORDS):
        return
    end = 0
    for said in _EXCEPT.finditer(text):
        if said.start() < end:
            continue
        listed = exception_at(text, said.start())
        if listed is not None:
            end = listed.end
            yield replace(listed, start=said.start())


def without_exceptions(text: str) -> str:
    """The text with blanks where a country is excepted, so that nobody reads it as a place."""
    for one in exceptions(text):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    start: int
    end: int


def _names_at(text: str, at: int) -> Listed | None:
    names: list[_Name] = []
    at = _after_articles(text, at)
    while len(names) < _NAMES_MAX and (name := _name_at(text, at)) is not None:
        names.append(name)
        join = _JOIN.match(text, name.end)
        if join is None:
            break
        at = _after_articles(text, join.end())
    if not names:
        return None
    whole, of_states = _countries_of_names(text, names)
    return Listed(whole | of_states, whole, names[0].start, names[-1].end, len(names))


def _after_articles(text: str, at: int) -> int:
    match = _ARTICLES.match(text, at)
    return match.end() if match is not None else at


def _name_at(text: str, at: int) -> _Name | None:
    """The longest name of a country, a group or a state that begins at a position."""
    first = _NAME.match(text, at)
    if first is None or not (first[0][0].isupper() or len(first[0]) > 3):
        return None
    words = islice(_words(text, at), _NAME_WORDS)
    for end in reversed([end for end in words if end - at <= _NAME_MAX]):
        said = text[at:end]
        if _meanings(said):
            return _Name(said, at, end)
    return None


def _words(text: str, at: int) -> Iterator[int]:
    """The ends of the words from a position on, as far as only spaces or "&" are between them."""
    while (word := _NAME.match(text, at)) is not None:
        yield word.end()
        gap = _GAP.match(text, word.end())
        if gap is None:
            return
        at = gap.end()


def _meanings(name: str) -> frozenset[str]:
    """The countries that a name can stand for, whichever way it is read."""
    if name == _EASTERN_TIME or (len(name) == 2 and not name.isupper()):
        return frozenset()
    return (_countries_called(name) or frozenset()) | _country_of_state(name)


def _countries_called(name: str) -> frozenset[str] | None:
    """The countries of a name, also of a part of it ("Western Canada") and in the German
    genitive ("innerhalb Deutschlands")."""
    found = countries_of(name)
    if found is None and name.endswith("lands"):
        return countries_of(name[:-1])
    if found is None and is_part_of_country(name):
        return _whole_of_part(name)
    return found


def _countries_of_names(text: str, names: list[_Name]) -> tuple[frozenset[str], frozenset[str]]:
    """The countries that are named, and those of the states that are: "Georgia, USA" and "CA, US"
    are states."""
    states = _are_states(names)
    whole: frozenset[str] = frozenset()
    of_states: frozenset[str] = frozenset()
    for name, behind in zip(names, [*names[1:], None], strict=True):
        state, countries = _country_of_state(name.text), _countries_called(name.text)
        in_it = (
            behind is not None
            and countries_of(behind.text) == state
            and text[name.end : behind.start] == ", "
        )
        if countries and not (state and (states or in_it)):
            whole |= countries
        else:
            of_states |= state
    return whole, of_states


def _are_states(names: list[_Name]) -> bool:
    """Whether codes that are of a state and of a country are of states: where some other name of
    the list is of a state alone, and none is of a country alone."""
    other = [name.text for name in names if not _is_doubtful(name.text)]
    if not other:
        of_one_country = len({_country_of_state(name.text) for name in names}) == 1
        return len(names) > 1 and of_one_country and all(len(name.text) == 2 for name in names)
    return all(_countries_called(name) is None for name in other)


def is_part_of_country(name: str) -> bool:
    """Whether a name is of a part of a country that is no state: "Western Canada"."""
    return _whole_of_part(name) is not None and not _country_of_state(name)


def _whole_of_part(name: str) -> frozenset[str] | None:
    part = _PART.match(name)
    if part is None or countries_of(name) is not None:
        return None
    code = country_code(name[part.end() :])
    return frozenset({code}) if code else None


def _is_doubtful(name: str) -> bool:
    return countries_of(name) is not None and bool(_country_of_state(name))


def _country_of_state(name: str) -> frozenset[str]:
    """The country that all states and provinces of that name are in; the United States where one
    of its states has that name or code."""
    if len(name) == 2 and name.isupper():
        coded = [regions()[number].country for number in regions_coded(name)]
        return (
            frozenset({"US"})
            if "US" in coded
            else frozenset({"CA"})
            if "CA" in coded
            else frozenset()
        )
    codes = frozenset(regions()[number].country for number in regions_named(fold(name)))
    if "US" in codes:
        return frozenset({"US"})
    return codes if len(codes) == 1 else frozenset()
