"""The files for a cluster as data: what is in cluster/kubernetes, before kustomize puts the folder
of the example over the base."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
KUBERNETES = ROOT / "cluster" / "kubernetes"
BASE = KUBERNETES / "base"
EXAMPLE = KUBERNETES / "overlays" / "example"
OURS = {"app.kubernetes.io/part-of": "jobray"}
SECRETS = {
    "JOBRAY_SECRET_KEY": "k" * 32,
    "JOBRAY_SECRET_PREVIOUS_KEY": "",
    "JOBRAY_DOCUMENTS_URL": "mongodb://user:password@mongo/jobray",
    "JOBRAY_STREAM_URL": "pulsar+ssl://pulsar:6651",
    "JOBRAY_STREAM_TOKEN": "token",
    "JOBRAY_CACHE_URL": "rediss://:password@redis:6379",
    "JOBRAY_SMTP_URL": "smtp://user:password@mail.example.com:587",
    "JOBRAY_FILES_ACCESS_KEY_ID": "id",
    "JOBRAY_FILES_SECRET_ACCESS_KEY": "key",
    "JOBRAY_TRACES_HEADERS": "Authorization=Bearer%20token",
    "JOBRAY_SOURCES_ADZUNA_APP_ID": "id",
    "JOBRAY_SOURCES_ADZUNA_APP_KEY": "key",
    "JOBRAY_SOURCES_USAJOBS_EMAIL": "robot@example.com",
    "JOBRAY_SOURCES_USAJOBS_KEY": "key",
}
"""What may come from the Secret alone, with values that settings take."""


def objects(*folders: Path) -> list[dict[str, Any]]:
    files = [file for folder in folders for file in sorted(folder.glob("*.yaml"))]
    read = [one for file in files for one in yaml.safe_load_all(file.read_text())]
    return [one for one in read if one["kind"] != "Kustomization"]


def the(kind: str, name: str, folder: Path = BASE) -> dict[str, Any]:
    [found] = [
        one for one in objects(folder) if (one["kind"], one["metadata"]["name"]) == (kind, name)
    ]
    return found


RAY_SERVICE = the("RayService", "jobray")["spec"]
RAY_CLUSTER = RAY_SERVICE["rayClusterConfig"]
HEAD = RAY_CLUSTER["headGroupSpec"]["template"]
[WORKERS] = RAY_CLUSTER["workerGroupSpecs"]
PODS = {"head": HEAD, "worker": WORKERS["template"]}
SERVE_SERVICE = "jobray-serve-svc"
"""What KubeRay makes of the RayService `jobray`, of the workers that serve."""
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def ray_container(pod: Mapping[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = pod["spec"]["containers"][0]
    return container


def ports(pod: Mapping[str, Any]) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for port in ray_container(pod)["ports"]}


def set_variables_of_a_pod(
    environment: pytest.MonkeyPatch, pod: Mapping[str, Any], *folders: Path
) -> None:
    """What a pod of this kind has in its environment, the later folder's over the earlier one's."""
    for folder in folders:
        for name, value in the("ConfigMap", "jobray-settings", folder)["data"].items():
            environment.setenv(name, value)
    for variable in ray_container(pod)["env"]:
        if "valueFrom" in variable:
            environment.setenv(variable["name"], SECRETS[variable["name"]])


def set_variables_of_compose(environment: pytest.MonkeyPatch) -> None:
    """What the container of compose.yaml has in its environment."""
    given = {"JOBRAY_SECRET_KEY": "k" * 32, "JOBRAY_SMTP_URL": ""}
    for name, value in COMPOSE["jobray"]["environment"].items():
        environment.setenv(name, given[name] if value.startswith("${") else value)
