"""Keys, certificates and a token for one Pulsar, made once and kept in a folder of mode 0700.

A certificate authority of its own signs the server's certificate, so that clients verify it as they
would in production. The token is a JWT signed with a random secret (HMAC-SHA256), as
`pulsar tokens create --secret-key` makes it: the subject is the role, and it does not expire.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from servers.ports import HOST

ROLE = "jobray"
LIFETIME = timedelta(days=30)
SECRET_BYTES = 32
SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Credentials:
    ca_file: Path
    certificate_file: Path
    key_file: Path
    secret_file: Path
    role: str
    token: str


def credentials(folder: Path, now: datetime) -> Credentials:
    """Those in the folder; made where there are none yet, the certificates valid from `now`."""
    token_file = folder / "token"
    held = {
        "ca_file": folder / "ca.pem",
        "certificate_file": folder / "server.pem",
        "key_file": folder / "server-key.pem",
        "secret_file": folder / "secret.key",
    }
    if not token_file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_certificates(now, held["ca_file"], held["certificate_file"], held["key_file"])
        secret = secrets.token_bytes(SECRET_BYTES)
        held["secret_file"].write_bytes(secret)
        token_file.write_text(token(secret, ROLE))
    return Credentials(**held, role=ROLE, token=token_file.read_text())


def token(secret: bytes, role: str) -> str:
    """A token by which Pulsar takes its bearer for `role`."""
    return jwt.encode({"sub": role}, secret, algorithm="HS256")


def _write_certificates(now: datetime, ca: Path, certificate: Path, key: Path) -> None:
    ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority, server = _name("jobray test authority"), _name("localhost")
    names = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST)))
    ca_certificate = (
        _certificate(authority, authority, ca_key, ca_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(SIGNS_CERTIFICATES, critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    server_certificate = (
        _certificate(server, authority, server_key, ca_key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    ca.write_bytes(ca_certificate.public_bytes(Encoding.PEM))
    certificate.write_bytes(server_certificate.public_bytes(Encoding.PEM))
    plain = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.write_bytes(plain)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.CertificateBuilder:
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFETIME)
        .add_extension(own, critical=False)
        .add_extension(authority, critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
