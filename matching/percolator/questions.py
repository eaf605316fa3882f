"""All questions that alerts ask: a criteria tree to a formula over atoms, a posting to its atoms.

The two sides of the percolator meet only here. Everything is exact, also circles, phrases and
limits, so that a formula needs nobody else to decide it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import orjson

from matching.analyzer import spellings, terms
from matching.percolator.atoms import Answered, Answers, Atoms, Knowledge
from matching.percolator.facts import FactQuestions
from matching.percolator.formula import (
    FALSE,
    TRUE,
    Formula,
    group,
    is_plain,
    literal,
    needed,
    negated,
)
from matching.percolator.lenient import LenientQuestions
from matching.percolator.numbers import CircleQuestions, LimitQuestions
from matching.percolator.texts import PhraseQuestions, PrefixQuestions, WordQuestions, guess
from matching.percolator.wide import WideQuestions
from matching.subject import Subject
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    LevelIn,
    ModeIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    UnknownPolicy,
    VisaIs,
    Words,
)
from models.posting import Level, Mode
from reference import companies
from reference.money import usd_per_year

TEXTS = ("title", "description", "company", "skills")
FIELDS = ("any", "title", "description", "company")
"""Where texts are asked for; `any` is all of TEXTS."""
FACTS = (
    "skill", "place", "company", "level", "employment", "mode", "visa", "clearance", "category",
    "source", "language", "remote", "remote_from", "unstated",
)  # fmt: skip
LIMITS = (
    "experience_floor",
    "experience_ceiling",
    "pay_floor",
    "pay_ceiling",
    "posted",
    "first_seen",
)
MANY = 8
"""Alternatives beyond which an `or` is one question of its own."""
ASKED_MAX = 1 << 16
"""Tests that are remembered."""

_LEVELS = tuple(Level)
_SHARES = {
    "skill": 0.05, "place": 0.02, "company": 0.01, "level": 0.3, "employment": 0.5, "mode": 0.4,
    "visa": 0.1, "clearance": 0.05, "category": 0.1, "source": 0.2, "language": 0.5, "remote": 0.3,
    "remote_from": 0.2, "unstated": 0.3,
}  # fmt: skip
"""First guesses at how many postings state one asked value of the kind."""
_UNSTATED_SHARE = 0.3
_LIMIT_SHARE = 0.4
_CIRCLE_SHARE = 0.02
_MICROSECOND = timedelta(microseconds=1)


class Questions:
    def __init__(self) -> None:
        self.atoms = Atoms()
        self._words = {field: WordQuestions(self.atoms, field) for field in FIELDS}
        self._phrases = {field: PhraseQuestions(self.atoms, field) for field in FIELDS}
        self._prefixes = {field: PrefixQuestions(self.atoms, field) for field in FIELDS}
        self._facts = {kind: FactQuestions(self.atoms, "facts", kind) for kind in FACTS}
        self._limits = {kind: LimitQuestions(self.atoms, kind) for kind in LIMITS}
        self._circles = CircleQuestions(self.atoms)
        self._leniencies = LenientQuestions(self.atoms)
        self._wide = WideQuestions(self.atoms)
        self._asked: dict[tuple[Any, ...], Formula] = {}
        """The formulas of the most frequent tests, remembered."""
        self._tests: dict[type, Callable[[Any, bool], Formula]] = {
            Words: self._words_of,
            HasSkill: lambda test, maybe: self._fact("skill", (test.skill,), maybe),
            In: lambda test, maybe: self._fact("place", (test.place.id,), maybe),
            Near: self._near,
            ModeIn: lambda test, maybe: self._fact("mode", test.values, maybe),
            EmploymentIn: lambda test, maybe: self._fact("employment", test.values, maybe),
            LevelIn: self._level,
            Experience: self._experience,
            VisaIs: lambda test, maybe: self._fact("visa", (test.value,), maybe),
            ClearanceIs: lambda test, maybe: self._fact("clearance", (test.value,), maybe),
            CategoryIn: lambda test, maybe: self._fact("category", test.values, maybe),
            LanguageIn: lambda test, maybe: self._fact("language", test.values, maybe),
            SourceIn: lambda test, _: self._fact(
                "source", tuple(value.casefold() for value in test.values), False
            ),
            InList: self._list,
            RemoteFrom: self._remote,
            Pay: self._ends,
            PostedWithin: self._age,
        }

    def asked(
        self, criteria: Criteria, unknown: UnknownPolicy
    ) -> tuple[tuple[Formula, ...], Formula | None]:
        """What each item of the top `and` asks, in its order; the alert matches when all hold.
        And, where none of them is plain, a plain formula that follows from them, if there is one.
        """
        items = criteria.items if isinstance(criteria, And) else (criteria,)
        maybe = unknown is UnknownPolicy.PASS
        whole = [self._of(item, maybe=maybe) for item in items]
        clauses = tuple(map(self._narrowed, whole))
        if any(map(is_plain, clauses)):
            return clauses, None
        follows = next((found for found in map(needed, whole) if found is not None), None)
        return clauses, None if follows is None else self._narrowed(follows)

    def knowledge(self) -> Knowledge:
        """What filing needs to know of the atoms, as of now."""
        shares = self.atoms.shares()
        parts = np.zeros((len(shares), 2), np.uint32)
        lenient, strict, unstated = self._leniencies.parts().T
        parts[lenient, 0], parts[lenient, 1] = strict, unstated
        shares[lenient] = np.minimum(shares[strict] + shares[unstated], 1)
        return Knowledge(shares, parts)

    def _of(self, criteria: Criteria, *, maybe: bool) -> Formula:
        """Whether the tree is true, or with `maybe` not false."""
        ask = self._tests.get(type(criteria))
        if ask is not None:
            return ask(criteria, maybe and not criteria.hard)  # type: ignore[union-attr]
        match criteria:
            case Not(item=item):
                return negated(self._of(item, maybe=not maybe))
            case And(items=items):
                return group("all", [self._of(item, maybe=maybe) for item in items])
            case Or(items=items):
                return group("any", [self._of(item, maybe=maybe) for item in items])
            case _:
                raise TypeError(f"not a criteria tree: {type(criteria).__name__}")

    def _narrowed(self, formula: Formula) -> Formula:
        """The same with every `any` of few: its plain questions, where they are many, are one."""
        if isinstance(formula, int):
            return formula
        whole = group(formula.kind, map(self._narrowed, formula.items))
        if isinstance(whole, int) or whole.kind == "all" or len(whole.items) <= MANY:
            return whole
        plain = [item for item in whole.items if isinstance(item, int) and not item & 1]
        if len(plain) <= MANY:
            return whole
        atoms = frozenset().union(*(self._wide.members(item >> 1) for item in plain))
        one = self._wide.ask(atoms, share=min(1.0, 0.02 * len(atoms)))
        return group("any", [literal(one), *(i for i in whole.items if i not in set(plain))])

    def _near(self, test: Near, maybe: bool) -> Formula:
        place = test.place
        circle = self._circles.ask(place.lat, place.lon, test.km, share=_CIRCLE_SHARE)
        return self._lenient(circle, "place", maybe=maybe)

    def _level(self, test: LevelIn, maybe: bool) -> Formula:
        return self._fact("level", _LEVELS[test.min.rank : test.max.rank + 1], maybe)

    def _experience(self, test: Experience, maybe: bool) -> Formula:
        """Both ends are met; where there is none, some number is stated."""
        ceiling = None if test.max is None else -test.max
        asked = [
            self._limits[kind].ask(limit, share=_LIMIT_SHARE)
            for kind, limit in (("experience_floor", test.min), ("experience_ceiling", ceiling))
            if limit is not None
        ]
        if asked or maybe:
            return group("all", [self._lenient(atom, "experience", maybe=maybe) for atom in asked])
        unstated = self._facts["unstated"].ask(frozenset(["experience"]), share=_UNSTATED_SHARE)
        return negated(literal(unstated))

    def _remote(self, test: RemoteFrom, maybe: bool) -> Formula:
        if test.country is None:
            return self._fact("remote", (Mode.REMOTE,), maybe)
        return self._fact("remote_from", (test.country,), maybe)

    def _age(self, test: PostedWithin, maybe: bool) -> Formula:
        oldest = timedelta(hours=test.hours) / _MICROSECOND
        return literal(self._limits[test.field].ask(-oldest, share=_LIMIT_SHARE))

    def _fact(self, kind: str, values: tuple[Any, ...], maybe: bool) -> Formula:
        key = (kind, values, maybe)
        known = self._asked.get(key)
        if known is None:
            asked = frozenset(map(_plain, values))
            share = min(1.0, _SHARES[kind] * len(asked))
            strict = self._facts[kind].ask(asked, share=share)
            known = self._lenient(strict, kind, maybe=maybe)
            if len(values) <= MANY:
                self._remember(key, known)
        return known

    def _remember(self, key: tuple[Any, ...], formula: Formula) -> Formula:
        if len(self._asked) >= ASKED_MAX:
            self._asked.clear()
        self._asked[key] = formula
        return formula

    def _lenient(self, strict: int, kind: str, *, maybe: bool) -> Formula:
        """The strict question, or with `maybe` its lenient form."""
        if not maybe:
            return literal(strict)
        unstated = self._facts["unstated"].ask(frozenset([kind]), share=_UNSTATED_SHARE)
        return literal(self._leniencies.ask(strict, unstated, kind))

    def _words_of(self, test: Words, maybe: bool) -> Formula:
        key = (test.field, test.kind, test.text)
        known = self._asked.get(key)
        return self._remember(key, self._text(test)) if known is None else known

    def _text(self, test: Words) -> Formula:
        field = test.field
        if test.kind == "prefix":
            found = terms(test.text)
            if len(found) != 1:
                return FALSE
            share = min(1.0, 20 * guess(found, field))
            return literal(self._prefixes[field].ask(found[0], share=share))
        spelled = spellings(test.text)
        if not all(spelled):
            return FALSE
        share = guess(spelled[0], field)
        if len(spelled[0]) == 1:
            one = tuple(text[0] for text in spelled)
            return literal(self._words[field].ask(one, share=share))
        return literal(self._phrases[field].ask(spelled, share=share / 10))

    def _list(self, test: InList, maybe: bool) -> Formula:
        if test.field == "skill":
            return self._fact("skill", test.items, maybe)
        keys = map(companies.key, test.items) if test.items else companies.LISTS.get(test.name, ())
        return self._fact("company", tuple(keys), False)

    def _ends(self, test: Pay, maybe: bool) -> Formula:
        return group("all", self._pay(test, maybe=maybe))

    def _pay(self, test: Pay, *, maybe: bool) -> Iterator[Formula]:
        """The posting's upper end reaches the floor, its lower end stays under the ceiling. Where
        only the other end is stated, it can make a test true but not false."""
        if test.min is None and test.max is None and not maybe:
            ends = [frozenset(["pay_most"]), frozenset(["pay_least"])]
            none = (self._facts["unstated"].ask(end, share=_UNSTATED_SHARE) for end in ends)
            yield negated(group("all", map(literal, none)))
        for end, kind, sign, missing in (
            (test.min, "pay_floor", 1, "pay_most"),
            (test.max, "pay_ceiling", -1, "pay_least"),
        ):
            if end is None:
                continue
            usd = usd_per_year(end, test.currency, test.period)
            if usd is None:
                # Without a rate nobody knows. (A posting without pay does not know either.)
                yield TRUE if maybe else FALSE
                continue
            reached = self._limits[kind].ask(sign * usd, share=_LIMIT_SHARE)
            yield self._lenient(reached, missing, maybe=maybe)

    def answers(self, subject: Subject, now: datetime) -> Answered:
        """What the posting says yes to at `now`."""
        answers = Answers()
        self._answer_texts(subject, answers)
        for kind, values in _stated(subject):
            self._facts[kind].answer(values, answers)
        self._answer_experience(subject, answers)
        self._answer_pay(subject, answers)
        for kind, since in (("posted", subject.posted_at), ("first_seen", subject.first_seen_at)):
            self._limits[kind].answer(-((now - since) / _MICROSECOND), answers)
        towns = ((p.lat, p.lon) for p in subject.places if p.kind == "city")
        self._circles.answer(towns, answers)
        found = answers.array()
        lenient = self._leniencies.answer(found, answers.few())
        if self._wide:
            self._wide.answer(found, answers)
            self._wide.answer(lenient, answers)
            found = answers.array()
        return Answered(found, lenient)

    def _answer_texts(self, subject: Subject, answers: Answers) -> None:
        for field in FIELDS:
            whole = field == "any"
            distinct = subject.terms if whole else frozenset(subject.texts[field].terms)
            self._words[field].answer(distinct, answers)
            if self._prefixes[field]:
                words = subject.words if whole else frozenset(subject.texts[field].words)
                self._prefixes[field].answer(words, answers)
            if self._phrases[field]:
                for part in TEXTS if whole else (field,):
                    self._phrases[field].answer(subject.texts[part].terms, answers)

    def _answer_experience(self, subject: Subject, answers: Answers) -> None:
        years = subject.experience_years
        if years is not None:
            self._limits["experience_floor"].answer(years, answers)
            self._limits["experience_ceiling"].answer(-years, answers)

    def _answer_pay(self, subject: Subject, answers: Answers) -> None:
        least, most = subject.pay_usd or (None, None)
        best = least if most is None else most
        worst = most if least is None else least
        if best is not None and worst is not None:
            self._limits["pay_floor"].answer(best, answers)
            self._limits["pay_ceiling"].answer(-worst, answers)

    def ask_again(self, log: bytes) -> None:
        """Ask the questions of an earlier `atoms.log`; to new ones only, so that each gets the
        atom it had. Raises ValueError for what is no such log."""
        for line in log.splitlines():
            family, kind, asked, share = orjson.loads(line)
            match family:
                case "words":
                    self._words[kind].ask(tuple(asked), share=share)
                case "phrases":
                    self._phrases[kind].ask(tuple(map(tuple, asked)), share=share)
                case "prefixes":
                    self._prefixes[kind].ask(asked, share=share)
                case "limits":
                    self._limits[kind].ask(asked, share=share)
                case "circles":
                    self._circles.ask(*asked, share=share)
                case "facts":
                    self._facts[kind].ask(frozenset(asked), share=share)
                case "lenient":
                    self._lenient(asked, kind, maybe=True)
                case "wide":
                    self._wide.ask(frozenset(asked), share=share)
                case _:
                    raise ValueError(f"a family of questions, not {family}")


def _stated(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Each kind of fact that the posting states, with its values; then what it does not state."""
    unstated = []
    for kind, value in (
        ("skill", subject.skills or None),
        ("place", subject.place_ids() or None),
        ("company", [subject.company_key]),
        ("source", subject.sources),
        ("level", _one(subject.level)),
        ("employment", _one(subject.employment)),
        ("mode", _one(subject.mode)),
        ("visa", _one(subject.visa)),
        ("clearance", _one(subject.clearance)),
        ("category", _one(subject.category)),
        ("language", _one(subject.language)),
        ("remote", _one(subject.mode)),
        ("remote_from", _remote_from(subject)),
    ):
        if value is None:
            unstated.append(kind)
        else:
            yield kind, value
    least, most = subject.pay_usd or (None, None)
    unstated += ["experience"] * (subject.experience_years is None)
    unstated += ["pay_least"] * (least is None) + ["pay_most"] * (most is None)
    yield "unstated", unstated


def _one(value: Any) -> list[Any] | None:
    return None if value is None else [_plain(value)]


def _remote_from(subject: Subject) -> Any:
    """The countries that a remote posting accepts; none if it is not remote."""
    if subject.mode is Mode.REMOTE:
        return subject.remote_countries or None
    return None if subject.mode is None else ()


def _plain(value: Any) -> Any:
    """An enumeration's member as its text, which is what a snapshot keeps."""
    return str(value) if isinstance(value, str) else value
