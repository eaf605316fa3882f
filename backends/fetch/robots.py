"""robots.txt: what a host lets programs read. RFC 9309.

Of the rules for us (else those for everybody) the longest that matches a path decides; of two that
are as long, the one that allows. A file that the host does not have (4xx) allows all; one that
cannot be had (5xx, no answer) forbids all for the time being.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from backends.fetch.base import Disallowed, FetchFailed, NotAsked
from models.base import Clock

SIZE_MAX = 500 * 1024
"""Bytes of a file that are read: what RFC 9309, 2.5 asks for at least."""
KEPT = timedelta(hours=24)
KEPT_UNREACHABLE = timedelta(minutes=10)
_ORIGINS_MAX = 1_000
_TOO_MANY = 429

Load = Callable[[str], Awaitable[bytes]]
"""The first SIZE_MAX bytes at this URL. Raises FetchFailed."""

_RESERVED = "!#$&'()*+,/:;=?@[]%-._~"
_TOKEN = re.compile(r"[a-zA-Z_-]+")
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class _Rule:
    allow: bool
    parts: tuple[str, ...]
    to_end: bool
    length: int

    def matches(self, path: str) -> bool:
        """Linear in the path: each part is looked for after the one before it."""
        first, *rest = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        for part in rest[:-1] if self.to_end else rest:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if not self.to_end:
            return True
        last = rest[-1] if rest else ""
        return path.endswith(last) and len(path) - len(last) >= at if rest else at == len(path)


class Rules:
    """The rules of one file for one program."""

    def __init__(self, rules: tuple[_Rule, ...]) -> None:
        self._rules = rules

    @classmethod
    def read(cls, body: bytes, agent: str) -> "Rules":
        """`agent` is our product token. Never raises: lines that say nothing known are left out."""
        groups = _groups(body.decode("utf-8", errors="replace"))
        return cls(tuple(groups.get(agent.lower(), groups.get("*", ()))))

    def allow(self, path: str) -> bool:
        """Whether a path with its query may be asked for."""
        path = _normal(path or "/")
        matching = [rule for rule in self._rules if rule.matches(path)]
        if not matching:
            return True
        return max(matching, key=lambda rule: (rule.length, rule.allow)).allow


def _groups(text: str) -> dict[str, list[_Rule]]:
    """The rules by the agent they are for, in lower case; groups of one agent are one."""
    groups: dict[str, list[_Rule]] = {}
    agents: list[str] = []
    naming = False
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not naming:
                agents = []
            naming = True
            token = _TOKEN.match(value)
            agents.append(token[0].lower() if token else value)
            groups.setdefault(agents[-1], [])
        elif key in ("allow", "disallow"):
            naming = False
            if value:
                for agent in agents:
                    groups[agent].append(_rule(key == "allow", value))
    return groups


def _rule(allow: bool, pattern: str) -> _Rule:
    pattern = _normal(pattern)
    to_end = pattern.endswith("$")
    parts = tuple(pattern.removesuffix("$").split("*"))
    return _Rule(allow, parts, to_end, len(pattern))


def _normal(path: str) -> str:
    """One spelling for each octet: what need not be encoded is not, the rest in capitals."""

    def spelled(found: re.Match[str]) -> str:
        character = chr(int(found[0][1:], 16))
        plain = character.isascii() and (character.isalnum() or character in "-._~")
        return character if plain else found[0].upper()

    return _ENCODED.sub(spelled, quote(path, safe=_RESERVED))


class Robots:
    """The rules of the hosts we ask, kept for a day."""

    def __init__(self, load: Load, *, agent: str, clock: Clock) -> None:
        self._load, self._agent, self._clock = load, agent, clock
        self._kept: dict[str, tuple[datetime, Rules | None]] = {}
        self._loading: dict[str, asyncio.Lock] = {}

    async def check(self, url: str) -> None:
        """Raises Disallowed where the host's rules do not let us ask for this URL, FetchFailed
        where they cannot be had."""
        parts = urlsplit(url)
        rules = await self._rules(f"{parts.scheme}://{parts.netloc}")
        if rules is None:
            wait_s = KEPT_UNREACHABLE.total_seconds()
            raise FetchFailed("the host's robots.txt cannot be read", retry_after_s=wait_s)
        if not rules.allow(f"{parts.path}?{parts.query}" if parts.query else parts.path):
            raise Disallowed("the host's robots.txt does not allow it")

    async def _rules(self, origin: str) -> Rules | None:
        """None: it cannot be had for the time being."""
        async with self._loading.setdefault(origin, asyncio.Lock()):
            kept = self._kept.get(origin)
            if kept is None or kept[0] <= self._clock():
                rules = await self._loaded(origin)
                until = self._clock() + (KEPT if rules else KEPT_UNREACHABLE)
                kept = self._kept[origin] = (until, rules)
        self._forget()
        return kept[1]

    async def _loaded(self, origin: str) -> Rules | None:
        try:
            return Rules.read(await self._load(f"{origin}/robots.txt"), self._agent)
        except NotAsked:
            raise  # that says nothing about the file
        except FetchFailed as failed:
            status = failed.answered
            missing = status is not None and 400 <= status < 500 and status != _TOO_MANY
            return Rules(()) if missing else None

    def _forget(self) -> None:
        if len(self._kept) <= _ORIGINS_MAX:
            return
        now = self._clock()
        self._kept = {o: kept for o, kept in self._kept.items() if kept[0] > now}
        while len(self._kept) > _ORIGINS_MAX:
            del self._kept[next(iter(self._kept))]
        busy = {o: lock for o, lock in self._loading.items() if o in self._kept or lock.locked()}
        self._loading = busy
