"""Questions at their edges: circles, limits, phrases and prefixes answer as the oracle does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evaluate import holds
from matching.percolator import Percolator, atoms
from matching.percolator.atoms import Answers, Atoms
from matching.percolator.numbers import CircleQuestions, LimitQuestions
from matching.percolator.questions import Questions
from matching.percolator.texts import PhraseQuestions, PrefixQuestions
from models.base import derived_id
from models.criteria import Or, UnknownPolicy, Words
from reference.places import distance_km
from tests.worlds import NOW, subject

_degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(_degrees, min_size=1, max_size=5), _degrees, st.floats(-1e-9, 1e-9))
def test_a_circle_ends_where_the_formula_says(
    centres: list[tuple[float, float]], town: tuple[float, float], off: float
) -> None:
    questions = CircleQuestions(Atoms())
    asked = {}
    for centre in centres:
        km = distance_km(*centre, *town) + off
        asked[questions.ask(*centre, km, share=0.1)] = distance_km(*centre, *town) <= km
    answers = Answers()
    questions.answer([town], answers)
    assert {atom for atom, inside in asked.items() if inside} == set(answers.array()) - {0}


@given(st.lists(st.floats(-1e9, 1e9), max_size=600), st.floats(-1e9, 1e9))
def test_limits_are_reached_exactly(limits: list[float], number: float) -> None:
    questions = LimitQuestions(Atoms(), "pay_floor")
    asked = {questions.ask(limit, share=0.1): limit for limit in [*limits, number]}
    answers = Answers()
    questions.answer(number, answers)
    assert {atom for atom, limit in asked.items() if limit <= number} == set(answers.array()) - {0}


def test_phrases_overlap_and_end_at_gaps() -> None:
    questions = PhraseQuestions(Atoms(), "any")
    texts = [("a", "b"), ("a", "b", "c"), ("b", "c"), ("c", "d"), ("a", "a", "b")]
    asked = {questions.ask((text, text), share=0.1): text for text in texts}
    answers = Answers()
    questions.answer(("a", "a", "b", "c", "", "d"), answers)
    found = {asked[atom] for atom in answers.array().tolist() if atom}
    assert found == {("a", "b"), ("a", "b", "c"), ("b", "c"), ("a", "a", "b")}


def test_a_prefix_asked_for_later_is_found_in_words_seen_before() -> None:
    questions = PrefixQuestions(Atoms(), "any")
    questions.ask("eng", share=0.1)
    questions.answer({"engineer"}, Answers())
    late = questions.ask("engin", share=0.1)
    answers = Answers()
    questions.answer({"engineer"}, answers)
    assert late in answers.array()


def test_many_alternatives_are_one_question() -> None:
    criteria = Or(items=tuple(Words(text=f"word{k}") for k in range(100)))
    (formula,), _ = Questions().asked(criteria, UnknownPolicy.PASS)
    assert isinstance(formula, int)
    percolator = Percolator()
    percolator.register(derived_id("a"), criteria, UnknownPolicy.PASS)
    for text, expected in (("one word77 here", True), ("word100", False)):
        posting = subject(text=text)
        assert holds(criteria, UnknownPolicy.PASS, posting, NOW) is expected
        assert bool(percolator.percolate(posting, NOW)) is expected


def test_more_questions_than_there_is_room_for_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    percolator = Percolator()
    percolator.register(derived_id("a"), Words(text="python"), UnknownPolicy.PASS)
    monkeypatch.setattr(atoms, "ATOMS_MAX", 3)
    with pytest.raises(OverflowError):
        percolator.register(derived_id("b"), Words(text="sql"), UnknownPolicy.PASS)
    assert len(percolator) == 1
    assert percolator.percolate(subject(title="Python"), NOW) == [derived_id("a")]


_terms = st.lists(st.sampled_from(["a", "b", "c"]), min_size=2, max_size=5).map(tuple)


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(_terms, _terms), max_size=4),
            st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=14).map(tuple),
        ),
        max_size=4,
    )
)
def test_phrases_asked_for_between_two_postings_are_found_wherever_they_stand(rounds: list) -> None:  # type: ignore[type-arg]
    questions, asked = PhraseQuestions(Atoms(), "any"), {}
    for phrases, terms in rounds:
        for spellings in phrases:
            asked[questions.ask(spellings, share=0.1)] = spellings
        answers = Answers()
        questions.answer(terms, answers)
        standing = {terms[i:j] for i in range(len(terms)) for j in range(i + 1, len(terms) + 1)}
        wanted = {atom for atom, spellings in asked.items() if standing & set(spellings)}
        assert wanted == set(answers.array()) - {0}


def test_a_posting_that_repeats_itself_answers_each_phrase_once() -> None:
    questions = PhraseQuestions(Atoms(), "any")
    for length in range(2, 200):
        questions.ask((("a",) * length,) * 2, share=0.1)
    answers = Answers()
    questions.answer(("a",) * 10_000, answers)
    assert len(answers.array()) == 1 + 198


def test_circles_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.percolator.numbers._REMEMBERED_MAX", 100)
    questions = CircleQuestions(Atoms())
    asked = [questions.ask(0.0, 0.0, 500.0 + number, share=0.1) for number in range(30)]
    for number in range(50):
        answers = Answers()
        questions.answer([(number / 100, 0.0)], answers)
        assert set(asked) == set(answers.array()) - {0}
        assert sum(len(circles) for _, circles in questions._towns.values()) <= 100
