"""The names that the alert language knows: its fields, their synonyms, regions, languages."""

from matching.faults import Fault, near

TEXT_FIELDS = {"text": "any", "title": "title", "description": "description", "company": "company"}
"""Field of the language → field of a `Words` test."""

FIELDS = (
    *TEXT_FIELDS,
    "skill",
    "level",
    "employment",
    "mode",
    "near",
    "place",
    "remote",
    "pay",
    "visa",
    "lang",
    "posted",
    "first_seen",
    "unknown",
)
ORDERED_FIELDS = frozenset({"level", "pay", "posted", "first_seen"})
"""Fields that `<`, `<=`, `>` and `>=` compare."""
SINGLE_FIELDS = frozenset({"pay", "posted", "first_seen"})
"""Fields that take no list: the comma of `pay>=70,000` is no "or"."""

_LATER = frozenset({"category", "clearance", "source"})
_MEANT = {
    "age": "posted",
    "city": "place",
    "contract": "employment",
    "country": "place",
    "date": "posted",
    "employer": "company",
    "exclude": "NOT",
    "language": "lang",
    "location": "place",
    "money": "pay",
    "role": "title",
    "salary": "pay",
    "seen": "first_seen",
    "seniority": "level",
    "sponsorship": "visa",
    "tech": "skill",
    "type": "employment",
    "workplace": "mode",
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


def field_name(text: str) -> str:
    """The field of that name, in any case. Raises Fault with what may have been meant."""
    name = text.casefold()
    if name in FIELDS:
        return name
    if name in _LATER:
        raise Fault("a field this version knows; this one is not available yet", text)
    meant = [_MEANT[name]] if name in _MEANT else near(name, FIELDS)
    raise Fault(f"one of the fields {', '.join(FIELDS)}", text, meant)


def one_of(text: str, what: str, names: dict[str, str]) -> str:
    """The name among `names` (written form → value) that `text` stands for: case, `-` and `_` do
    not matter. Raises Fault with the nearest."""
    wanted = _plain(text)
    for name, value in names.items():
        if _plain(name) == wanted:
            return value
    raise Fault(f"{what}: {', '.join(names)}", text, near(text, names))


def _plain(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "").replace(" ", "")
