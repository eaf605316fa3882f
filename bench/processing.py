"""Postings a second and core that processing derives, and where the time goes.

    python -m bench.processing

Two sets of adverts of about 4 KB of HTML. *Adverts*: the whole ones of `bench/extraction`, each
lengthened with paragraphs of the others, as their language is that of real ones. *Generated*: the
postings of the ingestion benchmark, with the words of real postings in sentences of plain English.
Each step is timed alone over all postings, on one thread by its processor time, the best of several
passes; the steps share what the first of them finds (the lines and sentences of a text), which is a
row of its own.
"""

import json
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bench import table
from bench.ingestion.postings import given_of
from bench.percolation.workload import generate
from models.posting import Derived, Given, Mode
from processing.derive import derive
from processing.evidence import Passage, Reading, reading_of
from processing.facts.category import category
from processing.facts.clearance import clearance
from processing.facts.closing import closing
from processing.facts.employment import employment_type
from processing.facts.equity import equity
from processing.facts.experience import experience
from processing.facts.language import language
from processing.facts.level import level
from processing.facts.mode import mode
from processing.facts.pay import pay_and_on_target
from processing.facts.places import places
from processing.facts.remote import remote_countries
from processing.facts.roles import roles
from processing.facts.skills import skills
from processing.facts.visa import visa
from processing.html import clean, text_of
from processing.verdict import verdict

GOAL = 500.0
"""Postings a second and core."""
SIZE = 4096
"""Characters of HTML."""
POSTINGS, WORDS, PASSES, SEED = 80, 80, 5, 1
TODAY = date(2026, 11, 21)

Step = Callable[["Sample"], object]


class Sample:
    """A posting, and what earlier steps made of it."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.html = clean(given.description)
        self.text = text_of(self.html)
        self.derived: Derived = derive(given, today=TODAY).derived
        self.countries = frozenset(place.country for place in self.derived.places)
        self.reading: Reading = self.fresh()

    def fresh(self) -> Reading:
        """The passages, none of which has been looked at."""
        return reading_of(self.given, self.text)

    def read(self) -> None:
        """The passages again, with the sentences that all parsers share."""
        self.reading = self.fresh()
        sentences_of(self.reading.description)

    @property
    def description(self) -> Passage:
        return self.reading.description


def sentences_of(passage: Passage) -> None:
    """What the first parser that looks at a passage makes for all others."""
    list(passage.saying(("",)))


STEPS: tuple[tuple[str, Step], ...] = (
    ("HTML to safe HTML", lambda s: clean(s.given.description)),
    ("safe HTML to text", lambda s: text_of(s.html)),
    ("sentences", lambda s: sentences_of(s.fresh().description)),
    ("language", lambda s: language(s.reading)),
    ("places", lambda s: places(s.reading.location)),
    ("mode", lambda s: mode(s.given, s.reading)),
    ("remote countries", lambda s: remote_countries(s.given, s.reading, Mode.REMOTE)),
    ("pay", lambda s: pay_and_on_target(s.description, s.countries)),
    ("equity", lambda s: equity(s.description)),
    ("years of experience", lambda s: experience(s.description)),
    ("closing date", lambda s: closing(s.description, s.countries, TODAY)),
    ("level", lambda s: level(s.given, s.reading, None)),
    ("employment", lambda s: employment_type(s.given, s.reading)),
    ("visa", lambda s: visa(s.description)),
    ("clearance", lambda s: clearance(s.reading)),
    ("roles and category", lambda s: category(s.given, roles(s.reading.title))),
    ("skills", lambda s: skills(s.given, s.reading)),
    ("verdict", lambda s: verdict(s.given, s.derived)),
)


def main() -> None:
    _measure("Adverts", lengthened(_written(), SIZE))
    workload = generate(10, POSTINGS, SEED)
    givens = [given_of(workload, advert) for advert in workload.adverts]
    _measure("Generated postings", lengthened(givens, SIZE))


def lengthened(givens: Sequence[Given], size: int) -> list[Given]:
    """The postings with the descriptions of those that follow behind their own, until each has
    `size` characters; the last one added is cut after a tag."""
    found = []
    for at, given in enumerate(givens):
        text, following = given.description, at
        while len(text) < size:
            following = (following + 1) % len(givens)
            more = givens[following].description
            text += more[: more.find(">", size - len(text)) + 1] or more
        found.append(given.model_copy(update={"description": text}))
    return found


def _written() -> list[Given]:
    file = Path(__file__).parent / "extraction" / "written-tuning.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines()
    return [Given.model_validate(json.loads(line)["given"]) for line in lines]


def _measure(title: str, givens: Sequence[Given]) -> None:
    samples = [Sample(given) for given in givens]
    whole = _seconds(lambda s: derive(s.given, today=TODAY), samples)
    rows = [(name, _seconds(step, samples)) for name, step in STEPS]
    rows.append(("the rest: evidence and models", whole - sum(seconds for _, seconds in rows)))
    size = sum(len(given.description) for given in givens) / len(givens)
    table.show(
        f"{title}: {len(givens)}, {size:,.0f} characters of HTML on average",
        ("step", "µs a posting", "share"),
        [
            *((name, f"{1e6 * taken:.0f}", f"{taken / whole:.0%}") for name, taken in rows),
            ("**derive**", f"{1e6 * whole:.0f}", "100%"),
        ],
    )
    print(f"\n{1 / whole:.0f} postings a second and core; the goal is {GOAL:.0f}.")


def _seconds(step: Step, samples: Sequence[Sample]) -> float:
    """Processor time of a step for one posting: the best pass."""
    best = float("inf")
    for _ in range(PASSES):
        for sample in samples:
            sample.read()
        begun = time.thread_time()
        for sample in samples:
            step(sample)
        best = min(best, time.thread_time() - begun)
    return best / len(samples)


if __name__ == "__main__":
    main()
