"""The names that the alert language knows: its fields, their synonyms, regions, languages."""

from collections.abc import Mapping

from matching.faults import Fault
from matching.nearness import near

TEXT_FIELDS = {"text": "any", "title": "title", "description": "description", "company": "company"}
"""Field of the language → field of a `Words` test."""

FIELDS = (
    *TEXT_FIELDS,
    "skill",
    "category",
    "level",
    "experience",
    "employment",
    "mode",
    "near",
    "place",
    "remote",
    "pay",
    "visa",
    "clearance",
    "lang",
    "source",
    "posted",
    "first_seen",
    "unknown",
)
ORDERED_FIELDS = frozenset({"level", "experience", "pay", "posted", "first_seen"})
"""Fields that `<`, `<=`, `>` and `>=` compare."""
SINGLE_FIELDS = frozenset({"experience", "pay", "posted", "first_seen"})
"""Fields that take no list."""
KNOWN_FIELDS = frozenset({*TEXT_FIELDS, "source", "posted", "first_seen"})
"""Fields that every posting states, so that a hard mark says nothing."""

LIST_FIELDS = frozenset({"company", "skill"})
"""Fields that named lists are of: `company:@agencies`."""

_MEANT = {
    "age": "posted",
    "board": "source",
    "city": "place",
    "contract": "employment",
    "country": "place",
    "date": "posted",
    "department": "category",
    "distance": "near",
    "employer": "company",
    "exclude": "NOT",
    "language": "lang",
    "location": "place",
    "money": "pay",
    "radius": "near",
    "role": "title",
    "salary": "pay",
    "security": "clearance",
    "seen": "first_seen",
    "seniority": "level",
    "site": "source",
    "sponsorship": "visa",
    "stack": "skill",
    "tech": "skill",
    "type": "employment",
    "workplace": "mode",
    "years": "experience",
    "yoe": "experience",
}

_REGIONS = (
    "EMEA AMER APAC AFRICA EUROPE ASIA LATAM EEA EU MENA GCC NORDICS BALTICS BENELUX DACH ANZ"
)
REGIONS = tuple(_REGIONS.split())
"""Regions that a list of `remote:` countries is printed as; unknown ones are not printed."""

UNCLEAR_CODES = {"NA": ("Namibia", "North America")}
"""Country codes that mostly mean something else: the country's own name, and the other meaning.
They are neither read nor printed; the names are."""

_LANGUAGES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGES = frozenset(_LANGUAGES.split())
"""ISO 639-1."""

_LANGUAGE_NAMES = (
    "ar arabic,bg bulgarian,cs czech,da danish dansk,de german deutsch,el greek,en english,"
    "es spanish español,et estonian,fi finnish suomi,fr french français,he hebrew,hi hindi,"
    "hr croatian,hu hungarian magyar,id indonesian,it italian italiano,ja japanese,ko korean,"
    "lt lithuanian,lv latvian,nl dutch nederlands,no norwegian norsk,pl polish polski,"
    "pt portuguese português,ro romanian,ru russian,sk slovak,sl slovenian,sr serbian,"
    "sv swedish svenska,th thai,tr turkish türkçe,uk ukrainian,vi vietnamese,zh chinese"
)
LANGUAGE_NAMES = {
    name: code for code, *names in map(str.split, _LANGUAGE_NAMES.split(",")) for name in names
}
"""Names of the languages that adverts are mostly written in → their codes."""

LEVELS_MEANT = {
    "apprentice": "intern",
    "entry": "junior",
    "graduate": "junior",
    "middle": "mid",
    "regular": "mid",
    "experienced": "senior",
    "lead": "senior",
    "expert": "principal",
    "head": "director",
    "vp": "executive",
    "chief": "executive",
}
EMPLOYMENT_MEANT = {
    "permanent": "full_time",
    "regular": "full_time",
    "freelance": "contract",
    "contractor": "contract",
    "intern": "internship",
    "temp": "temporary",
    "seasonal": "temporary",
}
PERIODS_MEANT = {
    "h": "hour",
    "hr": "hour",
    "d": "day",
    "w": "week",
    "wk": "week",
    "m": "month",
    "mo": "month",
    "y": "year",
    "yr": "year",
    "pa": "year",
    "annum": "year",
}
MODES_MEANT = {
    "office": "onsite",
    "flexible": "hybrid",
    "home": "remote",
    "homeoffice": "remote",
    "wfh": "remote",
}
"""Words that are no value of their field, and the value that they mostly stand for."""


_SMALL_WORDS = (
    "a an and are as at be by for from in is of on or our that the this to we will with you your"
)
UBIQUITOUS = frozenset(_SMALL_WORDS.split())
"""Words of nearly every advert in English: searched alone, they ask for nothing."""


def is_field(text: str) -> bool:
    """Whether the text names a field, or is another word for one."""
    return text.casefold() in FIELDS or text.casefold() in _MEANT


def field_name(text: str) -> str:
    """The field of that name, in any case. Raises Fault with what may have been meant."""
    name = text.casefold()
    if name in FIELDS:
        return name
    meant = [_MEANT[name]] if name in _MEANT else near(name, FIELDS) or _begun(name)
    raise Fault(f"one of the fields {', '.join(FIELDS)}", text, meant)


def _begun(name: str) -> list[str]:
    """The fields that a shortened name begins: "desc" is description."""
    return [field for field in FIELDS if field.startswith(name)] if len(name) > 2 else []


def one_of(
    text: str, what: str, names: Mapping[str, str], meant: Mapping[str, str] | None = None
) -> str:
    """The name among `names` (written form → value) that `text` stands for: case, `-` and `_` do
    not matter. Raises Fault with the one that is `meant` by another word, else with the nearest."""
    wanted = _plain(text)
    for name, value in names.items():
        if _plain(name) == wanted:
            return value
    other = (meant or {}).get(wanted)
    raise Fault(f"{what}: {', '.join(names)}", text, [other] if other else near(text, names))


def _plain(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "").replace(" ", "")
