import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from servers.pulsar.security import LIFETIME, SECRET_BYTES, credentials

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def verify(folder: Path, name: str, at: datetime) -> None:
    held = credentials(folder, NOW)
    authority = x509.load_pem_x509_certificate(held.ca_file.read_bytes())
    server = x509.load_pem_x509_certificate(held.certificate_file.read_bytes())
    policy = PolicyBuilder().store(Store([authority])).time(at)
    policy.build_server_verifier(x509.DNSName(name)).verify(server, [])


def test_clients_that_trust_the_authority_trust_the_server(tmp_path: Path) -> None:
    verify(tmp_path / "a", "localhost", NOW)
    with pytest.raises(VerificationError):
        verify(tmp_path / "a", "example.com", NOW)
    with pytest.raises(VerificationError):
        verify(tmp_path / "a", "localhost", NOW + LIFETIME + timedelta(days=1))


def test_the_token_is_signed_with_the_secret_for_the_role(tmp_path: Path) -> None:
    held = credentials(tmp_path / "a", NOW)
    secret = held.secret_file.read_bytes()
    assert len(secret) == SECRET_BYTES
    assert jwt.decode(held.token, secret, algorithms=["HS256"]) == {"sub": held.role}


def test_they_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = credentials(tmp_path / "a", NOW)
    key = first.key_file.read_bytes()
    assert credentials(tmp_path / "a", NOW + timedelta(days=1)) == first
    assert first.key_file.read_bytes() == key
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    assert credentials(tmp_path / "b", NOW).token != first.token
