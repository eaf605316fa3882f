"""What the hooks of tests/conftest.py make of a skip, in a pytest of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSES = "def test_it(): pass\n"
SKIPS = {
    "of a test": "import pytest\ndef test_it(): pytest.skip('no server')\n",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='no server')\ndef test_it(): pass\n",
    "of a file": f"import pytest\npytest.skip('no server', allow_module_level=True)\n{PASSES}",
    "of an import": f"import pytest\npytest.importorskip('absent', reason='no server')\n{PASSES}",
}


def run(folder: Path, text: str, ci: str) -> tuple[int, str]:
    file = folder / "test_small.py"
    file.write_text(text)
    options = ("-p", "tests.conftest", "-p", "no:cacheprovider", "--rootdir", str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(file)],
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "JOBRAY_CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("text", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_in_ci_and_says_why(tmp_path: Path, text: str) -> None:
    code, said = run(tmp_path, text, ci="1")
    assert code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    assert "was skipped, and this is CI: " in said
    assert "no server" in said.partition("this is CI: ")[2].partition("\n")[0]


def test_what_runs_passes_in_ci(tmp_path: Path) -> None:
    assert run(tmp_path, PASSES, ci="1")[0] == pytest.ExitCode.OK


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    code, said = run(tmp_path, SKIPS["of a file"], ci="")
    assert code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "1 skipped" in said
