"""Prometheus gets what it asks for: the targets it is told are there, let it in and answer its Host
header; and nobody else gets it.

That the Service of a RayService has this name is tests/contract/test_crd.py's.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.edge import edge_settings
from cluster.settings import load
from deployments.capacity import MAX_ONGOING_REQUESTS
from deployments.limits import Hosts, WrongHost
from deployments.metrics import router
from deployments.settings import ROLES, EdgeSettings
from tests.manifests import (
    BASE,
    COMPOSE,
    EXAMPLE,
    OURS,
    PODS,
    ROOT,
    SERVE_SERVICE,
    objects,
    ports,
    set_variables_of_a_pod,
    set_variables_of_compose,
    the,
)

GRAFANA = ROOT / "cluster" / "grafana"
NAMESPACE = yaml.safe_load((EXAMPLE / "kustomization.yaml").read_text())["namespace"]
PROMETHEUS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
    "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}},
}
[PAGE] = [getattr(route, "path", "") for route in router.routes]


def job(file: str, name: str) -> dict[str, Any]:
    jobs = yaml.safe_load((GRAFANA / file).read_text())["scrape_configs"]
    [found] = [one for one in jobs if one["job_name"] == name]
    assert found["metrics_path"] == PAGE  # Ray's has the same path
    return dict(found)


def targets(file: str) -> list[str]:
    return [
        target for group in job(file, "jobray")["static_configs"] for target in group["targets"]
    ]


def lets_prometheus_in(node_type: str, port: int) -> bool:
    """Whether a policy admits the pods of Prometheus, and not its whole namespace."""
    labels = {**OURS, "ray.io/node-type": node_type}
    return any(
        PROMETHEUS in rule["from"] and {"protocol": "TCP", "port": port} in rule.get("ports", ())
        for one in objects(BASE, EXAMPLE)
        if one["kind"] == "NetworkPolicy"
        and one["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items()
        for rule in one["spec"].get("ingress", ())
    )


def edge() -> EdgeSettings:
    return edge_settings(load(), roles=ROLES, max_ongoing_requests=MAX_ONGOING_REQUESTS)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without the settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("JOBRAY_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def test_the_edge_on_kubernetes_is_there_and_lets_prometheus_in(
    environment: pytest.MonkeyPatch,
) -> None:
    set_variables_of_a_pod(environment, PODS["worker"], BASE, EXAMPLE)
    told = edge()
    assert told.metrics_open
    for target in targets("prometheus.yaml"):
        host, _, port = target.partition(":")
        assert host == f"{SERVE_SERVICE}.{NAMESPACE}.svc"
        assert ports(PODS["worker"])["serve"] == int(port)
        assert lets_prometheus_in("worker", int(port))
        Hosts(told.allowed_hosts).check(target.encode())
    with pytest.raises(WrongHost):
        Hosts(told.allowed_hosts).check(b"jobray:8000")


@pytest.mark.parametrize("node_type", PODS)
def test_rays_own_metrics_are_found_and_let_prometheus_in(node_type: str) -> None:
    ray = job("prometheus.yaml", "ray")
    assert [found["namespaces"]["names"] for found in ray["kubernetes_sd_configs"]] == [[NAMESPACE]]
    kept = {rule["source_labels"][0]: rule["regex"] for rule in ray["relabel_configs"]}
    [(label, value)] = PODS[node_type]["metadata"]["labels"].items()
    of_kubernetes = label.replace(".", "_").replace("/", "_").replace("-", "_")
    assert kept.pop(f"__meta_kubernetes_pod_label_{of_kubernetes}") == value
    name = kept.pop("__meta_kubernetes_pod_container_port_name")
    assert kept == {}
    assert lets_prometheus_in(node_type, ports(PODS[node_type])[name])


def test_nobody_has_the_page_through_the_ingress() -> None:
    """The longest path wins, as the specification of Ingress has it."""
    closed = the("Ingress", "jobray-metrics", EXAMPLE)
    denied = closed["metadata"]["annotations"]["nginx.ingress.kubernetes.io/denylist-source-range"]
    assert denied.split(",") == ["0.0.0.0/0", "::/0"]
    [rule] = closed["spec"]["rules"]
    [path] = rule["http"]["paths"]
    assert (path["path"], path["pathType"]) == (PAGE, "Prefix")
    public = the("ConfigMap", "jobray-settings", EXAMPLE)["data"]["JOBRAY_HTTP_PUBLIC_URL"]
    assert public == f"https://{rule['host']}"
    assert (
        closed["spec"]["ingressClassName"] == the("Ingress", "jobray")["spec"]["ingressClassName"]
    )


def test_a_laptop_lets_its_own_prometheus_in(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("JOBRAY_DATA_DIR", str(tmp_path))
    load().prepare()
    assert_answers_locally()


def test_compose_lets_the_prometheus_of_its_machine_in(environment: pytest.MonkeyPatch) -> None:
    set_variables_of_compose(environment)
    assert_answers_locally()
    published = {each.rpartition(":")[0] for each in COMPOSE["jobray"]["ports"]}
    assert set(targets("prometheus-local.yaml")) <= published


def assert_answers_locally() -> None:
    told = edge()
    assert told.metrics_open
    for target in targets("prometheus-local.yaml"):
        assert int(target.partition(":")[2]) == load().http.port
        Hosts(told.allowed_hosts).check(target.encode())
