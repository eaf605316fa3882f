"""The administrator's page of reviews, run as the script it is (needs Node.js)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NODE = shutil.which("node")
STATIC = Path(__file__).parents[3] / "web/static"
REVIEWS = Path(__file__).with_name("reviews.mjs")
QUEUE = "/api/v1/admin/reviews"

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


def decided(tmp_path: Path, answer: int) -> dict[str, Any]:
    """What came of letting the first posting through and refusing the second."""
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name in ("api.js", "dom.js", "reviews.js"):
        script = (STATIC / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(script.replace('"/static/', '"./'), encoding="utf-8")
    ran = subprocess.run(
        [str(NODE), str(REVIEWS), (tmp_path / "reviews.js").as_uri(), str(answer)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_what_is_decided_leaves_the_queue(tmp_path: Path) -> None:
    found = decided(tmp_path, 200)
    assert found["asked"] == [
        ["GET", f"{QUEUE}?limit=20", None],
        ["GET", f"{QUEUE}?limit=20&cursor=c%26d", None],
        ["POST", f"{QUEUE}/one/approve", {"version": 3}],
        ["POST", f"{QUEUE}/two/reject", {"version": 3, "reason": "No such company."}],
    ]
    assert (found["hadMore"], found["hasMore"]) == (True, False)
    assert found["shown"] == ["Nothing waits."]


def test_what_cannot_be_decided_stays_and_says_why(tmp_path: Path) -> None:
    found = decided(tmp_path, 409)
    assert found["said"] == ["Somebody else decided it."] * 2
    first, second = found["shown"]
    assert "Baker one" in first
    for said in ("Acme · Leeds, GB · from Owner · held back", "It asks for money.", "<b>says</b>"):
        assert said in first
    assert "Baker two" in second
