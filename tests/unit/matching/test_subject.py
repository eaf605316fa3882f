"""What evaluate reads of a posting."""

from datetime import timedelta

import pytest
from hypothesis import given

from matching.analyzer import Token, analyze
from matching.evaluate import occurrences
from matching.subject import SKILL_SEPARATOR, TEXT_FIELDS, FieldText, Subject
from models.criteria import Words
from models.posting import Source
from tests.worlds import NOW, pay, place, posting, subject, subjects


def test_text_fields_hold_positions_and_spans() -> None:
    made = subject(title="Senior C++ engineer, senior", text="We write C++", company="R&D GmbH")
    assert set(made.texts) == set(TEXT_FIELDS)
    title = made.texts["title"]
    assert list(title.positions("senior")) == [0, 3]
    start, end = title.span(1)
    assert (title.words[1], title.text[start:end]) == ("c++", "C++")
    assert {"senior", "c++", "write", "r&d", "gmbh"} <= made.terms


def test_skills_join_given_and_derived_with_a_gap_between_two() -> None:
    made = subject(given_skills=("Machine Learning", "SQL"), skills=("SQL", "Data"))
    content = made.texts["skills"]
    assert content.text == "Machine Learning, SQL, Data"
    assert content.terms == ("machine", "learning", "", "sql", "", "data")
    assert [list(content.positions(term)) for term in ("sql", "", "baker")] == [[3], [], []]
    start, end = content.span(content.words.index("data"))
    assert content.text[start:end] == "Data"
    within = Words(kind="phrase", text="machine learning")
    across = Words(kind="phrase", text="learning sql")
    assert list(occurrences(within, made)) == [("skills", 0, 1)]
    assert list(occurrences(across, made)) == []
    assert made.skills == ("SQL", "Data"), "only what processing knows counts as a skill"


def test_a_posting_without_derived_facts_states_none() -> None:
    raw = posting(title="Engineer").model_copy(update={"derived": None})
    made = Subject.of(raw)
    assert made.texts["description"].words == ()
    assert made.texts["description"].first_spans(1) == []
    assert made.level is made.mode is made.pay_usd is made.visa is None
    assert made.places == ()


def test_posted_at_falls_back_to_first_seen() -> None:
    seen = NOW - timedelta(days=2)
    assert subject(first_seen_at=seen).posted_at == seen
    assert subject(first_seen_at=seen, posted_at=NOW).posted_at == NOW


def test_pay_without_any_amount_in_dollars_is_not_stated() -> None:
    assert subject(pay_annual=pay(None, None)).pay_usd is None
    assert subject(pay_annual=pay(1.0, None)).pay_usd == (1.0, None)


def test_place_ids_include_what_lies_around() -> None:
    leeds, uk = place("Leeds, GB"), place("United Kingdom")
    assert {leeds.id, uk.id} <= subject(places=(leeds,)).place_ids()


def test_terms_are_stems_in_the_language_of_the_posting() -> None:
    facts = {"title": "Ingenieure", "text": "Jobs for engineers", "skills": ("SQL", "Data Lakes")}
    english, german = subject(**facts), subject(**facts, language="de")
    assert english.texts["description"].words == ("jobs", "for", "engineers")
    assert english.texts["description"].terms == ("job", "for", "engineer")
    assert english.texts["skills"].terms == ("sql", "", "data", "lake")
    assert german.texts["title"].terms == ("de:ingenieur",)
    assert list(german.texts["title"].positions("de:ingenieur")) == [0]
    assert german.words == english.words
    assert {"ingenieure", "jobs", "engineers", "lakes", "acme"} <= german.words
    assert {"de:ingenieur", "de:job", "de:sql"} <= german.terms
    assert all(term.startswith("de:") for term in german.terms)


def _analyzed(content: FieldText) -> list[Token]:
    """The parts one by one, an empty term between any two."""
    found: list[Token] = []
    start = 0
    for part in content.parts:
        if found:
            found.append(Token("", start, start))
        found += [Token(t.term, t.start + start, t.end + start) for t in analyze(part)]
        start += len(part) + len(SKILL_SEPARATOR)
    return found


@given(subjects())
def test_words_terms_and_spans_stand_at_the_same_positions(made: Subject) -> None:
    for content in made.texts.values():
        tokens = _analyzed(content)
        assert content.words == tuple(token.term for token in tokens)
        for at, token in reversed(list(enumerate(tokens))):
            assert content.span(at) == (token.start, token.end)
        assert content.first_spans(3) == [(token.start, token.end) for token in tokens[:3]]
        assert [bool(term) for term in content.terms] == [bool(word) for word in content.words]
        for term in set(content.terms) - {""}:
            standing = [at for at, other in enumerate(content.terms) if other == term]
            assert list(content.positions(term)) == standing
        assert set(content.terms) - {""} <= made.terms
        assert set(content.words) - {""} <= made.words


@pytest.mark.parametrize(
    ("name", "url", "sources"),
    [
        ("API", None, {"api"}),
        ("f", "https://Boards.Greenhouse.io:443/a",
         {"f", "boards.greenhouse.io", "greenhouse.io"}),
        ("f", "https://a.b.acme.co.uk./1",
         {"f", "a.b.acme.co.uk", "b.acme.co.uk", "acme.co.uk", "co.uk"}),
        ("f", "http://localhost/1", {"f", "localhost"}),
        ("f", "http://192.0.2.1/1", {"f", "192.0.2.1"}),
        ("f", "http://[2001:db8::1]/", {"f", "2001:db8::1"}),
        ("f", "http://[2001:db8::1/", {"f"}),
        ("f", "mailto:x", {"f"}),
    ],
)  # fmt: skip
def test_sources_are_names_and_domains(name: str, url: str | None, sources: set[str]) -> None:
    seen = Source(name=name, url=url, seen_at=NOW)
    assert subject(sources=(seen,)).sources == sources


def test_the_company_is_compared_by_its_key() -> None:
    assert subject(company="ACME, Inc.").company_key == subject(company="Acme GmbH").company_key
