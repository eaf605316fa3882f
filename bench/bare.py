"""The baseline: a bare Serve + FastAPI application that returns fixed bytes.

Run as a program it is a system of its own, which says `ready` and ends with its standard input.
"""

import sys

from fastapi import FastAPI
from fastapi.responses import Response
from ray import serve


class Bare:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __serve_build_asgi_app__(self) -> FastAPI:
        app, content = FastAPI(), self._content

        @app.get("/jobs/{id}")
        async def job(id: str) -> Response:
            return Response(content, media_type="application/json")

        return app


def application(content: bytes) -> serve.Application:
    deployment = serve.deployment(
        name="Bare", max_ongoing_requests=1000, ray_actor_options={"num_cpus": 0.01}
    )
    return deployment(serve.ingress()(Bare)).bind(content)


def main() -> None:
    import urllib.request

    import ray
    from ray.serve.config import HTTPOptions

    from servers.ports import free_port

    ray.init("local", include_dashboard=True, num_cpus=2, log_to_driver=False)
    port = free_port()
    serve.start(http_options=HTTPOptions(host="127.0.0.1", port=port))
    serve.run(application(b"{}"), name="bare", route_prefix="/")
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/jobs/1").status == 200
    print("ready", flush=True)
    sys.stdin.read()
    ray.shutdown()


if __name__ == "__main__":
    main()
