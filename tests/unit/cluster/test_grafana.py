"""The dashboard asks for metrics and labels that the page has, and shows all of the page; and what
is declared of the actors is what those of an installation count.

The expressions are read with a few patterns: what is left of one without strings, selectors,
ranges, groupings and functions are names of metrics.
"""

import gc
import json
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from actors.tenant import Tenant
from backends.cache.base import Health
from backends.stream.base import Lag
from cluster.settings import Data, Settings, Traces
from deployments.capacity import STREAMS
from deployments.metrics import LAGS_TIMEOUT_S, router
from models.topology import ActorRole, Kind
from services.operations.metrics import ACTOR_COUNTERS, ACTOR_GAUGES, Metrics, Reading
from services.ports import ActorStatus
from services.review.review_queue import Queue

FOLDER = files("cluster") / "grafana"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "jobray.json").read_text())

PROMETHEUS_OWN = {"up": frozenset[str]()}
"""Metrics that the scraper makes."""
TARGET_LABELS = frozenset({"job", "instance"})
"""Labels that the scraper adds to each series."""
NOT_SHOWN = {
    # A histogram's count is the number of requests, which is shown with the status.
    "jobray_http_request_seconds_count",
}

_SELECTOR = re.compile(r"\{([^}]*)\}")
_LABEL = re.compile(r"(\w+)\s*(=~|!~|!=|=)\s*\"([^\"]*)\"")
_GROUPING = re.compile(r"\b(by|without)\s*\(([^)]*)\)")
_RANGE = re.compile(r"\[(\$__rate_interval|\d+[smhd])\]")
_FUNCTION = re.compile(r"\b[a-z_]+\s*(?=\()")
_NAME = re.compile(r"\b[a-zA-Z_:][\w:]*")
_WORDS = frozenset({"or", "and", "unless"})
FUNCTIONS = frozenset(
    {"changes", "count", "histogram_quantile", "increase", "max", "min", "rate", "sum", "topk"}
    | {"vector"}
)
"""What the dashboard may call: a misspelt one is not among them."""


def rendered() -> dict[str, frozenset[str]]:
    """The names of all series that the page can have, each with its labels."""
    actor = ActorStatus(
        "matcher:0",
        "serving",
        "",
        dict.fromkeys(ACTOR_COUNTERS, 1.0),
        dict.fromkeys(ACTOR_GAUGES, 1.0),
        4711,
    )
    metrics = Metrics("a:1")
    metrics.request("GET", "/jobs", 200, 0.003)
    lag = Lag("job-events", "matcher:0", 1, 1.0)
    reading = Reading([actor], [lag], Health(False, 0, 0), 1, Queue(1, 1.0))
    text = metrics.exposition(reading).decode()
    return {
        sample.name: frozenset(sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        # When a counter began; Prometheus' own client adds it.
        if not sample.name.endswith("_created") or sample.name == "jobray_actor_actors_created"
    }


SERIES = rendered()
SHOWABLE = SERIES | PROMETHEUS_OWN
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS: dict[str, str] = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in PANELS
    for target in panel["targets"]
}
QUERIES = [pytest.param(expression, id=name) for name, expression in EXPRESSIONS.items()]


def metrics_of(expression: str) -> set[str]:
    """The names of the metrics that a PromQL expression asks for."""
    rest = _GROUPING.sub(" ", _RANGE.sub(" ", _SELECTOR.sub(" ", expression)))
    return set(_NAME.findall(_FUNCTION.sub(" ", rest))) - _WORDS


def labels_of(expression: str) -> set[str]:
    """The labels that it selects or groups by."""
    selected = {name for name, _, _ in _matchers(expression)}
    grouped = {
        name.strip() for _, names in _GROUPING.findall(expression) for name in names.split(",")
    }
    return selected | grouped


def _matchers(expression: str) -> Iterator[tuple[str, str, str]]:
    for selector in _SELECTOR.findall(expression):
        yield from _LABEL.findall(selector)


@pytest.mark.parametrize(
    "expression, names, labels",
    [
        ('sum by (le, a) (rate(x_sum{j=~"$j",b!~".*/(c|d)"}[5m]))', {"x_sum"}, "le a j b"),
        ("topk(10, histogram_quantile(0.99, sum by (a) (x) or y)) / vector(0)", {"x", "y"}, "a"),
        ("sum(increase(x_total[$__rate_interval])) > 10", {"x_total"}, ""),
        ("count(x == 0) / raet(z[1h])", {"x", "z"}, ""),
    ],
)
def test_the_reader_of_expressions(expression: str, names: set[str], labels: str) -> None:
    assert metrics_of(expression) == names
    assert labels_of(expression) == set(labels.split())


@pytest.mark.parametrize("expression", QUERIES)
def test_a_query_names_metrics_and_labels_that_there_are(expression: str) -> None:
    names = metrics_of(expression)
    assert names
    assert names <= SHOWABLE.keys()
    labels = frozenset().union(*(SHOWABLE[name] for name in names)) | TARGET_LABELS
    assert labels_of(expression) <= labels


@pytest.mark.parametrize("expression", QUERIES)
def test_a_query_is_well_formed_and_of_the_chosen_installation(expression: str) -> None:
    bare = re.sub(r'"[^"]*"', "", expression)
    for opening, closing in ("()", "[]", "{}"):
        assert bare.count(opening) == bare.count(closing)
    called = {name.strip() for name in _FUNCTION.findall(_GROUPING.sub(" ", bare))} - _WORDS
    assert called <= FUNCTIONS
    of_installation = expression.count('{job=~"$job"')
    assert of_installation == expression.count("{") == len(_SELECTOR.findall(expression)) > 0
    for _, operator, value in _matchers(expression):
        if operator in ("=~", "!~"):
            re.compile(value.removeprefix("$"))


@pytest.mark.parametrize("expression", QUERIES)
def test_only_counters_are_rated(expression: str) -> None:
    for name in re.findall(r"\b(?:rate|increase)\((\w+)", expression):
        assert name.endswith(("_total", "_bucket", "_sum", "_count"))
    for name in re.findall(r"\bchanges\((\w+)", expression):
        assert not name.endswith("_total")


@pytest.fixture
def usual_collector() -> Iterator[None]:
    """A matcher sets when Python looks for cycles, for its own process."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("usual_collector")
async def test_the_actors_of_an_installation_count_what_is_declared(tmp_path: Path) -> None:
    settings = Settings(data=Data(dir=tmp_path), traces=Traces(endpoint="http://127.0.0.1:4318"))
    counters, gauges = set[str](), set[str]()
    for kind in get_args(Kind):
        maker = import_module(f"cluster.makers.{kind}")
        tenant: Tenant = await maker.make(settings, ActorRole(kind))
        counts, sizes = tenant.status()
        counters |= counts.keys()
        gauges |= sizes.keys()
        await tenant.stop()
    assert counters == ACTOR_COUNTERS.keys()
    assert gauges == ACTOR_GAUGES.keys()


def test_every_metric_is_shown_or_left_out_on_purpose() -> None:
    shown = set[str]().union(*map(metrics_of, EXPRESSIONS.values()))
    assert SERIES.keys() - shown == NOT_SHOWN


def test_the_lists_to_choose_from_exist() -> None:
    variables = {each["name"]: each for each in DASHBOARD["templating"]["list"]}
    assert variables.keys() == {"source", "job"}
    assert variables["source"]["query"] == "prometheus"
    asked = variables["job"]["query"]["query"]
    found = re.fullmatch(r"label_values\((\w+), job\)", asked)
    assert found is not None
    assert found[1] in SERIES


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_can_be_read(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}
    assert panel["fieldConfig"]["defaults"]["unit"]
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert steps[0]["value"] is None
    assert [step["value"] for step in steps[1:]] == sorted(step["value"] for step in steps[1:])
    # What a legend names must be left after the grouping.
    for target in panel["targets"]:
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels_of(
            target["expr"]
        )


def test_panels_have_ids_and_places_of_their_own() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for place in (panel["gridPos"] for panel in panels):
        columns = range(place["x"], place["x"] + place["w"])
        cells = {(x, y) for x in columns for y in range(place["y"], place["y"] + place["h"])}
        assert columns.stop <= 24
        assert not cells & taken
        taken |= cells


def test_the_cap_of_live_streams_is_the_edges() -> None:
    (panel,) = (p for p in PANELS if p["title"] == "Live streams by replica")
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == STREAMS


def test_the_scrape_asks_where_the_page_is_and_waits_for_it() -> None:
    jobs = yaml.safe_load((FOLDER / "prometheus.yaml").read_text())["scrape_configs"]
    ours = next(job for job in jobs if job["job_name"] == "jobray")
    assert ours["metrics_path"] in {getattr(route, "path", "") for route in router.routes}
    assert float(ours["scrape_timeout"].removesuffix("s")) > LAGS_TIMEOUT_S
