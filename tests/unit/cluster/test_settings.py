"""Settings: read from the environment once, checked, carried to the actors unchanged."""

from pathlib import Path

import pytest

from cluster.settings import Settings, SettingsError, load, unpack


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JOBRAY_DATA_DIR", str(tmp_path / "data"))


def test_the_default_is_embedded(tmp_path: Path) -> None:
    settings = load()
    assert settings.http.port == 8000
    assert settings.database == tmp_path / "data" / "jobray.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.rate.limit_per_minute == 60


def test_the_fixed_names_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "DOCUMENTS_URL": f"sqlite:///{tmp_path}/x.db",
        "STREAM_URL": f"sqlite:///{tmp_path}/x.db",
        "CACHE_URL": "memory:",
        "FILES_URL": f"file://{tmp_path}/files",
        "SMTP_URL": "smtp://mail.example.com:25",
        "HTTP_PORT": "8123",
        "RATE_LIMIT_PER_MINUTE": "600",
        "REQUIRE_VERIFIED_EMPLOYERS": "true",
        "TOPOLOGY_MATCHERS": "4",
    }.items():
        monkeypatch.setenv(f"JOBRAY_{name}", value)
    settings = load()
    assert settings.database == tmp_path / "x.db"
    assert settings.files_folder == tmp_path / "files"
    assert (settings.http.port, settings.rate.limit_per_minute) == (8123, 600)
    assert settings.require.verified_employers
    assert settings.topology.shards == {"index": 1, "matcher": 4, "processor": 1, "notifier": 1}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JOBRAY_HTTP_PORT", "many", "JOBRAY_HTTP_PORT: Input should be a valid integer"),
        ("JOBRAY_DOCUMENTS_URL", "mysql://x", "JOBRAY_DOCUMENTS_URL: expected sqlite:///… or mong"),
        ("JOBRAY_DOCUMENTS_URL", "mongodb://x", "JOBRAY_STREAM_URL: documents on MongoDB need"),
        ("JOBRAY_STREAM_URL", "pulsar://x", "JOBRAY_STREAM_URL: documents on MongoDB need"),
        ("JOBRAY_CACHE_URL", "memcached://x", "JOBRAY_CACHE_URL: expected memory:… or redis://"),
        ("JOBRAY_FILES_URL", "gs://x", "JOBRAY_FILES_URL: expected file:///… or s3://"),
        ("JOBRAY_STREAM_URL", "sqlite:////other.db", "JOBRAY_STREAM_URL: the embedded stream"),
        ("JOBRAY_SMTP_URL", "mail.example.com", "JOBRAY_SMTP_URL: expected smtp://"),
        ("JOBRAY_TRACES_ENDPOINT", "collector:4318", "JOBRAY_TRACES_ENDPOINT: expected http://"),
        ("JOBRAY_TRACES_HEADERS", "secret", "JOBRAY_TRACES_HEADERS: expected name=value,name=v"),
        ("JOBRAY_TOPOLOGY_MATCHERS", "3", "JOBRAY_TOPOLOGY_MATCHERS: Input should be 1, 2, 4, 8"),
        ("JOBRAY_TOPOLOGY_INDEXES", "two", "JOBRAY_TOPOLOGY_INDEXES: expected a whole number"),
        ("JOBRAY_SECRET_KEY", "short", "JOBRAY_SECRET_KEY: expected at least 32 bytes$"),
    ],
)
def test_a_bad_setting_is_named_with_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load()


def test_packed_settings_ignore_the_environment_of_the_actor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = load().packed()
    monkeypatch.setenv("JOBRAY_HTTP_PORT", "9999")
    monkeypatch.setenv("JOBRAY_DATA_DIR", "/elsewhere")
    assert unpack(packed).http.port == 8000
    assert unpack(packed).packed() == packed


def test_the_secret_is_made_once_with_a_private_mode() -> None:
    settings: Settings = load()
    settings.prepare()
    first = settings.secret_key
    settings.prepare()
    assert settings.secret_key == first
    assert len(first) >= 32
    assert (settings.folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert settings.folder.stat().st_mode & 0o777 == 0o700


def test_nodes_that_share_servers_must_be_given_the_key_that_they_share(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load().prepare()  # a key that this machine made for itself does not count
    monkeypatch.setenv("JOBRAY_DOCUMENTS_URL", "mongodb://db/jobray")
    monkeypatch.setenv("JOBRAY_STREAM_URL", "pulsar://broker:6650")
    with pytest.raises(SettingsError, match=r"JOBRAY_SECRET_KEY: .* the same key"):
        load()
    monkeypatch.setenv("JOBRAY_SECRET_KEY", "k" * 32)
    assert load().secret_key == "k" * 32


@pytest.mark.parametrize(
    ("stream", "admin"),
    [
        ("pulsar://broker:6650", "http://broker:8080"),
        ("pulsar+ssl://broker:6651", "https://broker:8443"),
        ("pulsar://[::1]:6650", "http://[::1]:8080"),
    ],
)
def test_the_same_system_on_servers(
    monkeypatch: pytest.MonkeyPatch, stream: str, admin: str
) -> None:
    monkeypatch.setenv("JOBRAY_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("JOBRAY_DOCUMENTS_URL", "mongodb://db/jobray")
    monkeypatch.setenv("JOBRAY_STREAM_URL", stream)
    settings = load()
    assert not settings.is_embedded
    assert settings.stream_admin_url == admin
    monkeypatch.setenv("JOBRAY_STREAM_ADMIN_URL", "http://elsewhere:1")
    assert load().stream_admin_url == "http://elsewhere:1"
