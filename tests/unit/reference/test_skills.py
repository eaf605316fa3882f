"""The taxonomy: canonical names, other names, near misses, and what the file may not say twice."""

import re
from itertools import combinations

import pytest

from reference.skills import ALL, NAMES, TECHNOLOGIES, canonical, near_misses


def test_the_taxonomy_is_large_and_free_of_doubles():
    assert len(NAMES) >= 400
    assert len(set(map(str.casefold, NAMES))) == len(NAMES)


def test_each_name_is_its_own_canonical_name():
    assert [canonical(name) for name in NAMES] == list(NAMES)


@pytest.mark.parametrize(
    "text, name",
    [
        ("golang", "Go"),
        ("K8S", "Kubernetes"),
        ("c++", "C++"),
        ("c sharp", "C#"),
        ("r", "R"),
        ("node", "Node.js"),
        ("nodejs", "Node.js"),
        ("JS", "JavaScript"),
        ("ts", "TypeScript"),
        ("py", "Python"),
    ],
)
def test_other_names(text, name):
    assert canonical(text) == name


def test_unknown_names():
    assert canonical("underwater basket weaving") is None
    assert near_misses("pythn") == ["Python"]
    assert "Kubernetes" in near_misses("kuberntes")
    assert near_misses("zzzzqqqq") == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kube", "Kubernetes"),
        ("Machine", "Machine Learning"),
        ("sheets", "Google Sheets"),
        ("jscript", "JavaScript"),
        ("typescipt", "TypeScript"),
        (".net8", ".NET"),
        ("tensor", "TensorFlow"),
    ],
)
def test_a_name_that_is_near_or_begun_is_suggested(text, meant):
    assert canonical(text) is None
    assert near_misses(text)[0] == meant


def test_few_letters_begin_too_many_names():
    assert near_misses("the") == []


def test_no_name_stands_for_two_skills():
    """Both would be sought and only the first found, unless one says that it is meant as well."""
    owners: dict[str, set[str]] = {}
    for name in ALL:
        if not name.also:
            owners.setdefault(name.text, set()).add(name.skill)
    assert {text: skills for text, skills in owners.items() if len(skills) > 1} == {}


def test_what_a_name_implies_is_another_skill_than_its_own():
    own = {name.text.lower(): name.skill for name in ALL if not name.also}
    implied = [name for name in ALL if name.also]
    assert implied
    assert [name for name in implied if own.get(name.text.lower(), name.skill) == name.skill] == []


def test_a_line_goes_on_after_two_spaces():
    """`Nursing` has more names than a line holds."""
    assert canonical("krankenpfleger") == canonical("infirmière") == "Nursing"


def test_a_phrase_that_is_no_skill_has_no_canonical_name():
    assert any(not name.skill for name in ALL)
    assert canonical("maintenance mechanic") is None


def test_products_are_no_technologies_and_both_are_proper_names():
    proper = {name.skill for name in ALL if name.proper}
    assert proper >= TECHNOLOGIES
    assert {"Figma", "Salesforce", "AutoCAD"} <= proper - TECHNOLOGIES
    assert "Nursing" not in proper


def test_each_phrase_that_is_no_skill_hides_one():
    said = {name.text.lower() for name in ALL if name.skill}
    phrases = [name.text.lower() for name in ALL if not name.skill]
    assert [phrase for phrase in phrases if said.isdisjoint(parts_of(phrase))] == []


def parts_of(phrase: str) -> set[str]:
    """What stands in the phrase between two edges of words."""
    edges = [found.start() for found in re.finditer(r"\b", phrase)]
    return {phrase[start:end] for start, end in combinations(edges, 2)}


def test_a_semicolon_in_a_name_stands_for_a_comma():
    assert canonical("Governance, Risk and Compliance") == "GRC"
    assert all(";" not in name.text for name in ALL)
