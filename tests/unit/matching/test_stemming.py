"""The stems: what meets, what stays apart, and that a stem is its own stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import stemming
from matching.stemming import ENGLISH, GERMAN, Stems, english, german, stems_of


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("engineers", "engineer"),
        ("engineer", "engineer"),
        ("engineering", "engineering"),
        ("companies", "company"),
        ("databases", "database"),
        ("employees", "employee"),
        ("jobs", "job"),
        ("apis", "api"),
        ("ties", "tie"),
        ("process", "process"),
        ("campus", "campus"),
        ("news", "news"),
        ("customs", "customs"),
        ("windows", "windows"),
    ],
)
def test_english_plurals_meet_their_singular(word: str, stem: str) -> None:
    assert english(word) == stem


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        ("ingenieur ingenieure ingenieuren ingenieurs", "ingenieur ingenieur ingenieur ingenieurs"),
        ("entwickler entwicklern entwickle", "entwickl entwickl entwickl"),
        ("stelle stellen", "stell stell"),
        ("grosse grossen grosser grosses grossem", "gross gross gross gross gross"),
        ("jobs job", "job job"),
        ("arbeitest", "arbeit"),
        ("schlankst kleinst", "schlank klein"),
        ("kurs haus ist", "kurs haus ist"),
    ],
)
def test_german_endings_come_off(forms: str, stem: str) -> None:
    assert " ".join(map(german, forms.split())) == stem


@pytest.mark.parametrize(
    "word", ["aws", "css", "ios", "c++", "node.js", "r&d", "k8s", "s3s", "開", "разработчикes", ""]
)
def test_short_words_and_special_ones_stay(word: str) -> None:
    assert english(word) == german(word) == word


_words = st.text("abdeimnorstuy", min_size=1, max_size=12) | st.sampled_from(
    ["ern", "est", "ies", "aies", "es", "ss", "st", "er", "en", "em"]
).flatmap(lambda end: st.text("abdeilnrst", max_size=6).map(lambda start: start + end * 2))


@given(_words)
def test_a_stem_is_its_own_stem(word: str) -> None:
    for stem in (english, german):
        assert stem(stem(word)) == stem(word)
        assert stem(word)
        assert len(stem(word)) >= min(len(word), 3)


def test_languages_do_not_share_a_namespace() -> None:
    assert stems_of("de") is GERMAN
    assert stems_of("en") is stems_of("fr") is stems_of(None) is ENGLISH
    assert ENGLISH["python"] == "python"
    assert GERMAN["python"] == "de:python"
    assert ENGLISH[""] == GERMAN[""] == "", "a gap is no term"


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stemming, "_REMEMBERED", 10)
    stems = Stems(english)
    for number in range(100):
        assert stems["engineers"] == "engineer"
        assert stems[f"word{number}"] == f"word{number}"
        assert len(stems) <= 10
