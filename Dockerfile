# Jobray as an image: for compose.yaml, and for KubeRay (cluster/kubernetes), which starts Ray in it.
#
# Only the packages of [project.dependencies] are installed, each at the version and with a hash of
# requirements.lock; the lock's development packages stay out. The code is not built into a package:
# it lies in /opt/jobray, owned by root, and is found through PYTHONPATH.
ARG PYTHON=3.11.13-slim-bookworm

FROM python:${PYTHON} AS packages
ARG UV_VERSION=0.13.8
RUN python -m venv /uv && /uv/bin/pip install --no-cache-dir --disable-pip-version-check uv==${UV_VERSION}
WORKDIR /build
COPY pyproject.toml requirements.lock ./
# A constraint's hash is checked like a requirement's: what the lock does not know is refused.
RUN /uv/bin/uv venv --python /usr/local/bin/python3 /opt/venv \
 && VIRTUAL_ENV=/opt/venv /uv/bin/uv pip install --no-cache --compile-bytecode --require-hashes \
    --constraint requirements.lock --requirements pyproject.toml \
 && printf '#!/opt/venv/bin/python\nfrom cluster.cli import main\n\nmain()\n' > /opt/venv/bin/jobray \
 && chmod 755 /opt/venv/bin/jobray

FROM python:${PYTHON}
RUN groupadd --gid 10001 jobray \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/jobray jobray \
 && install -d -o jobray -g jobray -m 0700 /var/lib/jobray \
 && install -d -o jobray -g jobray -m 0755 /var/cache/jobray
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/jobray
COPY models models
COPY reference reference
COPY matching matching
COPY processing processing
COPY sources sources
COPY delivery delivery
COPY backends backends
COPY services services
COPY actors actors
COPY deployments deployments
COPY cluster cluster
COPY web web
COPY docs/alert-language.md docs/alert-language.md
COPY ray_config.yaml ./
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/jobray \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/var/cache/jobray \
    RAY_USAGE_STATS_ENABLED=0 \
    JOBRAY_DATA_DIR=/var/lib/jobray
# Ray starts in half the time from compiled files.
RUN python -m compileall -q .
USER 10001:10001
# As the user who cannot write beside the code, so that both go where they are looked for at run
# time. numba's code is for the kind of processor it was made on; on another one it is made again.
RUN python -m reference.gazetteer > /dev/null && python -m matching.percolator
# /var/lib/jobray, /var/cache/jobray and /tmp are all that is written: mount volumes there, and the
# root may be read-only. A volume over the cache starts with what is in it (compose) or is filled from
# it (cluster/kubernetes); an empty one costs the first start of each process the compilation.
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
# SIGTERM ends the whole system within seconds. Run without compose it wants JOBRAY_HTTP_HOST=0.0.0.0
# and --shm-size=2g.
CMD ["jobray", "up"]
