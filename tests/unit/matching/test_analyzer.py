"""The analyzer: terms, spans, and the properties that queries rely on."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import analyzer
from matching.analyzer import TERM_MAX, analyze, fold, spellings, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++, C# and F#", "c++ c# and f#"),
        ("C++17 or C/C++", "c++ 17 or c c++"),
        (".NET, ASP.NET, VB.NET", ".net asp.net vb.net"),
        (".NET8, .net8.0, .NET 8, ASP.NET9", ".net 8 .net 8 0 .net 8 asp.net 9"),
        (".NETworking, a.net8, Node.js18", "networking a net8 node.js 18"),
        ("net income. Net", "net income net"),
        ("Node.js/Vue.js.", "node.js vue.js"),
        ("R&D at AT&T, not Q&A&B", "r&d at at&t not q&a b"),
        ("full-time, e-commerce", "full time e commerce"),
        ("l'ingénieur – Bachelor’s", "l ingenieur bachelor"),
        ("McDonald's, R&D's, it's café’s 's'", "mcdonald r&d it cafe s"),
        ("o's'x students' S3's", "o x students s3"),
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
    ["c++", "C#", ".NET", ".net8", "node.js", "7", "r&d", "'s", "’s", "&", "+", "#", ".", "-", "é",
     "İ", "ß", "a", "s", "Z", " ", "\u0301", "＋", "開"]
)  # fmt: skip
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


@given(texts)
def test_words_are_the_terms_without_their_spans(text: str) -> None:
    assert words(text) == [token.term for token in analyze(text)]
    assert words(text) == [token.term for token in analyze(text)], "also when remembered"


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzer, "_PIECES", analyzer._Pieces())
    monkeypatch.setattr(analyzer, "_PIECES_MAX", 10)
    text = " ".join([*(f"word{n}" for n in range(100)), "a+" * 50_000, "é" * 100_000, "end"])
    assert words(text) == [token.term for token in analyze(text)]
    assert "end" in analyzer._PIECES
    assert len(analyzer._PIECES) <= 10
    assert max(map(len, analyzer._PIECES)) <= TERM_MAX


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


def test_words_and_spans_agree_next_to_every_character() -> None:
    for code in range(0x3100):
        text = f"a{chr(code)}s{chr(code)}'s"
        assert words(text) == [token.term for token in analyze(text)], hex(code)


def test_a_query_is_spelled_in_both_languages() -> None:
    assert spellings("Software Engineers") == (
        ("software", "engineer"),
        ("de:softwar", "de:engin"),
    )
    assert spellings("Node.js") == spellings("NodeJS") == (("nodejs",), ("de:nodejs",))
    assert spellings("C++") == (("c++",), ("de:c++",))
    assert spellings("!?") == ((), ())
