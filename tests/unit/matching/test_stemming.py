"""The stems: what meets, what stays apart, and that a stem is its own stem."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import stemming
from matching.analyzer import terms
from matching.stemming import ENGLISH, GERMAN, Stems, english, german, stems_of

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("JOBRAY_SHARED_DATA", ROOT.parent / "shared" / "data"))
POSTINGS = DATA / "open-jobs-2026-08-22.json"


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
    "forms",
    [
        # -es after a hiss
        *("box boxes", "process processes", "coach coaches", "branch branches", "tax taxes"),
        *("business businesses", "class classes", "launch launches", "wish wishes"),
        *("watch watches", "glass glasses", "buzz buzzes"),
        # -es of words in -s and -o
        *("bus buses", "status statuses", "bonus bonuses", "campus campuses", "virus viruses"),
        *("gas gases", "bias biases", "lens lenses", "hero heroes heros", "potato potatoes"),
        # -e and -ie
        *("cache caches", "niche niches", "headache headaches", "movie movies", "cookie cookies"),
        # Greek, Latin and irregular ones
        *("analysis analyses", "thesis theses", "hypothesis hypotheses", "crisis crises"),
        *("axis axes", "matrix matrices", "index indices indexes", "vertex vertices"),
        *("criterion criteria", "quiz quizzes", "life lives", "knife knives", "shelf shelves"),
        *("wife wives", "midwife midwives", "man men", "woman women womens", "child children"),
        *("salesman salesmen", "businesswoman businesswomen", "mouse mice", "tooth teeth"),
        # and those that were right before
        *("base bases", "leave leaves", "use uses", "release releases", "service services"),
        *("taxi taxis", "emoji emojis", "olive olives", "drive drives", "nodejs node.js"),
    ],
)
def test_english_forms_meet(forms: str) -> None:
    assert len(set(map(english, forms.split()))) == 1


@pytest.mark.parametrize(
    "words",
    [
        *("new news", "good goods", "custom customs", "window windows", "rail rails"),
        *("life live", "base basis", "use us", "person people", "leaf leave", "lens len"),
        *("axis axe", "these theses", "cache cash", "bus busy", "canvas canva", "asses assess"),
        *("process procession", "specimen speciman", "omen oman", "sass saas", "glass glasse"),
        *("drive drife", "solve wolf", "reach reache", "js j", "ios io", "aws aw", "nodejs node"),
    ],
)
def test_english_words_stay_apart(words: str) -> None:
    assert len(set(map(english, words.split()))) == 2


@pytest.mark.skipif(not POSTINGS.exists(), reason="the shared postings are not here")
def test_of_the_words_of_real_postings_only_plurals_meet() -> None:
    met: dict[str, set[str]] = defaultdict(set)
    for posting in json.loads(POSTINGS.read_text(encoding="utf-8")):
        for text in (posting["title"], posting["company"], *posting["locations"]):
            for word in terms(text or ""):
                met[english(word)].add(word)
    several = [sorted(words, key=len) for words in met.values() if len(words) > 1]
    assert len(several) >= 30
    assert [words for words in several if words != [words[0], f"{words[0]}s"]] == []


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        ("ingenieur ingenieure ingenieuren ingenieurs", "ingenieur"),
        ("entwickler entwicklern entwickle entwicklers", "entwickl"),
        ("stelle stellen", "stell"),
        ("grosse grossen grosser grosses grossem", "gross"),
        ("jobs job", "job"),
        ("arbeitest", "arbeit"),
        ("schlankst", "schlank"),
        ("kleinst", "klein"),
        ("auto autos", "auto"),
        ("buro buros buero bueros", "buro"),
        ("verkaufer verkaufers verkaeufer verkaeufern", "verkauf"),
        ("azubi azubis", "azubi"),
        ("kita kitas", "kita"),
        ("api apis", "api"),
        ("engineer engineers", "engin"),
        ("manager managers", "manag"),
        ("developer developers", "develop"),
        ("user users", "user"),
        ("review reviews", "review"),
        ("app apps", "app"),
        ("story stories storys", "stori"),
        ("process processes", "process"),
        ("kenntnis kenntnisse kenntnissen", "kenntni"),
        ("haus hauser haeuser haeusern", "haus"),
        ("arzt arzte aerzte", "arzt"),
        ("strasse strassen", "strass"),
        ("prufer pruefer pruefers", "pruf"),
        ("ubersetzung uebersetzungen", "ubersetzung"),
        ("koln koeln", "koln"),
        ("europaer europaern", "europa"),
        ("neu neue neuen neuer", "neu"),
        ("steuer steuern", "steu"),
        ("quelle quellen", "quell"),
        ("value values", "valu"),
        ("queue queues", "queu"),
        ("node.js nodejs", "nodejs"),
    ],
)
def test_german_forms_meet(forms: str, stem: str) -> None:
    assert set(map(german, forms.split())) == {stem}


@pytest.mark.parametrize(
    "word", ["kurs", "haus", "kreis", "mais", "dies", "vers", "divers", "korps"]
)
def test_a_german_s_that_is_no_ending_stays(word: str) -> None:
    assert german(word) == word


@pytest.mark.parametrize(
    "words",
    [
        *("kurs kur", "kurse kuren", "sprachkurs sprachkur", "mais mai", "kreis krei"),
        *("nurse nur", "news new", "divers div", "diverse div", "etwas etwa", "korps korper"),
        *("diese die", "wiese wie", "status statue", "andreas andrea", "heraeus heraus"),
        *("quer kur", "bauer bar", "steuer stur", "zuerst zuruck", "rails rail"),
    ],
)
def test_german_words_stay_apart(words: str) -> None:
    assert len(set(map(german, words.split()))) == 2


@pytest.mark.parametrize(
    "word",
    ["aws", "css", "ios", "smen", "c++", ".net", "r&d", "k8s", "s3s", "開", "разработчикes", ""],
)
def test_short_words_and_special_ones_stay(word: str) -> None:
    assert english(word) == german(word) == word


_words = st.text("abdeimnorstuy", min_size=1, max_size=12) | st.sampled_from(
    [
        "ern",
        "est",
        "ies",
        "aies",
        "es",
        "ss",
        "st",
        "er",
        "en",
        "em",
        "ches",
        "yses",
        "women",
        "nisse",
    ]
).flatmap(lambda end: st.text("abdeilnrst", max_size=6).map(lambda start: start + end * 2))


@given(_words)
def test_a_stem_is_its_own_stem(word: str) -> None:
    for stem in (english, german):
        assert stem(stem(word)) == stem(word)
        assert stem(word)
        assert len(stem(word)) >= min(len(word), 3 if stem is english else 2)


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
