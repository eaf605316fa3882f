"""`ray_config.yaml` deploys three applications of the builder that a laptop has one of; and another
configuration is deployed over it while people post, search and listen, and nobody is refused."""

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from chaos.people import API, Person, wait_until
from chaos.running import ROOT
from tests.cluster.load import Load
from tests.cluster.serving import HOST, RATE_LIMIT, Head

pytestmark = pytest.mark.timeout(600)
CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "ray_config.yaml").read_text())
REQUESTS = 20
"""Of each kind, answered before the update begins and again after it."""


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Head]:
    # Ray tells its counts each second instead of each ten.
    started = Head(tmp_path_factory.mktemp("serving"), RAY_metrics_report_interval_ms="1000")
    try:
        started.start().deploy(CONFIG)
        wait_until(started.settled, timeout_s=180.0)
        yield started
    finally:
        started.stop()


def counted(head: Head) -> dict[str, set[tuple[str, str]]]:
    """What Ray counts of our replicas on its node's metrics port, where a scraper sees those that
    /metrics does not reach: of each application the names, and the routes or "" beside them."""
    text = httpx2.get(f"http://{HOST}:{head.metrics_port}/metrics", timeout=10).text
    found: dict[str, set[tuple[str, str]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if "replica" in sample.labels:
                told = (sample.name, sample.labels.get("route", ""))
                found.setdefault(sample.labels["application"], set()).add(told)
    return found


def test_each_application_serves_what_is_under_its_prefix(head: Head) -> None:
    employer, seeker = Person(head.url, "employer"), Person(head.url, "seeker")
    seeker.alert("python")
    with seeker.stream() as events:
        posted = employer.post_job()
        _, item = next(events)
    assert item["posting"]["id"] == posted["id"]
    assert [each["posting"]["id"] for each in seeker.notifications()] == [posted["id"]]

    def found() -> list[dict[str, Any]]:
        page = Person.ok(seeker.http.get("/search/jobs", params={"q": "python"}), 200)
        items: list[dict[str, Any]] = page["items"]
        return items

    assert [each["id"] for each in wait_until(found)] == [posted["id"]]
    prefixes = {each["name"]: each["route_prefix"] for each in CONFIG["applications"]}
    requests = "ray_serve_deployment_request_counter_total"

    def told() -> dict[str, set[str]]:
        routes = {
            name: {r for n, r in each if n == requests} for name, each in counted(head).items()
        }
        is_told = all(routes.get(name) for name in prefixes)  # a node tells every few seconds
        return routes if is_told and "/api/v1/jobs" in routes["api"] else {}

    routes = wait_until(told)
    assert routes["search"] == {prefixes["search"]}
    assert routes["events"] == {prefixes["events"]}
    assert not any(route.startswith(("/api/v1/search", "/api/v1/not")) for route in routes["api"])
    for name in prefixes:
        assert ("ray_serve_replica_processing_queries", "") in counted(head)[name]


@pytest.mark.parametrize("path", ["/jobs", "/search/jobs", "/notifications"])
def test_a_request_has_the_id_it_came_with_and_one_alone(head: Head, path: str) -> None:
    given = httpx2.get(head.url + API + path, headers={"X-Request-ID": "mine"})
    made = httpx2.get(head.url + API + path)
    assert given.headers.get_list("x-request-id") == ["mine"]
    assert len(made.headers.get_list("x-request-id")) == 1


def test_a_limit_is_of_the_address_that_was_forwarded(head: Head) -> None:
    """And not of the proxy that stands before the replicas."""
    for number in range(12):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        answer = httpx2.get(f"{head.url}{API}/companies", headers=headers)
        assert f'"address";r={RATE_LIMIT - 1};' in answer.headers["ratelimit"]


def changed(surge: int) -> dict[str, Any]:
    """A configuration that no replica of another one can serve."""
    config = copy.deepcopy(CONFIG)
    for application in config["applications"]:
        application["args"]["max_ongoing_requests"] = 3000 + surge
        application["deployments"][0]["max_surge_percent"] = surge
    return config


@pytest.mark.parametrize("surge", [50, 0], ids=["one started first", "one stopped first"])
def test_every_replica_is_replaced_and_no_request_fails(head: Head, surge: int) -> None:
    """Streams are cut by that; they are opened again where they left off, and show each posting
    once. Started first is what the file says, stopped first what the manifest of KubeRay does."""
    before = head.replicas()
    assert {name: len(each) for name, each in before.items()} == {
        "api": 2,
        "search": 2,
        "events": 2,
    }
    load = Load(head.url)
    load.start()

    def replaced() -> bool:
        now = head.replicas()
        new = all(len(each) == 2 and not each & before[name] for name, each in now.items())
        return new and head.settled()

    try:
        load.go_on(REQUESTS)
        head.deploy(changed(surge))
        wait_until(replaced, timeout_s=180.0)
        load.go_on(REQUESTS)
    finally:
        load.stop()
    assert load.failures == []
    for listener in load.listeners:
        assert listener.opened > 1, f"{listener.kind} was not cut, so nothing was resumed"
        assert Counter(listener.seen) == Counter(load.posted), listener.kind
