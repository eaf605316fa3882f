from pathlib import Path

import pytest

from servers import java


def jdk(place: Path, release: str, *, compiler: bool = True) -> Path:
    (place / "bin").mkdir(parents=True)
    (place / "release").write_text(release)
    if compiler:
        (place / "bin" / "javac").touch()
    return place


@pytest.mark.parametrize(
    "release, recent",
    [
        ('IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.15"\n', True),
        ('JAVA_VERSION="25"\n', True),
        ('JAVA_VERSION="11.0.2"\n', False),
        ('JAVA_VERSION="1.8.0_402"\n', False),
        ("", False),
    ],
)
def test_the_version_is_read_from_the_release_file(
    release: str, recent: bool, tmp_path: Path
) -> None:
    assert java.is_recent(jdk(tmp_path / "jdk", release)) is recent


def test_a_runtime_without_compiler_is_no_jdk(tmp_path: Path) -> None:
    assert not java.is_recent(jdk(tmp_path / "jre", 'JAVA_VERSION="21"', compiler=False))


def test_java_home_goes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stated, found = (jdk(tmp_path / name, 'JAVA_VERSION="21"') for name in ("stated", "found"))
    program = found / "bin" / "java"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("JAVA_HOME", str(stated))
    assert java.home() == stated
    (stated / "release").unlink()
    assert java.home() == found


def test_what_lacks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    assert java.missing(is_built=True) == f"needs {java.NEEDS_JDK}"
    monkeypatch.setenv("JAVA_HOME", str(jdk(tmp_path / "jdk", 'JAVA_VERSION="17.0.1"')))
    assert java.missing(is_built=False) == f"needs {java.NEEDS_MAVEN}"
    assert java.missing(is_built=True) is None
