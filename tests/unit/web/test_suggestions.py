"""What the page proposes for a wrong query, from the errors as the language words them (needs
Node.js)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from matching import language
from matching.lists import NamedList
from models.errors import InvalidQuery

NODE = shutil.which("node")
SUGGESTIONS = Path(__file__).parents[3] / "web/static/suggestions.js"
PROPOSALS = Path(__file__).with_name("proposals.mjs")
LISTS = {"stack": NamedList("skill", ("Python",)), "agencies": NamedList("company")}

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


def proposed(tmp_path: Path, query: str, fault: dict[str, Any]) -> dict[str, Any]:
    # By its name alone Node.js would not know a module.
    module = tmp_path / "suggestions.mjs"
    module.write_bytes(SUGGESTIONS.read_bytes())
    ran = subprocess.run(
        [str(NODE), str(PROPOSALS), module.as_uri()],
        input=json.dumps([{"query": query, "fault": fault}]),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    (found,) = json.loads(ran.stdout)
    seen: dict[str, Any] = found
    return seen


def refused(query: str) -> dict[str, Any]:
    with pytest.raises(InvalidQuery) as caught:
        language.parse(query, LISTS)
    return caught.value.errors[0].model_dump(exclude_none=True)


@pytest.mark.parametrize(
    ("query", "mended"),
    [
        ("python near:Cambridge<40km", 'python near:"Cambridge, GB"<40km'),
        ('𝐱 near:"Cambridge"<40km sql', '𝐱 near:"Cambridge, GB"<40km sql'),
        ("place:Porto,Cambridge", 'place:Porto,"Cambridge, GB"'),
        ("python titel:baker", "python title:baker"),
        ("level:seniro..staff", "level:senior..staff"),
        ('skill:"machin learning"', 'skill:"Machine Learning"'),
        ("-company:@agencys", "-company:@agencies"),
        ("python company:@stack", "python skill:@stack"),
    ],
)
def test_a_proposal_takes_the_place_of_what_was_wrong(
    tmp_path: Path, query: str, mended: str
) -> None:
    fault = refused(query)
    seen = proposed(tmp_path, query, fault)
    assert seen["queries"][0] == mended
    assert "did you mean" not in seen["expected"]
    for other in seen["queries"]:
        language.parse(other, LISTS)


@pytest.mark.parametrize(
    ("query", "position", "got", "choice", "mended"),
    [
        ("sql pay>=70k GBP", 13, "GBP", "pay>=70kGBP", "sql pay>=70kGBP"),
        ('near:"Leeds" <40km sql', 13, "<40km", 'near:"Leeds"<40km', 'near:"Leeds"<40km sql'),
        ("title:a pay >= 70k", 8, "pay >= 70k", "pay>=70k", "title:a pay>=70k"),
        ("(sql pay=70k)", 9, "pay:70k", "pay>=70k", "(sql pay>=70k)"),
        ("sql level:..mid", 10, "..mid", "level<=mid", "sql level<=mid"),
        ("place:Georgia", 6, "Georgia", '"GE" (Georgia, country)', 'place:"GE"'),
        ('sql "data eng*"', 4, "data eng*", "data eng*", "sql data eng*"),
        ("sql !php", 4, "!php", "-php", "sql -php"),
        ("sql || php", 4, "||", "OR", "sql OR php"),
    ],
)
def test_a_proposal_can_be_a_whole_test(
    tmp_path: Path, query: str, position: int, got: str, choice: str, mended: str
) -> None:
    expected = f"something else (did you mean {choice}?)"
    fault = {"expected": expected, "position": position, "got": got}
    assert proposed(tmp_path, query, fault)["queries"] == [mended]


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("python skill:@mine", {"field": "skill", "name": "mine"}),
        ("-company:@mine", {"field": "company", "name": "mine"}),
        ("python level:seniro", None),
    ],
)
def test_a_list_that_is_not_there_can_be_made(
    tmp_path: Path, query: str, missing: dict[str, str] | None
) -> None:
    assert proposed(tmp_path, query, refused(query))["missing"] == missing


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("near:York", {"position": 5, "got": "Cambridge"}),
        ("near:Cambridge", {"got": "Cambridge"}),
    ],
)
def test_nothing_is_put_where_the_query_has_changed(
    tmp_path: Path, query: str, fault: dict[str, Any]
) -> None:
    expected = 'one place (did you mean "Cambridge, GB" or York or "A or B"?)'
    seen = proposed(tmp_path, query, {"expected": expected, **fault})
    assert seen["choices"] == ['"Cambridge, GB"', "York", '"A or B"']
    assert seen["queries"] == [None, None, None]
