"""Schemas of other projects, out of the Go modules that carry them.

Each module is pinned by version and by Go's checksum of all its files; Go keeps it in its module
cache, so that only the first run downloads.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import servers.cache

KUSTOMIZE = Path(__file__).parent / "kustomize"
BUILD = ("build", "-trimpath", "-mod=readonly", "-ldflags=-s -w")
TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Module:
    path: str
    version: str
    checksum: str
    """Of Go's kind `h1`, as in a go.sum."""


KUBERAY = Module(
    "github.com/ray-project/kuberay/ray-operator",
    "v1.5.1",
    "h1:7FJYmB8oM+cnjv1VYCj/TfzRZG4XHvvt5Ayn5pZ5A1c=",
)
COMPOSE = Module(
    "github.com/compose-spec/compose-go/v2",
    "v2.9.0",
    "h1:UHSv/QHlo6QJtrT4igF1rdORgIUhDo1gWuyJUoiNNIM=",
)


def go() -> str:
    """Where Go is; without it the test is skipped, which fails it in CI."""
    found = shutil.which("go")
    if found is None:
        pytest.skip("needs go (1.24 or newer)")
    return found


@cache
def folder(module: Module) -> Path:
    """The files of this module, downloaded if they are not there."""
    done = subprocess.run(
        [go(), "mod", "download", "-json", f"{module.path}@{module.version}"],
        cwd="/",  # outside of any module
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["Sum"] == module.checksum
    return Path(found["Dir"])


@cache
def renderer() -> Path:
    """The program of kustomize/main.go, built at the first run and kept."""
    sources = tuple(KUSTOMIZE / name for name in ("go.mod", "go.sum", "main.go"))

    def build(into: Path) -> None:
        command = (go(), *BUILD, "-o", str(into / "render"), ".")
        servers.cache.run(command, os.environ | {"CGO_ENABLED": "0"}, KUSTOMIZE)

    return servers.cache.made("kustomize", servers.cache.stamp(sources, *BUILD), build) / "render"


def closed(schema: Any) -> Any:
    """The schema of an API server: where properties are listed, others are dropped there without a
    word, so here they are refused."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return inner
