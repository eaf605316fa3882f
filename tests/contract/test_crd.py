"""The files for a cluster, held against the schemas of those who read them.

KubeRay's own definition of a RayService, which holds all of a pod's; Kubernetes' Go types, read
strictly; the compose specification. Rendered by kustomize's own library. None of it is a cluster:
that objects are well-formed is shown here, not that they run.
"""

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, ValidationError

from tests.contract.schemas import COMPOSE, KUBERAY, closed, folder, renderer
from tests.manifests import SERVE_SERVICE

pytestmark = pytest.mark.timeout(600)
ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "cluster" / "kubernetes"
FOLDERS = ("base", "overlays/example")
Object = dict[str, Any]


def rendered(kustomization: Path) -> list[Object]:
    done = subprocess.run(
        [renderer(), kustomization], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise ValueError(done.stderr)
    objects: list[Object] = json.loads(done.stdout)
    return objects


@pytest.fixture(scope="module", params=FOLDERS)
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return rendered(KUBERNETES / request.param)


@pytest.fixture(scope="module")
def example() -> list[Object]:
    return rendered(KUBERNETES / "overlays" / "example")


@pytest.fixture(scope="module")
def ray_service_schema() -> Draft7Validator:
    crd = yaml.safe_load((folder(KUBERAY) / "config/crd/bases/ray.io_rayservices.yaml").read_text())
    [version] = [one for one in crd["spec"]["versions"] if one["name"] == "v1"]
    return Draft7Validator(closed(version["schema"]["openAPIV3Schema"]))


def one(objects: list[Object], kind: str, name: str | None = None) -> Object:
    """The only one of this kind, or the one of this name."""
    names = (name,) if name else {each["metadata"]["name"] for each in objects}
    [found] = [
        each for each in objects if each["kind"] == kind and each["metadata"]["name"] in names
    ]
    return found


def test_the_ray_service_is_one(objects: list[Object], ray_service_schema: Draft7Validator) -> None:
    ray_service_schema.validate(one(objects, "RayService"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rayClusterConfig", "gcsFaultTolerance"), {}),
        (("rayClusterConfig", "headGroupSpec", "template", "spec", "enableServiceLink"), False),
        (("rayClusterConfig", "workerGroupSpecs", 0, "replicas"), "two"),
    ],
)
def test_a_wrong_ray_service_is_refused(
    example: list[Object],
    ray_service_schema: Draft7Validator,
    path: tuple[str | int, ...],
    value: Any,
) -> None:
    wrong = copy.deepcopy(one(example, "RayService"))
    place = wrong["spec"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValidationError, match=r"gcsFaultTolerance'|enableServiceLink'|'two'"):
        ray_service_schema.validate(wrong)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("network-policies.yaml", "policyTypes", "policyType", "policyType"),
        ("disruption-budget.yaml", "minAvailable: 1", "minAvailable: [1]", "minAvailable"),
        ("ingress.yaml", "pathType: Prefix", "pathtype: Prefix", "pathtype"),
    ],
)
def test_a_wrong_object_of_kubernetes_is_refused(
    tmp_path: Path, file: str, right: str, wrong: str, said: str
) -> None:
    base = shutil.copytree(KUBERNETES / "base", tmp_path / "base")
    text = (base / file).read_text()
    assert right in text
    (base / file).write_text(text.replace(right, wrong))
    with pytest.raises(ValueError, match=said):
        rendered(base)


def test_the_example_changes_what_an_installation_must(example: list[Object]) -> None:
    text = json.dumps(example)
    assert "example.com" not in text.replace("registry.example.com", "")
    images = {
        container["image"]
        for pod in pods(one(example, "RayService"))
        for container in (*pod["containers"], *pod["initContainers"])
    }
    assert images == {"registry.example.com/jobray:0.1.0"}
    assert {each["metadata"]["namespace"] for each in example if each["kind"] != "Namespace"} == {
        "jobray"
    }
    settings = one(example, "ConfigMap")["data"]
    assert settings["JOBRAY_REQUIRE_VERIFIED_EMPLOYERS"] == "true"  # the base's are still there
    for name in ("jobray", "jobray-metrics"):
        [host] = one(example, "Ingress", name)["spec"]["tls"][0]["hosts"]
        assert settings["JOBRAY_HTTP_PUBLIC_URL"] == f"https://{host}"


def test_the_service_that_is_named_is_the_one_that_kuberay_makes(example: list[Object]) -> None:
    """Its operator is not here to be asked, so its source is: how it names the Service of what is
    served, and which port of the containers that has."""
    sources = folder(KUBERAY) / "controllers" / "ray" / "utils"
    names, constants = (sources / "util.go").read_text(), (sources / "constant.go").read_text()
    assert 'return fmt.Sprintf("%s-%s-%s", serviceName, ServeName, "svc")' in names
    assert re.search(r'\bServeName\s*= "serve"', names)
    assert re.search(r'\bServingPortName\s*= "serve"', constants)
    ray_service = one(example, "RayService")
    assert f"{ray_service['metadata']['name']}-serve-svc" == SERVE_SERVICE
    ingress = (each["spec"]["rules"][0] for each in example if each["kind"] == "Ingress")
    services = [rule["http"]["paths"][0]["backend"]["service"] for rule in ingress]
    assert services == [{"name": SERVE_SERVICE, "port": {"name": "serve"}}] * 2


def pods(ray_service: Object) -> list[Object]:
    cluster = ray_service["spec"]["rayClusterConfig"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    return [group["template"]["spec"] for group in groups]


def test_compose_is_as_its_specification_says() -> None:
    schema = json.loads((folder(COMPOSE) / "schema" / "compose-spec.json").read_text())
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    validator = Draft7Validator(schema)
    validator.validate(compose)
    compose["services"]["jobray"]["heathcheck"] = {}
    assert not validator.is_valid(compose)
