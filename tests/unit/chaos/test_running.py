"""The settings that a system is started with, read back."""

from pathlib import Path

from chaos.running import Running, settings_in


def test_settings_are_read_from_an_environment_as_a_process_reads_them() -> None:
    environment = {
        "JOBRAY_DATA_DIR": "/tmp/somewhere",
        "JOBRAY_HTTP_PORT": "8123",
        "JOBRAY_RATE_LIMIT_PER_MINUTE": "7",
        "JOBRAY_RAY_DASHBOARD": "false",
        "JOBRAY_CI": "1",
        "JOBRAY_SERVER_OWNER": "1:2.0",
        "HOME": "/root",
    }
    settings = settings_in(environment)
    assert str(settings.folder) == "/tmp/somewhere"
    assert settings.http.port == 8123
    assert settings.rate.limit_per_minute == 7
    assert settings.ray.dashboard is False


def test_a_system_answers_on_the_port_that_it_was_told(tmp_path: Path) -> None:
    running = Running(tmp_path, JOBRAY_HTTP_PORT="8123")
    assert running.url == "http://127.0.0.1:8123"
    assert running.settings.http.port == 8123
    assert Running(tmp_path).port != Running(tmp_path).port
