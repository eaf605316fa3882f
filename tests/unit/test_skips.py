"""What the hooks of tests/conftest.py make of a skip and of a late server, in a pytest of its
own."""

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


SECOND_TRY = """
import pathlib
def test_it():
    tried = pathlib.Path(__file__).with_suffix(".tried")
    if not tried.exists():
        tried.touch()
        {fault}
"""
AWAY = "raise type('Unavailable', (Exception,), {})('no answer')"
LOST = "raise TimeoutError"
TWICE = "assert 1 == 2, 'told twice, Unavailable'"


def run(folder: Path, text: str, ci: str) -> tuple[int, str]:
    (folder / "test_small.py").write_text(text)
    return run_all(folder, ci)


def run_all(folder: Path, ci: str) -> tuple[int, str]:
    options = (
        "-raR",
        "-p",
        "tests.conftest",
        "-p",
        "pytest_rerunfailures",
        "-p",
        "no:cacheprovider",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", str(folder), str(folder)],
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


@pytest.mark.parametrize(
    ("ci", "counts"), [("1", "3 failed, 1 passed, 1 rerun"), ("", "4 failed in ")]
)
def test_in_ci_a_late_server_is_asked_once_more(tmp_path: Path, ci: str, counts: str) -> None:
    for name, fault in (("contract", AWAY), ("cluster", TWICE), ("e2e", LOST), ("unit", AWAY)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"test_{name}.py").write_text(SECOND_TRY.format(fault=fault))
    code, said = run_all(tmp_path, ci)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert counts in said
    assert ("RERUN contract/test_contract.py::test_it" in said) == bool(ci)
