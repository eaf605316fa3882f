"""Whether two postings tell of one vacancy.

The company must be the same, the ranks in the title, and what is stated of level and employment;
pay must not be far apart, and one site does not call one vacancy remote and not. The places must be
compatible: one in common, or one side states none, or is remote from where the other is. Two
different cities are two vacancies, and so are two doors of one city, however equal the rest.

Then the title and the text decide together. Where the titles name the same, the text of the shorter
must stand in the longer to ENOUGH, which finds excerpts and copies with a preamble; two teams that
look for the same title share the paragraphs about the company, and no more. Where one title names
a little more than the other (`Engineer, Payments` beside `Engineer`), the texts must be nearly the
same, and come from two sites: one site does not write one vacancy in two ways. Where a text is
missing or too short to say anything, equal titles are enough only if the places are stated alike.

The thresholds are measured by `bench/clusters.py`: of pairs made from real postings 99.9 % of those
of one vacancy are above 0.87 where ENOUGH is 0.8, and 99 % of two teams' with one title below it.
"""

from collections.abc import Collection

from models.cluster import Traits
from processing.copies.sketch import Sketch, shares

ENOUGH = 0.8
"""Of the runs of words of the shorter text that the longer must have too, where titles agree."""
NEARLY_ALL = 0.85
"""Of the runs in either text that both must have, where one title says more than the other."""
RUNS_MIN = 12
"""A text of fewer distinct runs of words says nothing about which vacancy it is."""
PAY_APART = 1.25
"""So many times the most of one, the least of another is the pay of another vacancy: boards round,
and count an hour or a currency in their own ways."""
TERMS_BEYOND = 1
"""By so many terms one title may be longer than the other."""


def titles_agree(a: Traits, terms: Collection[str], ranks: Collection[str]) -> bool:
    """Whether a posting with these terms and ranks in its title can be one with `a`: quick to say
    of many, before anything else of them is read."""
    if len(a.ranks) != len(ranks) or abs(len(a.terms) - len(terms)) > TERMS_BEYOND:
        return False
    fewer, more = sorted((a.terms, terms), key=len)
    return set(fewer).issubset(more) and set(a.ranks).issubset(ranks)


def likeness(a: Traits, b: Traits) -> float | None:
    """How much these look like one vacancy, from 0 to 2; None where they are two. Symmetric."""
    if not _may_be_one(a, b):
        return None
    if a.terms == b.terms:
        return _of_equal_titles(a, b)
    return _of_near_titles(a, b)


def _may_be_one(a: Traits, b: Traits) -> bool:
    return (
        a.company == b.company
        and titles_agree(a, b.terms, b.ranks)
        and not _differ(a.level, b.level)
        and not _differ(a.employment, b.employment)
        and not _paid_apart(a, b)
        and not _worked_apart(a, b)
        and not _at_other_doors(a, b)
        and compatible(a, b)
    )


def _differ(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and a != b


def _paid_apart(a: Traits, b: Traits) -> bool:
    if a.pay is None or b.pay is None:
        return False
    return _below(a.pay[1], b.pay[0]) or _below(b.pay[1], a.pay[0])


def _below(most: float | None, least: float | None) -> bool:
    return most is not None and least is not None and most * PAY_APART < least


def _worked_apart(a: Traits, b: Traits) -> bool:
    stated = a.mode is not None and b.mode is not None
    return stated and a.site == b.site and a.is_remote != b.is_remote


def _at_other_doors(a: Traits, b: Traits) -> bool:
    return bool(a.doors and b.doors) and set(a.doors).isdisjoint(b.doors)


def compatible(a: Traits, b: Traits) -> bool:
    """Whether one vacancy can be in the places of both."""
    if _in_a_town(a) and _in_a_town(b):
        return _same_town(a, b)
    if _overlap(a, b):
        return True
    if a.countries and b.countries and set(a.countries).isdisjoint(b.countries):
        return False
    if a.is_remote or b.is_remote:
        return True
    if a.spots and b.spots:
        return not set(a.spots).isdisjoint(b.spots)
    return not (_places(a) and _places(b))


def _in_a_town(traits: Traits) -> bool:
    return bool(traits.cities or traits.towns)


def _same_town(a: Traits, b: Traits) -> bool:
    return not (set(a.cities).isdisjoint(b.cities) and set(a.towns).isdisjoint(b.towns))


def _places(traits: Traits) -> set[int]:
    return {*traits.cities, *traits.areas}


def _overlap(a: Traits, b: Traits) -> bool:
    """Whether a place of the one is, or lies in, a place of the other."""
    ours, theirs = _places(a), _places(b)
    return not ours.isdisjoint(theirs | set(b.within)) or not theirs.isdisjoint(a.within)


def _stated_alike(a: Traits, b: Traits) -> bool:
    """Whether the places alone speak for one vacancy: the same town, or where neither names one
    the same area, or the same words, or both say nothing."""
    if _in_a_town(a) or _in_a_town(b):
        return _same_town(a, b)
    if a.areas or b.areas:
        return not set(a.areas).isdisjoint(b.areas)
    if a.spots or b.spots:
        return not set(a.spots).isdisjoint(b.spots)
    return a.countries == b.countries and a.is_remote == b.is_remote


def _of_equal_titles(a: Traits, b: Traits) -> float | None:
    if min(a.runs, b.runs) < RUNS_MIN:
        return 1.0 if _stated_alike(a, b) else None
    found = shares(_sketch(a), _sketch(b))
    return 1.0 + found.resemblance if found.containment >= ENOUGH else None


def _of_near_titles(a: Traits, b: Traits) -> float | None:
    if not (a.terms and b.terms) or a.site == b.site or min(a.runs, b.runs) < RUNS_MIN:
        return None
    found = shares(_sketch(a), _sketch(b))
    return found.resemblance if found.resemblance >= NEARLY_ALL else None


def _sketch(traits: Traits) -> Sketch:
    return Sketch(traits.runs, traits.sketch)
