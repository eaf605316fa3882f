"""Light stemming: the inflected forms of one word meet in one stem, English and German.

A term of letters a-z is stemmed; one with a digit, punctuation or another script (`c++`, `k8s`,
`r&d`) and one of fewer than four letters (`aws`, `css`, `ios`) stays as it is, but that `node.js`
and `nodejs` are one. Stems of the two languages never meet: the term of a German posting is written
`de:STEM`, any other as the plain stem. No term of the analyzer has a colon.

English is the S-stemmer of Donna Harman, *How effective is suffixing?*, JASIS 42(1), 1991: plurals
only, the first rule that fits. Light on purpose: `engineers` is `engineer`, but `engineering` stays
another word, as people who search for jobs expect. Ours are the plurals that it misses: -es after a
hiss (`boxes`, `coaches`), of words in -s (`buses`, `analyses`), and irregular ones (`shelves`,
`women`). Where a form is the plural of two words, the one of the job market wins: `leaves` is
`leave`, `bases` is `base`. `people` is no plural of `person`: one is a department. (The possessive
's is no term: analyzer.)

German is the light stemmer of Jacques Savoy, *Light stemming approaches for the French, Portuguese,
German and Hungarian languages*, SAC 2006 (https://doi.org/10.1145/1141277.1141523), for words whose
umlauts are already folded. Its two steps are repeated until nothing changes, which makes a stem
its own stem: `Entwicklern` and `Entwickler` are `entwickl`. Ours are what adverts need beside: an
umlaut written as two letters (`Buero`), read as Snowball's German stemmer reads it
(https://snowballstem.org/algorithms/german/stemmer.html); -s after more letters than Savoy's, for
names of jobs and foreign words (`Verkäufers`, `Büros`, `Developers`); `Kenntnisse`; and `Story`
like `Stories`.
"""

import re
from collections.abc import Callable

GERMAN_MARK = "de:"

_PLAIN = re.compile(r"[a-z]{4,}")

_WHOLE = """
alias apparatus atlas axis bias bonus bus campus canvas census chorus circus consensus customs focus
gas genius goods lens locus minibus minus news nexus octopus plus prospectus radius rails sinus
status stimulus surplus syllabus uterus virus windows
buffalo cargo domino echo hero mango mosquito potato tomato tornado torpedo veto volcano zero
"""
_IN_E = """
ache apache avalanche brioche cache cliche creche douche geocache headache heartache impasse
moustache mustache niche pastiche porsche posse quiche stomachache toothache tranche
brownie calorie cookie foodie freebie hoodie movie newbie prairie rookie selfie smoothie techie
veggie zombie
"""
_IRREGULAR_PLURALS = """
alumni alumnus, appendices appendix, axes axis, bacteria bacterium, bookshelves bookshelf,
chairmen chairman, children child, crises crisis, criteria criterion, curricula curriculum,
diagnoses diagnosis, emphases emphasis, feet foot, firemen fireman, fishermen fisherman,
foremen foreman, formulae formula, geese goose, halves half, handymen handyman,
housewives housewife, indices index, journeymen journeyman, knives knife, linemen lineman,
lives life, loaves loaf, matrices matrix, men man, mice mouse, midwives midwife, nuclei nucleus,
phenomena phenomenon, policemen policeman, prognoses prognosis, quizzes quiz, repairmen repairman,
scarves scarf, shelves shelf, syllabi syllabus, teeth tooth, thieves thief, vertices vertex,
vortices vortex, wives wife, wolves wolf, workmen workman
"""
_OWN_STEMS = frozenset(_WHOLE.split())
"""Words in -s that are no plural, and in -o: the plural of them is in -es, if there is one."""
_STEMS_IN_E = frozenset(_IN_E.split())
"""Words of whose plural only the -s comes off, though the ending would take more."""
_IRREGULAR = dict(map(str.split, _IRREGULAR_PLURALS.split(",")))
_PLURAL_ENDS = ("s", "smen", "women")
_SINGULAR_ENDS = ("asis", "esis", "isis", "js", "osis", "smen", "ss", "us", "ysis")
_ENDINGS = {
    "sses": "ss",
    "xes": "x",
    "ches": "ch",
    "shes": "sh",
    "zzes": "zz",
    "yses": "ysis",
    "theses": "thesis",
    "women": "woman",
    "smen": "sman",
}

# Pruefer, Haeuser; not Europäer, Heraeus, neue, Quelle, Values.
_UMLAUT = re.compile(r"(?<!europ)(?<!her)ae|oe|(?<![aeiouyq])ue(?!s?$)")
_GERMAN_BEFORE_ST = frozenset("bdfghklmnt")
_GERMAN_S = re.compile(
    r"(?:[ejsu]|[ae]i"  # dies, nodejs, Glass, Haus; Mais, Kreis
    r"|(?<!e)ur|^..r"  # Kurs, Nurse; Vers
    r")s$"
)
"""An -s that belongs to the word."""
_GERMAN_IN_S = _OWN_STEMS | {"andreas", "corps", "divers", "etwas", "korps"}
_REMEMBERED = 1 << 16


class Stems(dict[str, str]):
    """The terms of one language by word, remembered: `stems[word]`. Forgets all when full, which
    bounds it at `_REMEMBERED` words. The empty word, a gap, stays empty."""

    def __init__(self, stem: Callable[[str], str], mark: str = "") -> None:
        super().__init__()
        self._stem = stem
        self._mark = mark

    def __missing__(self, word: str) -> str:
        term = self._mark + self._stem(word) if word else ""
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = term
        return term


def english(word: str) -> str:
    """The English stem of a folded word."""
    while (stem := _singular(word)) != word:
        word = stem
    return _without_point(word)


def _singular(word: str) -> str:
    """The word without one ending of the plural."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.endswith(_PLURAL_ENDS) or not _PLAIN.fullmatch(word) or word in _OWN_STEMS:
        return word
    if word[:-1] in _STEMS_IN_E:
        return word[:-1]
    if word.endswith("es") and word[:-2] in _OWN_STEMS:
        return word[:-2]
    if len(word) > 4:
        for plural, singular in _ENDINGS.items():
            if word.endswith(plural):
                return word.removesuffix(plural) + singular
        if word.endswith("ies") and not word.endswith(("eies", "aies")):
            return word[:-3] + "y"
    # Harman's second rule ("es" to "e") takes off an "s" too, so the third covers both.
    return word if word.endswith(_SINGULAR_ENDS) else word[:-1]


def german(word: str) -> str:
    """The German stem of a folded word."""
    if not _PLAIN.fullmatch(word):
        return _without_point(word)
    while (stem := _inflection_off(_ending_off(_one_letter_umlauts(word)))) != word:
        word = stem
    return word


def _without_point(word: str) -> str:
    """The name of a library, `node.js`, as it is also written: `nodejs`."""
    return word.removesuffix(".js") + "js" if word.endswith(".js") else word


def _one_letter_umlauts(word: str) -> str:
    """The word as if its umlauts were typed and then folded: `buero` and `Büro` are `buro`."""
    return _UMLAUT.sub(lambda found: found[0][0], word)


def _ending_off(word: str) -> str:
    """Savoy's step 1: the endings of case and number."""
    if len(word) > 5 and word.endswith("ern"):
        return word[:-3]
    if len(word) > 4 and word.endswith(("em", "en", "er", "es")):
        return word[:-2]
    if len(word) > 3 and word.endswith("e"):
        return word[:-1]
    if len(word) > 3 and word.endswith("y"):
        return word[:-1] + "i"
    if word.endswith("niss"):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not _keeps_s(word):
        return word[:-1]
    return word


def _keeps_s(word: str) -> bool:
    return word in _GERMAN_IN_S or _GERMAN_S.search(word) is not None


def _inflection_off(word: str) -> str:
    """Savoy's step 2: the endings of comparison and of verbs."""
    if len(word) > 5 and word.endswith("est"):
        return word[:-3]
    if len(word) > 4 and word.endswith(("er", "en")):
        return word[:-2]
    if len(word) > 4 and word.endswith("st") and word[-3] in _GERMAN_BEFORE_ST:
        return word[:-2]
    return word


ENGLISH = Stems(english)
GERMAN = Stems(german, GERMAN_MARK)


def stems_of(language: str | None) -> Stems:
    """How a posting in this language (ISO 639-1) is read; one that states none as English."""
    return GERMAN if language == "de" else ENGLISH
