"""What people of a row do, drawn from a seed: who posts what, and who looks for what.

Every posting carries the row's marker, a word that is in no dictionary, and every alert asks for
it: rows that share a system do not meet. Most steps of an employer are new vacancies; some revise
one of his own, and some are another employer's exact copy of one, which is the same vacancy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Literal

from cluster.demo_postings import postings

LETTERS = "bcdfghjklmpqrtvwxz"
"""No vowels, and none of the endings that the analyzer takes off."""
COPIES, REVISIONS = 0.1, 0.1
"""Shares of the steps."""

QUERIES = (
    "",
    "title:engineer",
    'near:"Leeds, GB"<60km OR place:DE',
    "mode:remote",
    "python -title:junior",
    "pay>=60000USD/year",
    "employment:contract",
    "skill:sql OR skill:kubernetes",
    "-visa:refused title:(designer OR nurse OR manager)",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One request: a new vacancy, an exact copy of one under another name, or a revision. `body`
    is all that the posting states."""

    kind: Literal["new", "copy", "revision"]
    vacancy: int
    body: dict[str, Any]
    revision: int = 1


def marker(random: Random) -> str:
    """The word by which a row's postings and alerts know each other."""
    return "".join(random.choices(LETTERS, k=10))


def queries(random: Random, word: str, many: int) -> list[str]:
    """The first is met by every posting of the row, the others by some."""
    chosen = [QUERIES[0], *random.sample(QUERIES[1:], k=min(many, len(QUERIES)) - 1)]
    return [f"{word} ({query})" if query else word for query in chosen]


def steps(random: Random, word: str, first_vacancy: int) -> Iterator[Step]:
    """One employer's steps, without end; his vacancies are numbered from `first_vacancy`."""
    bodies = postings(seed=random.randrange(1 << 30))
    copied: list[Step] = []
    revised: list[Step] = []
    for number in count(first_vacancy):
        if copied and random.random() < COPIES:
            before = random.choice(copied)
            yield Step("copy", before.vacancy, _copied(before.body, random))
        if revised and random.random() < REVISIONS:
            place = random.randrange(len(revised))
            revised[place] = _revised(revised[place], random)
            yield revised[place]
        step = Step("new", number, _marked(next(bodies), word, number))
        # Never both of one vacancy: the copy of a text that was revised is a vacancy of its own.
        (copied if number % 2 else revised).append(step)
        yield step


def _marked(body: dict[str, Any], word: str, number: int) -> dict[str, Any]:
    """A vacancy of its own: adverts that differ by no more than a number are taken for one."""
    said = {
        "title": f"{body['title']}, unit {_letters(number)}",
        "description": f"{body['description']}<p>Reference {word}, number {number}.</p>",
    }
    named = {"external_id": f"{word}-{number}", "url": f"https://jobs.example.com/{word}/{number}"}
    return body | named | said


def _letters(number: int) -> str:
    """The number as a word of four letters or more."""
    digits: list[str] = []
    while number or len(digits) < 4:
        number, digit = divmod(number, len(LETTERS))
        digits.append(LETTERS[digit])
    return "".join(digits)


def _copied(body: dict[str, Any], random: Random) -> dict[str, Any]:
    id_ = f"{body['external_id']}-copy-{random.randrange(1 << 40)}"
    return body | {"external_id": id_, "url": f"https://mirror.example.com/{id_}"}


def _revised(step: Step, random: Random) -> Step:
    added = random.choice(("Python is a plus.", "SQL is a plus.", "Fully remote from anywhere."))
    body = step.body | {"description": f"{step.body['description']}<p>{added}</p>"}
    return Step("revision", step.vacancy, body, step.revision + 1)
