from pathlib import Path

import pytest

from servers import java
from servers.kind import Place
from servers.pulsar import Pulsar, SecuredPulsar

PLAIN = {"server": 20_001, "admin": 20_002}
SECURED = PLAIN | {"tls": 20_003, "admin_tls": 20_004}


@pytest.fixture
def _jdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "home", lambda: Path("/jdk"))


def written(folder: Path) -> dict[str, str]:
    lines = (folder / "standalone.conf").read_text().splitlines()
    told = [line.partition("=") for line in lines if line and not line.startswith("#")]
    assert len({name for name, _, _ in told}) == len(told), "nothing is said twice"
    return {name: value for name, _, value in told}


@pytest.mark.usefixtures("_jdk")
def test_a_standalone_is_told_its_ports_and_folders(tmp_path: Path) -> None:
    command = Pulsar().command(Place(tmp_path, PLAIN))
    assert command[0] == "/jdk/bin/java"
    for option in ("--config", "--metadata-dir", "--bookkeeper-dir"):
        assert Path(command[command.index(option) + 1]).parent == tmp_path
    told = written(tmp_path)
    assert (told["brokerServicePort"], told["webServicePort"]) == ("20001", "20002")
    assert told["bindAddress"] == told["advertisedAddress"] == "127.0.0.1"
    assert "authenticationEnabled" not in told


@pytest.mark.usefixtures("_jdk")
def test_a_secured_one_asks_for_tokens_and_tells_nobody_its_secret(tmp_path: Path) -> None:
    place = Place(tmp_path, SECURED)
    command, addresses = SecuredPulsar().command(place), SecuredPulsar().addresses(place)
    told = written(tmp_path)
    assert told["authenticationEnabled"] == told["authorizationEnabled"] == "true"
    assert (told["brokerServicePortTls"], told["webServicePortTls"]) == ("20003", "20004")
    assert told["brokerClientAuthenticationParameters"] == f"token:{addresses['token']}"
    assert addresses["token"] not in " ".join(command), "every user of the machine sees it there"
    assert (tmp_path / "standalone.conf").stat().st_mode & 0o077 == 0
    assert addresses["tls_url"] == "pulsar+ssl://127.0.0.1:20003"
    assert addresses["admin_tls_url"] == "https://127.0.0.1:20004"
