"""`ray_config.yaml` deploys the same builder as a laptop does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import psutil
import yaml

from tests.e2e.people import Person, wait_until
from tests.e2e.running import ROOT, free_port


def test_the_configuration_serves_a_posting(tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "ray_config.yaml").read_text())
    port = free_port()
    config["http_options"] |= {"host": "127.0.0.1", "port": port}
    file = tmp_path / "ray_config.yaml"
    file.write_text(yaml.safe_dump(config))
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from ray.serve.scripts import cli; cli()", "run", str(file)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env=os.environ
            | {
                "JOBRAY_DATA_DIR": str(tmp_path / "data"),
                "JOBRAY_HTTP_PORT": str(port),
                "RAY_ADDRESS": "local",  # not a cluster another run left in Ray's folder
                "RAY_AUTH_MODE": "disabled",
                "RAY_USAGE_STATS_ENABLED": "0",
            },
        )
        try:

            def ready() -> bool:
                assert process.poll() is None, (tmp_path / "serve.log").read_text()
                try:
                    return httpx2.get(f"{url}/ready", timeout=5).status_code == 200
                except httpx2.HTTPError:
                    return False

            wait_until(ready, timeout_s=90.0)
            employer, seeker = Person(url, "employer"), Person(url, "seeker")
            seeker.alert("python")
            posted = employer.post_job()
            [item] = wait_until(seeker.notifications)
            assert item["posting"]["id"] == posted["id"]
        finally:
            family = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGINT)
            psutil.wait_procs([*family, psutil.Process(process.pid)], timeout=15)
            for left in family:
                if left.is_running():
                    left.kill()
