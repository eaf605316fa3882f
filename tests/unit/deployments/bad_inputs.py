"""Every kind of bad input, and the routes that can have it."""

from collections.abc import AsyncIterator, Callable, Iterator

from tests.unit.deployments import bad_bodies, bad_queries
from tests.unit.deployments.bad_bodies import Bad
from tests.unit.deployments.every_route import FORM, JSON, Route
from tests.unit.deployments.world import BODY_LIMIT

UNKNOWN_ID = "01990000-0000-7000-8000-000000000000"

# Headers

_HEADERS: dict[str, tuple[bytes, ...]] = {
    "If-Match": (b"", b"x", b"3", b'"', b'"x"', b'W/"1"', b'"-1"', b'"1', b'"' + b"9" * 40 + b'"'),
    "Idempotency-Key": (b"", b" ", b"a b", b"x" * 201, b"\xff", b"a\tb", "é".encode()),
    "Last-Event-ID": (b"x", b"1", b"$gt", b"\xff", UNKNOWN_ID.encode() + b"0", b"x" * 5000),
}


def headers(route: Route) -> Iterator[Bad]:
    for name in route.named("header"):
        for value in _HEADERS[name]:
            sent = {"headers": {name: value}}
            yield Bad(f"{name}: {value[:40]!r}", place=name, sent=sent)
    if "If-Match" in route.named("header"):
        yield Bad("another version", status=(412,), sent={"headers": {"If-Match": '"999999"'}})


# Paths, tokens, bodies of any kind


_IDS = (
    "x",
    "0",
    "-1",
    "null",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cetc",
    "%00",
    "a%00b",
    "%0d%0aSet-Cookie:a",
    "%ff",
    "%ed%a0%80",
    "'%20OR%201=1--",
    "%7B%22$gt%22:%22%22%7D",
    "x" * 600,
    "x" * 3000,
    UNKNOWN_ID.replace("-", ""),
    f"%7B{UNKNOWN_ID}%7D",
    f"{UNKNOWN_ID}%0a",
    UNKNOWN_ID.replace("0", "%EF%BC%90"),
    UNKNOWN_ID,
    UNKNOWN_ID.upper().replace("7000", "70AF"),
)


def ids(route: Route) -> Iterator[Bad]:
    for id_ in _IDS:
        url = route.path
        for name in route.path_names:
            url = url.replace(f"{{{name}}}", id_)
        # A parameter that is no id of ours may have a length of its own.
        status = (404, 422) if len(id_) > 100 else (404,)
        yield Bad(f"id {id_[:40]}", status=status, sent={"url": url})


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not told beforehand."""
    for start in range(0, len(content), 1 << 16):
        yield content[start : start + (1 << 16)]


def too_large(route: Route) -> Iterator[Bad]:
    content = b" " * (BODY_LIMIT + 1)
    yield Bad("a large body", status=(413,), sent={"content": content})
    if route.schema is not None:
        yield Bad("a large stream", status=(413,), sent={"content": _stream(content)})
    for length in ("-1", "x", "1e9", "١"):
        sent = {"content": b"{}", "headers": {"Content-Length": length.encode()}}
        yield Bad(f"Content-Length {length}", status=(400,), sent=sent)


def tokens(route: Route) -> Iterator[Bad]:
    for value in (b"Bearer x", b"Bearer a.b.c", b"Bearer \xff", b"Bearer " + b"x" * 9000):
        yield Bad(f"{value[:20]!r}", status=(401,), sent={"headers": {"Authorization": value}})


def content_types(route: Route) -> Iterator[Bad]:
    others = (FORM, "multipart/form-data; boundary=x") if route.has_json else (JSON,)
    for type_ in ("text/plain", "application/xml", "json", "*/*", "", *others):
        sent = {"content": b"{}", "headers": {"Content-Type": type_}}
        yield Bad(f"Content-Type {type_!r}", status=(415,), place="Content-Type", sent=sent)


def forms(route: Route) -> Iterator[Bad]:
    whole = b"username=a%40example.org&password=a+long+passphrase"
    for content, place in (
        (b"", "/username"),
        (b"username=a", "/password"),
        (b"username=&password=x", "/username"),
        (b"username[$gt]=&password=x", "/username"),
        (whole + b"&role=admin", "/role"),
        (whole + b"&$where=1", "/$where"),
        (whole + b"&grant_type=client_credentials", "/grant_type"),
        (whole + b"&scope=" + b"x" * 201, "/scope"),
        (b"username=" + b"x" * 255 + b"&password=x", "/username"),
        (b"username=a&password=" + b"x" * 200, "/password"),
        (b'{"username": {"$gt": ""}}', "/username"),
    ):
        yield Bad(f"{content[:60]!r}", place=place, sent={"content": content})
    for text in (b"%ff", b"%ed%a0%80", b"a%00b", b"\xff\xfe", b"a%0d%0ab", b"%f0%9f%92%a9"):
        for content in (b"username=" + text + b"&password=x", b"username=a&password=" + text):
            yield Bad(f"{content!r}", status=(401,), sent={"content": content})
    many = b"&".join(b"a%d=1" % number for number in range(1500))
    yield Bad("1500 fields", status=(400,), sent={"content": many})
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    part = b'--b\r\nContent-Disposition: form-data; name="username"; filename="x"\r\n\r\na\r\n--b--'
    for content in (b"", b"--b", b"--b\r\n\r\n", part, b"\xff\0"):
        sent = {"content": content, "headers": multipart}
        yield Bad(f"multipart {content[:30]!r}", status=(400, 422), sent=sent)
    no_boundary = {"content": whole, "headers": {"Content-Type": "multipart/form-data"}}
    yield Bad("no boundary", status=(400,), sent=no_boundary)


Kind = Callable[[Route], Iterator[Bad]]
KINDS: tuple[tuple[Kind, Callable[[Route], bool]], ...] = (
    (bad_bodies.wrong_types, lambda route: route.has_json),
    (bad_bodies.operators, lambda route: route.has_json),
    (bad_bodies.unknown_fields, lambda route: route.has_json),
    (bad_bodies.missing_fields, lambda route: route.has_json),
    (bad_bodies.texts, lambda route: route.has_json),
    (bad_bodies.numbers, lambda route: route.has_json),
    (bad_bodies.deep_or_broken_json, lambda route: route.has_json),
    (bad_queries.queries, lambda route: route.has_json),
    (forms, lambda route: route.sample.content_type == FORM),
    (content_types, lambda route: route.schema is not None),
    (bad_queries.query_values, lambda route: bool(route.named("query"))),
    (bad_queries.broken_queries, lambda route: True),
    (headers, lambda route: bool(route.named("header"))),
    (ids, lambda route: bool(route.path_names) and not route.sample.any_path),
    (too_large, lambda route: route.writes),
    (tokens, lambda route: route.access in ("caller", "role")),
)
