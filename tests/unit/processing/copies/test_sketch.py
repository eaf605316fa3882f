"""Sketches of texts: estimates that are near the truth, and exact where texts are short."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.analyzer import words
from processing.copies.sketch import SHINGLE, SKETCH_MAX, Shares, Sketch, shares, sketch

TEXTS = 60
VOCABULARY = [f"word{number}" for number in range(2_000)]


def text(seed: int, count: int) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=count)


def compared(a: list[str], b: list[str]) -> Shares:
    return shares(sketch(" ".join(a))[0], sketch(" ".join(b))[0])


def truth(a: list[str], b: list[str]) -> Shares:
    def runs(found: list[str]) -> set[tuple[str, ...]]:
        return {tuple(found[at : at + SHINGLE]) for at in range(len(found) - SHINGLE + 1)}

    one, other = runs(a), runs(b)
    common = len(one & other)
    return Shares(common / len(one | other), common / min(len(one), len(other)))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("longer", [1, 2, 5])
def test_estimates_are_near_the_truth(share: float, longer: int) -> None:
    """Each within four standard errors, and the average of many within three of its own."""
    errors, deviation = [], 0.0
    for seed in range(TEXTS):
        one = text(seed, 600)
        kept = one[: int(600 * share)]
        other = [*kept, *text(1_000 + seed, 600 * longer - len(kept))]
        found, true = compared(one, other), truth(one, other)
        # So many runs of the smaller text are in both samples, or somewhat fewer.
        sample = SKETCH_MAX / longer * 0.7
        deviation = (true.containment * (1 - true.containment) / sample) ** 0.5
        errors.append(found.containment - true.containment)
        assert abs(errors[-1]) < 4 * deviation + 0.02
    assert abs(sum(errors) / TEXTS) < 3 * deviation / TEXTS**0.5


@pytest.mark.parametrize("share", [0.15, 0.3, 0.6])
def test_an_excerpt_is_wholly_contained(share: float) -> None:
    for seed in range(20):
        one = text(seed, 500)
        assert compared(one, one[: int(500 * share)]).containment == 1.0


def test_short_texts_are_compared_exactly() -> None:
    for seed in range(20):
        one, other = text(seed, 40), [*text(seed, 20), *text(seed + 500, 20)]
        assert compared(one, other) == truth(one, other)


def test_other_texts_share_nothing() -> None:
    assert compared(text(1, 600), text(2, 600)) == Shares(0.0, 0.0)


@pytest.mark.parametrize("nothing", ["", " ", "two words", "!!! ???"])
def test_a_text_without_a_run_shares_nothing(nothing: str) -> None:
    empty, bands = sketch(nothing)
    assert (empty.size, empty.packed, bands) == (0, "", ())
    assert shares(empty, sketch("one two three four")[0]) == Shares(0.0, 0.0)
    assert shares(empty, empty) == Shares(0.0, 0.0)


def test_near_equal_texts_meet_in_a_band_and_others_do_not() -> None:
    met = strangers = 0
    for seed in range(100):
        one = text(seed, 400)
        near = [*one[:200], "changed", *one[203:]]
        bands = set(sketch(" ".join(one))[1])
        met += not bands.isdisjoint(sketch(" ".join(near))[1])
        strangers += not bands.isdisjoint(sketch(" ".join(text(seed + 500, 400)))[1])
    assert met >= 97
    assert strangers == 0


def test_the_form_of_a_text_does_not_count() -> None:
    assert sketch("We weld, and WE braze.\nDaily") == sketch("we weld and we braze daily")


@given(st.text(max_size=500))
def test_no_text_is_too_odd(odd: str) -> None:
    found, bands = sketch(odd)
    assert sketch(odd) == (found, bands)
    assert found.size <= len(words(odd))
    assert shares(found, found).containment in (0.0, 1.0)
    assert Sketch(found.size, found.packed).hashes == found.hashes
