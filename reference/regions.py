"""First-order divisions of countries (states, provinces, Länder, …) with their GeoNames ids.

`regions.tsv` joins the GeoNames division codes that the gazetteer's cities carry with the ISO
3166-2 codes that postings use (`TX`, `BW`, `CJ`).
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from reference.text import fold


@dataclass(frozen=True, slots=True)
class Region:
    """`admin1` is the GeoNames code, `code` the ISO 3166-2 code after its dash (may be empty)."""

    country: str
    admin1: str
    id: int
    code: str
    name: str
    lat: float
    lon: float
    other_names: tuple[str, ...]


@cache
def regions() -> tuple[Region, ...]:
    """All regions, ordered as in the file."""
    text = (files("reference") / "regions.tsv").read_text(encoding="utf-8")
    return tuple(_parse(line) for line in text.splitlines() if not line.startswith("#"))


def _parse(line: str) -> Region:
    country, admin1, id_, code, name, lat, lon, others = line.split("\t")
    names = tuple(others.split("|")) if others else ()
    return Region(country, admin1, int(id_), code, name, float(lat), float(lon), names)


@cache
def _numbers() -> dict[tuple[str, str], int]:
    return {(r.country, r.admin1): number for number, r in enumerate(regions())}


def region_number(country: str, admin1: str) -> int:
    """The index in `regions()` of a GeoNames division, -1 where it is not listed."""
    return _numbers().get((country, admin1), -1)


@cache
def _by_id() -> dict[int, int]:
    return {region.id: number for number, region in enumerate(regions())}


def region_by_id(region_id: int) -> int | None:
    """The index in `regions()` of a GeoNames id."""
    return _by_id().get(region_id)


@cache
def _by_name() -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = {}
    for number, region in enumerate(regions()):
        for name in {fold(n) for n in (region.name, *region.other_names)}:
            index.setdefault(name, []).append(number)
    return {name: tuple(numbers) for name, numbers in index.items()}


def regions_named(folded: str) -> tuple[int, ...]:
    """Indexes of the regions of that name, in all countries."""
    return _by_name().get(folded, ())


@cache
def _by_code() -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = {}
    for number, region in enumerate(regions()):
        if region.code and not region.code.isdigit():
            index.setdefault(region.code, []).append(number)
    return {code: tuple(numbers) for code, numbers in index.items()}


def regions_coded(code: str) -> tuple[int, ...]:
    """Indexes of the regions with that ISO 3166-2 code in any country: `WA` is in the United
    States and in Australia."""
    return _by_code().get(code.upper(), ())
