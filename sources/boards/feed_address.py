"""Boards that are just an address: feeds, sitemaps and pages on anybody's host."""

from urllib.parse import urlsplit, urlunsplit

from sources.platform import Board

_ADDRESS_MAX = 2000


def board_at(platform: str, url: str, company: str = "") -> Board | None:
    """The board whose token is this address, in the form it is asked for: with a scheme (https
    where none is given), the host in lower case, no fragment. None for what is no web address, or
    carries a password."""
    url = url.strip()
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.netloc.lower()
        usable = parts.scheme in ("http", "https") and parts.hostname and "@" not in host
        port_is_valid = parts.port != 0
    except ValueError:
        return None
    token = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
    if not usable or not port_is_valid or len(token) > _ADDRESS_MAX:
        return None
    if any(c.isspace() or not c.isprintable() for c in token):
        return None
    return Board(platform, token, host, company)


def file_of(board: Board) -> str:
    """What the address names on its host: path and query, in lower case."""
    parts = urlsplit(board.token)
    return f"{parts.path}?{parts.query}".removesuffix("?").lower()
