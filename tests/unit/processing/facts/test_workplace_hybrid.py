"""The word hybrid, of the work and of cars and clouds."""

import pytest

from processing.facts.workplace_hybrid import (
    hybrid_in,
    is_of_something_else,
    is_of_this_job,
    names_all_three,
)


@pytest.mark.parametrize(
    ("clause", "something_else"),
    [
        ("we work in a hybrid model", False),
        ("mode hybride : deux jours par semaine", False),
        ("hybride werken is bij ons de standaard", False),
        ("you lead a hybrid team", True),
        ("leaseauto (hybride of elektrisch)", True),
        ("dienstwagen (gern hybrid)", True),
        ("le cloud hybride de nos clients", True),
        ("coche de empresa híbrido", True),
    ],
)
def test_what_is_hybrid(clause, something_else):
    hybrid = hybrid_in(clause)
    assert hybrid is not None
    assert is_of_something_else(clause, hybrid) is something_else


def test_the_word_is_in_no_other():
    assert hybrid_in("we breed hybrids of maize") is None
    assert hybrid_in("the office is in leeds") is None


@pytest.mark.parametrize(
    ("clause", "all_three", "this_job"),
    [
        ("this role can be on-site, hybrid or remote", True, True),
        ("fill on-site, hybrid and remote roles", True, False),
        ("the position is hybrid or remote", False, True),
    ],
)
def test_all_three_of_one_job(clause, all_three, this_job):
    assert names_all_three(clause) is all_three
    assert is_of_this_job(clause) is this_job
