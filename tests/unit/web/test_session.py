"""The browser's session over several tabs, run as the script it is (needs Node.js)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NODE = shutil.which("node")
API = Path(__file__).parents[3] / "web/static/api.js"
TABS = Path(__file__).with_name("tabs.mjs")

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


def two_tabs(tmp_path: Path, *, first: int = 200, locks: bool = True) -> dict[str, Any]:
    """Each of two tabs asks twice at once with an expired token; what came of it."""
    # By its name alone Node.js would not know a module.
    module = tmp_path / "api.mjs"
    module.write_bytes(API.read_bytes())
    options = [str(first), *(["locks"] if locks else [])]
    ran = subprocess.run(
        [str(NODE), str(TABS), module.as_uri(), *options],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_two_tabs_spend_one_refresh_token(tmp_path: Path) -> None:
    assert two_tabs(tmp_path) == {
        "outcomes": [200, 200, 200, 200],
        "kept": "refresh2",
        "refreshes": 1,
        "revoked": False,
    }


@pytest.mark.parametrize("status", [400, 429, 503])
def test_a_renewal_that_fails_for_now_keeps_the_session(tmp_path: Path, status: int) -> None:
    found = two_tabs(tmp_path, first=status)
    assert (found["outcomes"], found["kept"]) == ([status] * 4, "refresh1")


def test_a_session_that_is_over_is_forgotten(tmp_path: Path) -> None:
    found = two_tabs(tmp_path, first=401)
    assert (found["outcomes"], found["kept"], found["refreshes"]) == ([401] * 4, None, 1)


def test_without_locks_a_tab_still_renews_once(tmp_path: Path) -> None:
    # Both tabs renew, so the second finds the token spent: the page came over plain http.
    assert two_tabs(tmp_path, locks=False)["refreshes"] == 2
