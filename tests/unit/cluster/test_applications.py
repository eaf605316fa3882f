"""Three applications from one builder: what each is told, and that together they serve it all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.routing import APIRoute, APIWebSocketRoute
from pydantic import ValidationError
from ray.serve.schema import DeploymentSchema, ServeDeploySchema

from cluster import applications, edge
from cluster.applications import Args, build
from cluster.settings import SettingsError, load, unpack
from deployments.capacity import MAX_ONGOING_REQUESTS, STREAMS, streams_of
from deployments.settings import ROLES

CONFIG: dict[str, Any] = yaml.safe_load((Path(__file__).parents[3] / "ray_config.yaml").read_text())
APPLICATIONS: dict[str, dict[str, Any]] = {each["name"]: each for each in CONFIG["applications"]}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JOBRAY_DATA_DIR", str(tmp_path / "data"))
    # A replica sets up the logs of its process; this process is not one.
    monkeypatch.setattr(edge.logs, "configure", lambda **fields: None)


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the actors that the builder makes, which are not made here."""
    names: list[str] = []
    monkeypatch.setattr(applications, "create", lambda role, settings: names.append(role.name))
    return names


def deployment_of(args: dict[str, Any]) -> Any:
    return build(args)._bound_deployment


def told(args: dict[str, Any]) -> dict[str, Any]:
    """What the replica's application is made of."""
    maker, packed = deployment_of(args).init_args
    assert maker == applications.EDGE
    return dict(packed)


def served(args: dict[str, Any]) -> Iterator[str]:
    """The paths that the application of these arguments answers."""
    for route in edge.make(told(args)).routes:
        if isinstance(route, APIRoute | APIWebSocketRoute):
            yield route.path


def application_of(path: str) -> str:
    """Which application Serve gives this path to: the longest prefix of whole segments."""
    found = [
        (len(prefix), name)
        for name, each in APPLICATIONS.items()
        if (path + "/").startswith((prefix := each["route_prefix"].rstrip("/")) + "/")
    ]
    return max(found)[1]


@pytest.mark.usefixtures("created")
def test_every_path_of_a_laptop_is_served_by_the_application_that_is_asked_for_it() -> None:
    paths = {name: set(served(each["args"])) for name, each in APPLICATIONS.items()}
    everything = set(served({}))
    assert len(everything) > 40
    for path in everything:
        assert path in paths[application_of(path)], path


@pytest.mark.parametrize(
    "path, name",
    [
        ("/", "api"),
        ("/ready", "api"),
        ("/metrics", "api"),
        ("/api/v1/jobs", "api"),
        ("/api/v1/alerts/preview", "api"),
        ("/api/v1/searching", "api"),
        ("/api/v1/search/jobs", "search"),
        ("/api/v1/notifications", "events"),
        ("/api/v1/notifications/stream", "events"),
        ("/api/v1/notifications/ws", "events"),
    ],
)
def test_who_is_asked(path: str, name: str) -> None:
    assert application_of(path) == name


@pytest.mark.usefixtures("created")
def test_one_that_is_at_a_prefix_has_no_other_router() -> None:
    for name in ("search", "events"):
        prefix = APPLICATIONS[name]["route_prefix"]
        assert {path for path in served(APPLICATIONS[name]["args"]) if path.startswith("/api")} == {
            path for path in served({}) if path.startswith(prefix)
        }


def test_an_application_makes_the_supervisor_alone(created: list[str]) -> None:
    build({})
    assert created == ["supervisor"]


@pytest.mark.usefixtures("created")
def test_a_laptop_has_one_replica_of_everything() -> None:
    deployment = deployment_of({})
    assert deployment.num_replicas == 1
    assert deployment.max_ongoing_requests == MAX_ONGOING_REQUESTS
    assert deployment.max_queued_requests > 0
    assert tuple(told({})["roles"]) == ROLES


@pytest.mark.usefixtures("created")
def test_slots_are_those_of_serve_and_of_the_streams() -> None:
    args = APPLICATIONS["events"]["args"]
    slots = args["max_ongoing_requests"]
    assert deployment_of(args).max_ongoing_requests == slots
    settings = edge.make(told(args)).state.settings
    assert streams_of(settings.max_ongoing_requests) == streams_of(slots) > STREAMS


@pytest.mark.usefixtures("created")
def test_the_host_that_serve_binds_decides_what_is_open() -> None:
    assert unpack(told({})["settings"]).metrics_open
    beyond = unpack(told({"host": "0.0.0.0"})["settings"])
    assert not beyond.metrics_open
    assert not beyond.mailbox_open


@pytest.mark.usefixtures("created")
def test_packed_settings_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = load().packed()
    monkeypatch.setenv("JOBRAY_HTTP_PORT", "9999")
    assert unpack(told({"settings": packed})["settings"]).http.port == 8000
    assert unpack(told({})["settings"]).http.port == 9999


@pytest.mark.parametrize(
    "args, said",
    [
        ({"roles": ["search", "serch"]}, "unknown roles: serch"),
        ({"roles": []}, "at least 1 item"),
        ({"role": ["search"]}, "Extra inputs"),
        ({"max_ongoing_requests": 0}, "greater than 0"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_made(
    created: list[str], args: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        build(args)
    assert not created


def test_wrong_settings_are_refused_before_anything_is_made(
    created: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBRAY_HTTP_PORT", "many")
    with pytest.raises(SettingsError, match="JOBRAY_HTTP_PORT"):
        build({})
    assert not created


def test_serve_knows_every_option() -> None:
    ServeDeploySchema.model_validate(CONFIG)
    for each in APPLICATIONS.values():
        for deployment in each["deployments"]:  # of which the schema would take any
            assert deployment.keys() <= DeploymentSchema.model_fields.keys()


def test_every_application_is_of_the_one_builder_and_binds_where_serve_does() -> None:
    assert [*APPLICATIONS] == ["api", "search", "events"]
    for each in APPLICATIONS.values():
        assert each["import_path"] == "cluster.applications:build"
        assert Args.model_validate(each["args"]).host == CONFIG["http_options"]["host"]
        [deployment] = each["deployments"]
        assert deployment["name"] == "Ingress"
        assert deployment["num_replicas"] >= 2
