import pytest

from servers import ports


def test_a_port_is_below_those_of_outgoing_calls_and_given_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port % 2 == 0)
    given = [ports.free_port() for _ in range(200)]
    assert len(set(given)) == len(given)
    assert all(port % 2 == 0 and ports.FIRST <= port <= ports.LAST < 32_768 for port in given)


def test_where_all_are_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    with pytest.raises(OSError, match="no free port between 20000 and 29999"):
        ports.free_port()
