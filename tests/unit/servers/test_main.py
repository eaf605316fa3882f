import shlex
import subprocess
from pathlib import Path

import pytest

from servers import __main__ as command
from servers import shared
from servers.process import ServerError


def test_an_unknown_name_or_verb_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["start", "kafka"], ["restart"]):
        with pytest.raises(SystemExit, match="2"):
            command.main(arguments)
    assert "no server is called 'kafka'; there are pulsar" in capsys.readouterr().err


def test_one_that_fails_does_not_keep_the_others_from_starting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def running(name: str) -> str:
        if name == "redis":
            raise ServerError("needs [redis-server]")
        return f"{name}://here"

    monkeypatch.setattr(shared, "running", running)
    assert command.main(["start", "redis", "s3"]) == 1
    said = capsys.readouterr().out
    assert "redis: needs [redis-server]" in said
    assert "s3: s3://here after 0.0 s" in said
    assert command.main(["start", "s3"]) == 0


def test_the_key_of_trials_is_made_once_and_private(tmp_path: Path) -> None:
    first = command.trial_key(tmp_path / "one")
    file = tmp_path / "one" / "secret.key"
    assert len(first.encode()) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert command.trial_key(tmp_path / "one") == first
    assert command.trial_key(tmp_path / "two") != first


@pytest.mark.parametrize(
    ("names", "documents"),
    [
        ([], "mongodb://mongo-java:1/jobray"),
        # An update of one document is not atomic there; over one connection none meets another.
        (["ferretdb"], "mongodb://ferretdb:1/jobray?maxPoolSize=1"),
    ],
)
def test_a_shell_takes_what_env_prints(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    names: list[str],
    documents: str,
) -> None:
    monkeypatch.setattr(shared, "running", lambda name: f"mongodb://{name}:1")
    monkeypatch.setattr(shared, "admin_url", lambda name: f"http://{name}:2")
    monkeypatch.setattr(command, "trial_key", lambda: "-a key/of 'trials'")
    assert command.main(["env", *names]) == 0
    printed = capsys.readouterr().out
    assert ("# FerretDB does not" in printed) is bool(names)
    told = 'printf "%s\\n" "$JOBRAY_DOCUMENTS_URL" "$JOBRAY_SECRET_KEY"'
    shell = f"set -e; eval {shlex.quote(printed)}; {told}"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [documents, "-a key/of 'trials'"]
