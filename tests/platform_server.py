"""A local HTTPS server that plays the hosts of all platforms, and misbehaves on purpose.

The addresses stay the real ones: an injected resolver sends every played host here, and the server
has a certificate for all of them, from an authority that only the tests know. Any other host goes
to the system's resolver and is judged as always.
"""

import asyncio
import gzip
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backends.fetch import addresses
from backends.fetch.addresses import Endpoint
from tests.platform_boards import PlayedBoard

BOMB_BYTES = 64 * 1024 * 1024
PRIVATE = "https://169.254.169.254/latest/meta-data/"
FAULTS = (
    "slow",
    "truncated",
    "cut",
    "status 500",
    "status 404",
    "status 429",
    "an HTML page",
    "other bytes than UTF-8",
    "not gzip",
    "another encoding",
    "bomb",
    "redirect to a private address",
    "redirects without end",
)


def _members(body: bytes) -> bytes:
    half = len(body) // 2
    return gzip.compress(body[:half], 1) + gzip.compress(body[half:], 1)


def _bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


CODINGS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", lambda body: gzip.compress(body, 1)),
    "gzip of two members": ("gzip", _members),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", _bare_deflate),
}
"""How servers pack an answer: what they call it, and what it is."""


@dataclass
class PlatformServer:
    """`jobs` are open on `board`, and of the `unreadable` of them the title is missing; `fault`
    (one of FAULTS) spoils every answer but robots.txt, `faults` those to single paths; `stuck`:
    every page is the first one again. `asked` are the paths with their queries."""

    board: PlayedBoard
    jobs: Sequence[int] = ()
    unreadable: Collection[int] = ()
    fault: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    coding: str = "gzip"
    stuck: bool = False
    robots: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.jobs = self.jobs or range(1, self.board.jobs + 1)

    async def resolve(self, host: str, port: int) -> Sequence[Endpoint]:
        if host == self.board.host:
            return [Endpoint(ip_address("127.0.0.1"), self.port)]
        return await addresses.resolve(host, port, allow_private=False)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            target = head.split()[1]
            self.asked.append(target)
            await self._answer(writer, head, target)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side has seen enough of a fault
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, head: str, target: str) -> None:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        if parts.path == "/robots.txt":
            found = None if self.robots is None else self.robots.encode()
            writer.write(_http(404) if found is None else _http(200, found))
            return
        if f"host: {self.board.host}\r\n" not in head.lower():
            writer.write(_http(421))
            return
        if any(each not in head.lower() for each in self.board.asks_for):
            writer.write(_http(401))
            return
        body, fault = self._played(parts.path, query), self.faults.get(parts.path, self.fault)
        if body is None:
            writer.write(_http(404))
        elif fault is not None:
            await self._spoilt(writer, body, target, fault)
        else:
            name, pack = CODINGS[self.coding]
            writer.write(_http(200, pack(body), f"Content-Encoding: {name}"))

    def _played(self, path: str, query: dict[str, str]) -> bytes | None:
        if self.stuck:
            first = {"skip": "0", "offset": "0", "page": "1", "Page": "1"}
            query = {name: first.get(name, value) for name, value in query.items()}
            path = path.replace("/search/2", "/search/1")
        body = self.board.play(path, query, list(self.jobs))
        for job in self.unreadable:
            body = body and re.sub(rf"Engineer {job}\b", "", body)
        return None if body is None else body.encode()

    async def _spoilt(
        self, writer: asyncio.StreamWriter, body: bytes, target: str, fault: str
    ) -> None:
        match fault:
            case "slow":
                writer.write(_http(200, body)[:-5])
                await writer.drain()
                await asyncio.sleep(1)
            case "truncated":
                writer.write(_http(200, body)[: -len(body) // 2])
            case "cut":
                writer.write(_http(200, body[: len(body) // 2]))
            case "status 500":
                writer.write(_http(500, b"oops"))
            case "status 404":
                writer.write(_http(404))
            case "status 429":
                writer.write(_http(429, b"", "Retry-After: 90000"))
            case "an HTML page":
                page = b"<!doctype html><html><title>Careers</title><p>No jobs today</html>"
                writer.write(_http(200, page, "Content-Type: text/html"))
            case "other bytes than UTF-8":
                middle = len(body) // 2
                writer.write(_http(200, body[:middle] + b"\xff\xfe" + body[middle:]))
            case "not gzip":
                writer.write(_http(200, body, "Content-Encoding: gzip"))
            case "another encoding":
                writer.write(_http(200, body, "Content-Encoding: br"))
            case "bomb":
                writer.write(_http(200, _bomb(), "Content-Encoding: gzip"))
            case "redirect to a private address":
                writer.write(_http(302, b"", f"Location: {PRIVATE}"))
            case "redirects without end":
                writer.write(_http(302, b"", f"Location: {target}"))
            case _:
                raise AssertionError(f"no such fault: {fault}")


@asynccontextmanager
async def serving(board: PlayedBoard, folder: Path) -> AsyncIterator[PlatformServer]:
    """The server of this board; its certificate is kept in `folder` for that moment."""
    played = PlatformServer(board)
    server = await asyncio.start_server(
        played.handle, "127.0.0.1", 0, ssl=_server_tls(board.host, folder)
    )
    played.port = server.sockets[0].getsockname()[1]
    try:
        yield played
    finally:
        server.close()


def client_tls() -> ssl.SSLContext:
    """Believes the tests' authority and no other."""
    authority, _ = _authority()
    return ssl.create_default_context(
        cadata=authority.public_bytes(serialization.Encoding.PEM).decode()
    )


def _http(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * BOMB_BYTES)


@cache
def _authority() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jobray's tests")])
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = _certificate(name, name, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
    )


def _server_tls(host: str, folder: Path) -> ssl.SSLContext:
    authority, authority_key = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a platform")])
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    certificate = (
        _certificate(subject, authority.subject, key)
        .add_extension(names, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = folder / "certificate.pem"
    path.write_bytes(key.private_bytes(encoding, form, plain) + certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
