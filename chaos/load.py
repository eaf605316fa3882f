"""The traffic under which a fault is injected, and the verdict on it afterwards.

    with Load(system, ...) as load:
        …inject, again and again…
    outcome = load.outcome(injected=…, recover_s=…)

Entering it makes the people and their alerts and begins to post; leaving it ends the posting, when
every request under way has its 2xx. `outcome` waits until everything is told, for so long and no
longer, and checks the sinks against the oracle.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Protocol, Self

import httpx2
import psutil

from chaos import ledger, oracle, store, workload
from chaos.checker import Expected, Mail, Telling, Verdict, check, missing_mails
from chaos.inbox import Inbox
from chaos.ledger import Ledger, Posted, Saved
from chaos.memory import Memory
from chaos.outcome import Outcome
from chaos.people import Person
from chaos.poster import Attempt, Client, Poster, RefusedError, Saver, save
from chaos.settling import POLL_S, settle
from cluster.settings import Settings

SETTLE_S = 60.0
"""How long nothing may be told after the fault while something is still to come."""
SEARCH_S = 20.0
"""How long the search index may lag behind what is told."""


class System(Protocol):
    """What a load needs of the system it runs on."""

    @property
    def url(self) -> str: ...

    @property
    def settings(self) -> Settings: ...

    def processes(self) -> Sequence[psutil.Process]:
        """Everything whose memory counts."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many post and wait, and how fast. `pace_s` is between two postings of one employer.
    `late_alerts` are saved while postings flow. Without `mail` nobody wants mail."""

    employers: int = 2
    seekers: int = 3
    alerts_each: int = 3
    late_alerts: int = 6
    pace_s: float = 0.1
    mail: bool = True


USUAL = Shape()


@dataclass(slots=True)
class Sinks:
    """What arrived: the inboxes' entries as tellings, the mails, and the ids of each person's
    notifications, oldest first."""

    told: list[Telling] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    inboxes: dict[str, list[str]] = field(default_factory=dict)


class Load:
    """Seeded: the same `random` gives the same people, postings and alerts, in the same order for
    each employer; how they interleave is the machine's."""

    def __init__(
        self, system: System, folder: Path, random: Random, inbox: Inbox, shape: Shape
    ) -> None:
        self.word = workload.marker(random)
        self.memory = Memory(system.processes)
        self.system = system
        self.shape = shape
        self._random = random
        self._inbox = inbox
        self.settled_at = 0.0
        """When (monotonic seconds) everything was told, or was not waited for any longer."""
        self.refused: frozenset[str] = frozenset()
        """Addresses that the mail server takes nothing for: no mail to them is expected."""
        self._ledger = Ledger(folder / f"ledger-{self.word}.jsonl")
        self._seekers: list[Client] = []
        self._posters: list[Poster] = []
        self._saver: Saver | None = None

    def __enter__(self) -> Self:
        url, shape = self.system.url, self.shape
        self._seekers = [Client(Person(url, "seeker")) for _ in range(shape.seekers)]
        wanted = workload.queries(self._random, self.word, shape.seekers * shape.alerts_each)
        for number, query in enumerate(wanted):
            self._save(number, query)
        late = [
            partial(self._save, len(wanted) + number, self._random.choice(wanted))
            for number in range(shape.late_alerts)
        ]
        self._saver = Saver(late, pace_s=1.0)
        self._posters = [self._poster(number) for number in range(shape.employers)]
        self.memory.__enter__()
        threads: list[Saver | Poster] = [self._saver, *self._posters]
        for thread in threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._saver is not None, "entered"
        threads: list[Saver | Poster] = [self._saver, *self._posters]
        if error is not None:
            # The row has failed already, and its system may never answer again.
            for client in (*self._seekers, *self._employers()):
                client.give_up()
        try:
            for thread in threads:
                with suppress(RefusedError) if error is not None else nullcontext():
                    thread.stop()
        finally:
            self.memory.__exit__(kind, error, traceback)
            self._ledger.close()

    @property
    def acknowledged(self) -> int:
        """Postings and revisions answered with 2xx so far."""
        return sum(poster.acknowledged for poster in self._posters)

    def seeker(self, number: int = 0) -> Person:
        """One of those who wait."""
        return self._seekers[number].person

    def a_posting(self) -> str:
        """The id of one that is acknowledged."""
        return next(id_ for poster in self._posters for id_ in poster.ids.values())

    def attempts(self) -> list[Attempt]:
        """Every request of the employers, in order of its answer."""
        every = (attempt for client in self._employers() for attempt in client.attempts)
        return sorted(every, key=lambda attempt: attempt.answered)

    def move(self, system: System) -> None:
        """From now on everybody comes in through this system, which has the same store. Returns
        when the one before has answered what was under way."""
        self.system = system
        for client in (*self._seekers, *self._employers()):
            client.move(system.url)

    def flow(self, count: int, timeout_s: float = 60.0) -> None:
        """Wait until so many more are acknowledged. Raises what ended a poster, and TimeoutError
        where they are not in time."""
        goal, end = self.acknowledged + count, time.monotonic() + timeout_s
        while self.acknowledged < goal:
            for poster in self._posters:
                if poster.failure is not None:
                    raise poster.failure
            if time.monotonic() > end:
                raise TimeoutError(f"{goal - self.acknowledged} of {count} not acknowledged")
            time.sleep(0.02)

    def outcome(
        self,
        *,
        injected: int,
        recover_s: float | None = None,
        settle_s: float = SETTLE_S,
        faults: Iterable[str] = (),
        note: str = "",
    ) -> Outcome:
        """What came of it, once everything is told, or for `settle_s` nothing more has come."""
        verdict, disorder = self._verdict(settle_s)
        if disorder.overtaken:
            told = f"{disorder.overtaken} reached the live edge after a later one"
            note = f"{note}; {told}" if note else told
        return Outcome(
            injected=injected,
            verdict=verdict,
            recover_s=recover_s,
            peak_mib=self.memory.peak_mib,
            growth_mib=self.memory.growth_mib,
            faults=(*faults, *self._repeated_effects(), *self._unfindable()),
            note=note,
        )

    def sinks(self) -> Sinks:
        """What arrived until now."""
        posted, saved = self._lines()
        vacancies = {line.id: line.vacancy for line in posted}
        alerts = {line.name: line.id for line in saved}
        found = Sinks()
        for client in self._seekers:
            client.person.stay_signed_in()
            listed = client.person.notifications()
            found.inboxes[client.person.account["id"]] = [item["id"] for item in reversed(listed)]
            for item in listed:
                vacancy = vacancies.get(item["posting"]["id"], -1)
                found.told.append((item["alert"]["id"], vacancy))
        for mail in self._inbox.received():
            if mail.alert_name in alerts:
                telling = (alerts[mail.alert_name], vacancies.get(mail.posting_id, -1))
                found.mails.append(Mail(telling, mail.message_id))
        return found

    def _verdict(self, settle_s: float) -> tuple[Verdict, store.Disorder]:
        posted, saved = self._lines()
        expected = self._mailable(oracle.expected([*posted, *saved], datetime.now(UTC)), saved)
        settle(lambda: self._left(expected), settle_s)
        self.settled_at = time.monotonic()
        sinks = self.sinks()
        disorder = store.disorder(self.system.settings, sinks.inboxes, {line.id for line in posted})
        verdict = check(
            expected, sinks.told, sinks.mails, posted=len(posted), inversions=disorder.total
        )
        return verdict, disorder

    def _mailable(self, expected: Expected, saved: Sequence[Saved]) -> Expected:
        persons = {c.person.account["id"] for c in self._seekers if c.person.email in self.refused}
        without = {line.id for line in saved if line.user_id in persons}
        return replace(expected, mailed=expected.mailed - without)

    def _repeated_effects(self) -> list[str]:
        """A request that was sent again, with the same key, must have had one effect."""
        owners = [client.person.account["id"] for client in self._employers()]
        stored = store.posting_count(self.system.settings, owners)
        submitted = sum(poster.submitted for poster in self._posters)
        if stored == submitted:
            return []
        return [f"{submitted} requests made {stored} postings"]

    def _unfindable(self) -> list[str]:
        """What is on the board must be found: by its marker, every vacancy of the row, once."""
        wanted = len(oracle.published(self._lines()[0], datetime.now(UTC)))
        end, found = time.monotonic() + SEARCH_S, -1
        while found != wanted and time.monotonic() < end:
            query = {"q": self.word, "limit": "1"}
            response = self.seeker().http.get("/search/jobs", params=query)
            found = response.json()["total"] if response.is_success else -1
            time.sleep(POLL_S)
        return [] if found == wanted else [f"search finds {found} of {wanted} vacancies"]

    def _left(self, expected: Expected) -> int | None:
        """How many tellings and mails have not come, and how much is on its way."""
        outstanding = store.outstanding(self.system.settings)
        try:
            sinks = self.sinks()
        except (AssertionError, httpx2.HTTPError):  # what was down is only just coming back
            return None
        if outstanding is None:
            return None
        untold = expected.must - set(sinks.told)
        return outstanding + len(untold) + len(missing_mails(expected, sinks.mails))

    def _employers(self) -> list[Client]:
        return [c for poster in self._posters for c in (poster.employer, poster.copier)]

    def _lines(self) -> tuple[list[Posted], list[Saved]]:
        lines = list(ledger.read(self._ledger.path))
        posted = [line for line in lines if isinstance(line, Posted)]
        return posted, [line for line in lines if isinstance(line, Saved)]

    def _save(self, number: int, query: str) -> None:
        client = self._seekers[number % len(self._seekers)]
        # Not the first, which every posting meets: a mail a posting and more is load, not proof.
        is_mailed = self.shape.mail and number % 4 == 1
        channels = ("inapp", "email") if is_mailed else ("inapp",)
        save(client, query, f"{self.word} {number}", channels, self._ledger)

    def _poster(self, number: int) -> Poster:
        url = self.system.url
        steps = workload.steps(
            Random(self._random.randrange(1 << 30)), self.word, number * 1_000_000
        )
        return Poster(
            f"{self.word}-{number}",
            Person(url, "employer"),
            Person(url, "employer"),
            steps,
            self._ledger,
            self.shape.pace_s,
        )
