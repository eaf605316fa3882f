"""The pairs that clustering is measured by: seeded, and what they claim to be."""

import pytest

from bench.clustering import stored
from bench.clustering.judged import is_one
from bench.clustering.pairs import OTHER, SAME, TWINS, Pair, pairs
from bench.clustering.stored import cost
from bench.clustering.texts import advert
from bench.clusters import are_found_one, marks_of
from models.posting import Given

POSTINGS = [
    Given(title="Senior Data Engineer, Billing", company="Acme", locations=("Leeds, UK",)),
    Given(title="Nurse and Carer", company="Acme", locations=("York, UK", "Leeds, UK")),
    Given(title="Baker", company="Orb", locations=("Remote, UK",)),
]


def made() -> list[Pair]:
    return list(pairs(POSTINGS, seed=1))


def test_the_same_seed_makes_the_same_pairs_of_every_kind() -> None:
    assert made() == made()
    assert {pair.kind for pair in made()} == {*SAME, *OTHER, *TWINS, "another title"}


@pytest.mark.parametrize("pair", made(), ids=lambda pair: f"{pair.first.title}-{pair.kind}")
def test_every_pair_differs_as_it_says_and_is_told_rightly(pair: Pair) -> None:
    assert pair.first != pair.second
    assert are_found_one(marks_of(pair.first), marks_of(pair.second)) is pair.is_one


def test_two_teams_of_an_employer_share_his_sentences_and_few_others() -> None:
    one, other = (advert("Acme", "Baker", team, shared=0.5) for team in ("a", "b"))
    common = len(set(one) & set(other)) / len(set(one))
    assert 0.5 < common < 0.75


def test_judged() -> None:
    one = POSTINGS[1]
    assert is_one(one, one.model_copy(update={"title": "NURSE and carer", "url": None}))
    assert not is_one(one, one.model_copy(update={"locations": ("Hull, UK",)}))
    assert not is_one(one, one.model_copy(update={"company": "Orb"}))


async def test_the_cost_is_measured_over_what_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "POOL", 200)
    monkeypatch.setattr(stored, "PLACED", 2 * stored.BATCH)
    measured = await cost(500)
    assert measured.stored == 500
    assert min(measured.one_us, measured.many_us, measured.file_mb) > 0
