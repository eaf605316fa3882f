"""The analyzer: terms, spans, and the properties that queries rely on."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.analyzer import TERM_MAX, analyze, fold, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++, C# and F#", "c++ c# and f#"),
        ("C++17 or C/C++", "c++ 17 or c c++"),
        (".NET, ASP.NET, VB.NET", ".net asp.net vb.net"),
        ("net income. Net", "net income net"),
        ("Node.js/Vue.js.", "node.js vue.js"),
        ("R&D at AT&T, not Q&A&B", "r&d at at&t not q&a b"),
        ("full-time, e-commerce", "full time e commerce"),
        ("l'ingénieur – Bachelor’s", "l ingenieur bachelor s"),
        ("Straße STRASSE ﬁnance Łódź Ærø", "strasse strasse finance lodz aero"),
        ("İstanbul I", "istanbul i"),
        ("snake_case #1 k8s $70,000", "snake case 1 k8s 70 000"),
        ("soft\u00adware", "software"),
        ("e\u0301té = été", "ete ete"),
        ("ＡＢＣ＋＋ ½ x²", "abc++ 1 2 x2"),
        ("開発エンジニア ｴﾝｼﾞﾝ", "開 発 エ ン ジ ニ ア エ ン ジ ン"),
        ("हिन्दी 한국어", "हिन्दी 한국어"),
        (" -- & !? \u0301 ", ""),
    ],
)
def test_terms(text: str, expected: str) -> None:
    assert " ".join(terms(text)) == expected


def test_spans_point_into_the_original_text() -> None:
    text = "Größe: C++ für İda — ﬁt, half ½"
    spans = {token.term: text[token.start : token.end] for token in analyze(text)}
    assert spans == {
        "grosse": "Größe",
        "c++": "C++",
        "fur": "für",
        "ida": "İda",
        "fit": "ﬁt",
        "half": "half",
        "1": "½",
        "2": "½",
    }


def test_a_long_run_is_cut() -> None:
    assert [len(term) for term in terms("x" * (TERM_MAX + 6))] == [TERM_MAX, 6]


words_of_the_field = st.sampled_from(
    [
        "c++",
        "C#",
        ".NET",
        "node.js",
        "r&d",
        "&",
        "+",
        "#",
        ".",
        "-",
        "é",
        "İ",
        "ß",
        "a",
        "Z",
        " ",
        "開",
    ]
)
texts = st.text(max_size=40) | st.lists(words_of_the_field, max_size=12).map("".join)


@given(texts)
def test_a_term_is_its_own_analysis(text: str) -> None:
    for token in analyze(text):
        assert terms(token.term) == (token.term,)
        assert not any(c.isspace() for c in token.term)


@given(texts)
def test_spans_rise_and_lie_within_the_text(text: str) -> None:
    tokens = analyze(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [t.start for t in tokens] == sorted(t.start for t in tokens)


@given(texts.filter(str.isascii))
def test_both_paths_agree_on_ascii(text: str) -> None:
    assert analyze(text) == analyze(f"{text} é")[:-1]


@given(st.text(st.characters(categories=["L", "M", "N", "Zs"]), max_size=20))
def test_case_and_normalisation_do_not_matter(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))


LAST_LETTER = 0x1FFFF


def test_every_character_folds_to_a_fixed_point() -> None:
    for code in range(LAST_LETTER):
        for token in analyze(chr(code)):
            assert terms(token.term) == (token.term,), hex(code)
