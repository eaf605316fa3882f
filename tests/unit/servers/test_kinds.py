import pytest

from servers.kinds import NAMES, kind_of
from servers.process import ServerError
from servers.pulsar import Pulsar, SecuredPulsar


def test_each_server_is_known_by_its_name() -> None:
    assert NAMES == ("pulsar", "mongo-java", "ferretdb", "redis", "s3")
    assert [kind_of(name).name for name in NAMES] == list(NAMES)
    assert all(kind_of(name).version for name in NAMES)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(ServerError, match="no server is called 'kafka'; there are pulsar, mongo"):
        kind_of("kafka")


def test_only_pulsar_is_run_with_authentication() -> None:
    assert isinstance(kind_of("pulsar", auth=True), SecuredPulsar)
    assert type(kind_of("pulsar")) is Pulsar
    with pytest.raises(ServerError, match="redis is not run with authentication"):
        kind_of("redis", auth=True)
