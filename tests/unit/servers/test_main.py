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
