"""Skills: names, near misses, and what counts as a skill in running text."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.skills import NAMES, canonical, find, near_misses


def names(text: str) -> list[str]:
    return [name for name, _, _ in find(text)]


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


@pytest.mark.parametrize(
    "text, expected",
    [
        ("JavaScript, Java, SQL.", ["JavaScript", "Java", "SQL"]),
        ("C/C++ developer with C# and .NET, Node.js", ["C++", "C#", ".NET", "Node.js"]),
        ("ASP.NET Core", ["ASP.NET"]),
        ("Python/Go/C", ["Python", "Go", "C"]),
        ("Senior Go Engineer", ["Go"]),
        ("We write services in Go, Rust and C++.", ["Go", "Rust", "C++"]),
        ("languages such as Go or Rust", ["Go", "Rust"]),
        ("Experience with R and Python", ["R", "Python"]),
        ("Go to market lead", []),
        ("Go-to-market strategy", []),
        ("You will go in and out", []),
        ("Let's Go, team!", []),
        ("R&D lead", []),
        ("C-level, plan C, or plan R", []),
        ("You react quickly and excel at work", []),
        ("React and Excel skills", ["React", "Excel"]),
        ("Java is not JavaScripty", ["Java"]),
        ("mypython pythonic", []),
        ("Active TS/SCI, Python, JS8 and py", ["Python"]),
        ("TS, JS", []),
        ("Software Engineer II (Golang), Promo Cart", ["Go"]),
        ("Sr. Staff Software Development Engineer (Backend Dev - C/C++)", ["C++"]),
        ("Fullstack Engineer- Typescript, AWS, React", None),
    ],
)
def test_skills_in_text(text, expected):
    if expected is None:
        expected = ["Full-Stack Development", "TypeScript", "AWS", "React"]
    assert names(text) == expected


@given(st.text(max_size=300) | st.lists(st.sampled_from(NAMES), max_size=8).map(" ".join))
def test_spans_point_at_a_name_of_the_skill(text):
    end_before = 0
    for name, start, end in find(text):
        assert end_before <= start < end <= len(text)
        assert canonical(text[start:end]) == name
        end_before = end


def test_lower_case_that_changes_the_length_keeps_the_offsets():
    assert find("İİİ Python") == [("Python", 4, 10)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Phlebotomist (Walnut Creek)", ["Phlebotomy"]),
        ("Backend Dev", ["Back-End Development"]),
        ("Tax Director", ["Taxation"]),
        ("Pilates Instructors, Chicago", ["Pilates"]),
        ("Pastry Chef", ["Baking"]),
        ("Physician Recruiter", ["Recruiting"]),
        ("General Manager", []),
        ("Account Executive", []),
        ("Software Engineer", []),
    ],
)
def test_an_occupation_names_its_field_in_a_title(title, expected):
    assert [name for name, _, _ in find(title, title=True)] == expected


def test_an_occupation_in_a_text_is_a_colleague():
    assert names("You work next to a surgeon, a dentist and a backend dev.") == []


def test_no_name_stands_for_two_skills():
    """Both would be sought and only the first found; that a name has two rules is no matter."""
    text = (files("reference") / "skills.txt").read_text(encoding="utf-8")
    owners: dict[str, set[str]] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            skill, _, others = (part.strip() for part in line.partition("|"))
            for name in (skill, *(other.strip() for other in others.split(",") if other.strip())):
                owners.setdefault(name.lstrip("=~?^"), set()).add(skill)
    assert {name: skills for name, skills in owners.items() if len(skills) > 1} == {}
