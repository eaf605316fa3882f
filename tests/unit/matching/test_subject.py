"""What evaluate reads of a posting."""

from datetime import timedelta

from matching.evaluate import occurrences
from matching.subject import TEXT_FIELDS, Subject
from models.criteria import Words
from tests.unit.matching.worlds import NOW, pay, place, posting, subject


def test_text_fields_hold_positions_and_spans() -> None:
    made = subject(title="Senior C++ engineer, senior", text="We write C++", company="R&D GmbH")
    assert set(made.texts) == set(TEXT_FIELDS)
    title = made.texts["title"]
    assert title.positions["senior"] == (0, 3)
    token = title.tokens[1]
    assert (token.term, title.text[token.start : token.end]) == ("c++", "C++")
    assert {"senior", "c++", "write", "r&d", "gmbh"} <= made.terms


def test_skills_join_given_and_derived_with_a_gap_between_two() -> None:
    made = subject(given_skills=("Machine Learning", "SQL"), skills=("SQL", "Data"))
    content = made.texts["skills"]
    assert content.text == "Machine Learning, SQL, Data"
    assert content.positions == {"machine": (0,), "learning": (1,), "sql": (3,), "data": (5,)}
    assert [content.text[t.start : t.end] for t in content.tokens if t.term == "data"] == ["Data"]
    within = Words(kind="phrase", text="machine learning")
    across = Words(kind="phrase", text="learning sql")
    assert list(occurrences(within, made)) == [("skills", 0, 1)]
    assert list(occurrences(across, made)) == []
    assert made.skills == ("SQL", "Data"), "only what processing knows counts as a skill"


def test_a_posting_without_derived_facts_states_none() -> None:
    raw = posting(title="Engineer").model_copy(update={"derived": None})
    made = Subject.of(raw)
    assert made.texts["description"].tokens == ()
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
