"""Postings without end as a source sends them, and the alerts that each of them must meet.

A pool of different postings is drawn from the percolation workload: real titles, companies and
places, its words set in sentences of plain English, so that all of processing has its work. Each of
the pool comes again and again as another vacancy: what tells one from another is its *reference*,
a word in its title, text, external id and address that no alert asks for.

What processing makes of each is derived here too (it is pure). So the alerts that must be told are
known before anything is sent, and a posting can be put on the stream as its processor would do it.
"""

from collections.abc import Iterable, Iterator, Sequence

import orjson

from bench.percolation.atoms import EMPLOYMENTS, LEVELS, MODES
from bench.percolation.postings import Advert
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import Workload
from matching.percolator import Percolator
from matching.subject import Subject
from models.base import derived_id
from models.events import POSTING_PUBLISHED, Event, version_event
from models.money import Money
from models.posting import Given, Posting, Status
from processing.derive import derive

SCAN = 64
"""Postings that are percolated at once."""
SENTENCE, PARAGRAPH = 12, 4
"""Words of the workload in a sentence, and sentences in a paragraph."""
SENTENCES = (
    "You will work on {} together with the team.",
    "It is important that you know {} or want to learn it.",
    "What we do is {} for all of our customers.",
    "We are glad if you have been at {} before.",
)
ADDRESS = "https://jobs.example.com/"
_DIGITS, _LETTERS = "0123456789abcdef", "bcdfghjklmnpqrtv"
_REFERENCE = "zzzzzzzz"
"""Stands in the pool where the reference goes; nothing else of a posting contains it."""
_TO_LETTERS = str.maketrans(_DIGITS, _LETTERS)
_TO_DIGITS = str.maketrans(_LETTERS, _DIGITS)


def reference(serial: int) -> str:
    """Eight consonants, other ones for each serial below 2**32."""
    return f"{serial:08x}".translate(_TO_LETTERS)


def serial_at(address: str) -> int:
    """The serial of the posting at this address."""
    return int(address.removeprefix(ADDRESS).translate(_TO_DIGITS), 16)


def posting_id(serial: int) -> str:
    """The id of the posting where it comes as an event."""
    return derived_id("bench-ingested", serial)


class Pool:
    """The postings of a workload. Cost: some milliseconds a posting, to derive its facts. Raises
    ValueError where processing would not publish one of them."""

    def __init__(self, workload: Workload) -> None:
        givens = [given_of(workload, advert) for advert in workload.adverts]
        postings = [_published(at, given) for at, given in enumerate(givens)]
        self.subjects = tuple(Subject.of(posting) for posting in postings)
        self._records = [
            given.model_dump_json(exclude_none=True, exclude_defaults=True).encode()
            for given in givens
        ]
        self._bodies = [posting.model_dump_json().encode() for posting in postings]

    def __len__(self) -> int:
        """How many different ones there are; serials go on beyond."""
        return len(self._bodies)

    def record(self, serial: int) -> bytes:
        """The posting as a line of NDJSON."""
        word = reference(serial).encode()
        return self._records[serial % len(self)].replace(_REFERENCE.encode(), word)

    def event(self, serial: int) -> Event:
        """The posting's `posting.published`, under an id of its own."""
        word = reference(serial).encode()
        body = orjson.loads(self._bodies[serial % len(self)].replace(_REFERENCE.encode(), word))
        id_ = posting_id(serial)
        data = {"posting": {**body, "id": id_, "cluster_id": id_}, "previous": None}
        return version_event(
            POSTING_PUBLISHED, subject=id_, version=1, key=id_, data=data, time=NOW
        )

    def met_by(self, percolator: Percolator) -> tuple[frozenset[str], ...]:
        """The ids of the alerts that each posting of the pool meets."""
        found: list[list[str]] = []
        for at in range(0, len(self), SCAN):
            found += percolator.percolate_many(self.subjects[at : at + SCAN], NOW)
        return tuple(map(frozenset, found))


class Expected:
    """Which alerts must be told of the postings that were sent."""

    def __init__(self, met: Sequence[frozenset[str]]) -> None:
        self._met = met

    def of(self, serial: int) -> frozenset[str]:
        return self._met[serial % len(self._met)]

    def count(self, serials: Iterable[int]) -> int:
        """How many notifications these postings make."""
        return sum(len(self.of(serial)) for serial in serials)

    @property
    def a_posting(self) -> float:
        """Alerts that a posting meets on average."""
        return sum(map(len, self._met)) / len(self._met)


def given_of(workload: Workload, advert: Advert) -> Given:
    """The posting as its source states it, with the mark of a reference in it."""
    words = [workload.atoms.vocabulary.words[word] for word in advert.words]
    pay = advert.pay
    return Given(
        title=f"{advert.job.title}, {_REFERENCE}",
        company=advert.job.company,
        description="".join(_paragraphs(advert.job.text, words)),
        locations=tuple(f"{place.name}, {place.country}" for place in advert.places),
        mode=None if advert.mode is None else MODES[advert.mode],
        employment_type=None if advert.employment is None else EMPLOYMENTS[advert.employment],
        level=None if advert.level is None else LEVELS[advert.level],
        salary=None if pay is None else Money(min=pay[0], max=pay[1], currency="USD"),
        url=f"{ADDRESS}{_REFERENCE}",
        external_id=_REFERENCE,
        posted_at=NOW,
    )


def _paragraphs(text: str, words: Sequence[str]) -> Iterator[str]:
    """HTML: what the real posting says, the words, and the reference at the end."""
    yield f"<p>{text}</p>"
    spoken = [" ".join(words[at : at + SENTENCE]) for at in range(0, len(words), SENTENCE)]
    sentences = [SENTENCES[at % len(SENTENCES)].format(said) for at, said in enumerate(spoken)]
    for at in range(0, len(sentences), PARAGRAPH):
        yield f"<p>{' '.join(sentences[at : at + PARAGRAPH])}</p>"
    yield f"<p>Reference {_REFERENCE}.</p>"


def _published(at: int, given: Given) -> Posting:
    derivation = derive(given, today=NOW.date())
    if derivation.verdict != "publish":
        raise ValueError(f"posting {at} of the pool: {derivation.reasons}")
    return Posting(
        id=derived_id("bench-pool", at),
        owner_id="bench",
        given=given,
        status=Status.PUBLISHED,
        derived=derivation.derived,
        created_at=NOW,
        updated_at=NOW,
        first_seen_at=NOW,
        published_at=NOW,
    )
