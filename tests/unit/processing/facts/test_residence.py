"""Where one may live, as single sentences say it."""

import pytest

from processing.evidence import Passage
from processing.facts.residence import list_until, only_residences, residences


@pytest.mark.parametrize(
    ("text", "codes", "accepted", "required", "beside"),
    [
        ("You must be based in Spain.", {"ES"}, True, True, False),
        ("Candidates in Spain know us.", {"ES"}, True, False, False),
        ("If you live in Spain, we meet in Madrid.", {"ES"}, True, False, False),
        ("We can employ you in Chile or Peru.", {"CL", "PE"}, True, True, False),
        ("We can employ you in Chile.", {"CL"}, True, False, False),
        ("We also hire in Chile and Peru.", {"CL", "PE"}, True, False, True),
        ("We cannot hire in Chile.", {"CL"}, False, False, False),
        ("We cannot hire outside Chile.", {"CL"}, True, False, False),
        ("Eligible countries: Chile, Peru", {"CL", "PE"}, True, True, False),
        ("We hire across Latin America: Chile, Peru.", {"CL", "PE"}, True, False, False),
        ("Our entities in Chile and Peru can employ you.", {"CL", "PE"}, True, True, False),
    ],
)
def test_what_a_sentence_says(text, codes, accepted, required, beside):
    (one,) = residences(Passage("description", text))
    assert (set(one.listed.codes), one.accepted) == (codes, accepted)
    assert (one.required, one.beside) == (required, beside)


@pytest.mark.parametrize(
    "text",
    [
        "Applicants outside the US may write to us.",
        "Our company is based in Berlin, Germany.",
        "Two weeks a year you may work from anywhere in Spain.",
        "We cannot pay you elsewhere in Europe.",
        "You visit offices in these countries: Chile, Peru.",
        "For candidates in Chile, the salary range is 2 to 3 million a month.",
    ],
)
def test_what_says_nothing(text):
    assert list(residences(Passage("description", text))) == []


def test_a_list_before_only_is_read_at_the_beginning_of_a_sentence():
    said = Passage(
        "description", "EU/UK only. The dental plan that we pay is for staff in US only."
    )
    (one,) = only_residences(said)
    assert one.required
    assert {"GB", "FR"} <= one.listed.codes
    assert "US" not in one.listed.codes


def test_the_longest_list_that_ends_there():
    text = "Open in Canada, Mexico or Peru only"
    listed = list_until(text, text.index(" only"))
    assert listed is not None
    assert listed.codes == {"CA", "MX", "PE"}
