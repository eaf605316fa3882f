"""The address that a person pastes, taken apart: which board of a platform does it name?

People paste what they see: with or without the scheme, in capitals, with query strings and dots at
the end. A token goes into the address of a request, so only its platform's alphabet is taken, and
never what a path gives a meaning of its own (`..`, `/`, `?`, `#`, `%`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

_ADDRESS_MAX = 2000
_PARAMETERS_MAX = 50
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_TOKEN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DEFAULT_PORTS = {None, 80, 443}


@dataclass(frozen=True, slots=True)
class Address:
    """`host` is in lower case, `path` its decoded segments, `query` the last value of each name,
    by the name in lower case."""

    host: str
    path: tuple[str, ...]
    query: Mapping[str, str]


def taken_apart(url: str) -> Address | None:
    """The parts of an http or https address; None for anything else."""
    url = url.strip().strip("<>\"'")
    if len(url) > _ADDRESS_MAX:
        return None
    try:
        parts = urlsplit(url if _SCHEME.match(url) else f"https://{url}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
        query = parse_qsl(parts.query, max_num_fields=_PARAMETERS_MAX)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or port not in _DEFAULT_PORTS:
        return None
    if _HOST.fullmatch(host) is None:
        return None
    path = tuple(unquote(segment) for segment in parts.path.split("/") if segment)
    return Address(host, path, {name.lower(): value for name, value in query})


def token_in(segments: tuple[str, ...], place: int = 0) -> str | None:
    """The token that is the path's segment at that place: letters, digits and . _ - within."""
    found = segments[place] if place < len(segments) else ""
    return found if _TOKEN.fullmatch(found) else None


def slug_before(host: str, domain: str) -> str | None:
    """`acme` of `acme.example.com` before `example.com`; None for deeper names and other hosts."""
    slug = host.removesuffix(f".{domain}")
    return slug if slug != host and _SLUG.fullmatch(slug) else None


def company_of(token: str) -> str:
    """A readable name: "acme-inc" is Acme Inc, "AcmeGroup" Acme Group, "ACME2" ACME2."""
    if " " in token:
        return token
    words = [_spaced(word) for word in re.split(r"[-_.]+", token) if word]
    return " ".join(words)


def _spaced(word: str) -> str:
    if word.islower():
        return word.capitalize() if word[0].isalpha() else word
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", word)
    return apart[0].upper() + apart[1:]
