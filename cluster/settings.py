"""Every setting, with its unit, default and reason. The one place that reads it
from the environment.

A setting is read from `JOBRAY_<GROUP>_<NAME>`, for example `JOBRAY_HTTP_PORT`. With nothing set the
system runs embedded: one SQLite file, memory cache, mail kept as files.
"""

import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backends.traces.otlp import read_headers
from models.topology import Kind, Shards

SECRET_BYTES = 48
EMBEDDED = "sqlite:///"
MONGO = ("mongodb://", "mongodb+srv://")
PULSAR = ("pulsar://", "pulsar+ssl://")
REDIS = ("redis://", "rediss://")
S3 = ("s3://",)


def _whole_number(given: object) -> object:
    """A Literal of numbers does not take their texts, and the environment has nothing else."""
    if isinstance(given, str) and not given.isdecimal():
        raise ValueError("expected a whole number")
    return int(given) if isinstance(given, str) else given


ShardsSetting = Annotated[Shards, BeforeValidator(_whole_number)]


class Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(Group):
    dir: Path = Path(".jobray")
    """Where the embedded store, index, mail and keys live; created with mode 0700."""


class Documents(Group):
    url: str = ""
    """`sqlite:///path`, or `mongodb://host/database`; empty: `jobray.db` in the data folder."""
    driver: Literal["motor", "pymongo"] = "motor"
    """Which of MongoDB's drivers; they do the same."""


class StreamSettings(Group):
    url: str = ""
    """`sqlite:///path`, or `pulsar://host:6650` or `pulsar+ssl://host:6651`; empty: the same file
    as the documents, so that one write holds both."""
    admin_url: str = ""
    """Pulsar's web service, which makes topics; empty: port 8080 of the same host (8443 with
    TLS)."""
    namespace: str = "public/default"
    """Pulsar's tenant/namespace; another one beside it, ending in -owners, is made too."""
    token: str = ""
    """A token that may make namespaces and topics in there, where the broker asks for one."""
    tls_ca: str = ""
    """A file of the certificates (PEM) by which the broker is known; empty: the system's."""
    retention_days: Annotated[int, Field(ge=1)] = 30
    """How long events stay readable for replay."""


class CacheSettings(Group):
    url: str = "memory:"
    """`memory:`: limits and caches of this process; `redis://host:6379` or `rediss://…`: of all."""


class FilesSettings(Group):
    url: str = ""
    """`file:///folder`, or `s3://bucket` or `s3://bucket/prefix`; empty: `files` in the data
    folder."""
    endpoint: str = ""
    """The URL of an S3 that is not AWS'."""
    link_endpoint: str = ""
    """Where browsers reach it, if elsewhere."""
    region: str = ""
    """This and the keys; empty: from where AWS' own programs have them."""
    access_key_id: str = ""
    secret_access_key: str = ""


class Smtp(Group):
    url: str = ""
    """`smtp://user:password@host:port` or `smtps://…`; empty: mail is kept as files and shown at
    /mail."""
    sender: str = "alerts@jobray.localhost"
    """The address that every mail is from."""


class Http(Group):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    public_url: str = ""
    """How people reach the page, for links in mail; empty: http://host:port."""
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
    """Host headers that are answered: a page of another site cannot rebind its name to us."""
    cors_origins: tuple[str, ...] = ()
    """Exact origins of other sites whose scripts may call the API."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For is believed, as 10.0.0.0/8."""
    docs: bool = True
    """Serve /docs and /openapi.json."""
    metrics: bool | None = None
    """Serve /metrics; unset: only where `host` is loopback."""
    mailbox: bool | None = None
    """Show kept mail at /mail; unset: only where `host` is loopback and no mail server is set."""


class Rate(Group):
    limit_per_minute: Annotated[int, Field(ge=1)] = 60
    """Requests a minute for each address, and for each user."""


class Require(Group):
    verified_employers: bool = False
    """Only employers with a verified address may post; true on a cluster."""


class Secret(Group):
    key: str = ""
    """Signs tokens and links, at least 32 bytes; empty: made once and kept in the data folder with
    mode 0600. On servers it must be set: each node would make one of its own, and refuse what
    another one signed."""
    previous_key: str = ""
    """The key before a rotation: still verifies, never signs."""


class Feeds(Group):
    allow_private: bool = False
    """Fetch feeds from addresses that are not public (a test server on this machine)."""
    contact: str = ""
    """An e-mail address or a page, told to every server that is asked, for those who mind."""
    pause_s: Annotated[float, Field(ge=0, le=60)] = 0.2
    """Seconds between two requests to one host: boards of many companies live on one."""


class Sources(Group):
    """Credentials of platforms that ask for them; a platform without its own is not polled."""

    adzuna_app_id: str = ""
    adzuna_app_key: str = ""
    """Both from developer.adzuna.com."""
    usajobs_email: str = ""
    usajobs_key: str = ""
    """The key from developer.usajobs.gov, and the address that it was given to."""

    @property
    def credentials(self) -> dict[str, dict[str, str]]:
        """Those that are set, by platform and name."""
        found: dict[str, dict[str, str]] = {}
        for setting, value in self:
            platform, _, name = setting.partition("_")
            if value:
                found.setdefault(platform, {})[name] = value
        return found


class Traces(Group):
    endpoint: str = ""
    """The URL of an OpenTelemetry collector that takes OTLP over HTTP, as `http://host:4318`;
    empty: no traces."""
    headers: str = ""
    """What the collector wants with each request, a secret: `name=value,name=value`, values
    percent-encoded, as in OTEL_EXPORTER_OTLP_HEADERS."""


class RaySettings(Group):
    dashboard: bool = True
    """Ray's dashboard on loopback: named actors, logs; costs about 300 MB."""
    dashboard_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """0: a free one."""
    num_cpus: Annotated[int, Field(ge=1)] = 2
    """Ray's bookkeeping of cores, not a limit: few keep it from starting idle workers."""


class Topology(Group):
    """How many of each actor to begin with: 1, 2, 4, 8 or 16. Once the store knows how many there
    are these say nothing any more; `jobray scale` changes it."""

    indexes: ShardsSetting = 1
    matchers: ShardsSetting = 1
    processors: ShardsSetting = 1
    notifiers: ShardsSetting = 1

    @property
    def shards(self) -> dict[Kind, Shards]:
        return {
            "index": self.indexes,
            "matcher": self.matchers,
            "processor": self.processors,
            "notifier": self.notifiers,
        }


class Settings(Group):
    data: Data = Data()
    documents: Documents = Documents()
    stream: StreamSettings = StreamSettings()
    cache: CacheSettings = CacheSettings()
    files: FilesSettings = FilesSettings()
    smtp: Smtp = Smtp()
    http: Http = Http()
    rate: Rate = Rate()
    require: Require = Require()
    secret: Secret = Secret()
    feeds: Feeds = Feeds()
    sources: Sources = Sources()
    traces: Traces = Traces()
    ray: RaySettings = RaySettings()
    topology: Topology = Topology()

    @model_validator(mode="after")
    def _known_backends(self) -> Self:
        expected = (
            ("JOBRAY_DOCUMENTS_URL", self.documents.url, (EMBEDDED, *MONGO)),
            ("JOBRAY_STREAM_URL", self.stream.url, (EMBEDDED, *PULSAR)),
            ("JOBRAY_CACHE_URL", self.cache.url, ("memory:", *REDIS)),
            ("JOBRAY_FILES_URL", self.files.url, ("file:///", *S3)),
        )
        for name, url, schemes in expected:
            if url and not url.startswith(schemes):
                wanted = " or ".join(f"{scheme}…" for scheme in schemes)
                raise ValueError(f"{name}: expected {wanted}, got {url.split(':')[0]}:…")
        on_mongo, on_pulsar = (
            self.documents.url.startswith(MONGO),
            self.stream.url.startswith(PULSAR),
        )
        if on_mongo != on_pulsar:
            raise ValueError(
                "JOBRAY_STREAM_URL: documents on MongoDB need a stream on Pulsar, and those in a "
                "SQLite file the stream in that file: set both JOBRAY_DOCUMENTS_URL and "
                "JOBRAY_STREAM_URL, or neither"
            )
        if not on_mongo and self.stream.url and self.stream.url != self.documents.url:
            raise ValueError(
                "JOBRAY_STREAM_URL: the embedded stream lives in the documents' file; "
                "leave it unset or equal to JOBRAY_DOCUMENTS_URL"
            )
        if self.smtp.url and not self.smtp.url.startswith(("smtp://", "smtps://")):
            raise ValueError("JOBRAY_SMTP_URL: expected smtp://… or smtps://…")
        if self.traces.endpoint and not self.traces.endpoint.startswith(("http://", "https://")):
            raise ValueError("JOBRAY_TRACES_ENDPOINT: expected http://… or https://…")
        try:
            read_headers(self.traces.headers)
        except ValueError as error:
            raise ValueError(f"JOBRAY_TRACES_HEADERS: {error}") from None
        if self.secret.key and len(self.secret.key.encode()) < 32:
            raise ValueError("JOBRAY_SECRET_KEY: expected at least 32 bytes")
        if on_mongo and not self.secret.key:
            raise ValueError(
                "JOBRAY_SECRET_KEY: with documents and stream on servers every node must sign with "
                "the same key: expected at least 32 bytes, the same on each node and at every start"
            )
        return self

    @property
    def folder(self) -> Path:
        return self.data.dir.absolute()

    @property
    def is_embedded(self) -> bool:
        """Whether documents and stream are a file of this machine."""
        return not self.documents.url.startswith(MONGO)

    @property
    def stream_admin_url(self) -> str:
        """Pulsar's web service."""
        if self.stream.admin_url:
            return self.stream.admin_url
        url = urlsplit(self.stream.url)
        over_tls = url.scheme == "pulsar+ssl"
        host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
        return f"https://{host}:8443" if over_tls else f"http://{host}:8080"

    @property
    def database(self) -> Path:
        url = self.documents.url
        return Path(url.removeprefix("sqlite:///")).absolute() if url else self.folder / "jobray.db"

    @property
    def files_folder(self) -> Path:
        url = self.files.url
        return Path(url.removeprefix("file://")) if url else self.folder / "files"

    @property
    def public_url(self) -> str:
        return (self.http.public_url or f"http://{self.http.host}:{self.http.port}").rstrip("/")

    @property
    def metrics_open(self) -> bool:
        return self._loopback if self.http.metrics is None else self.http.metrics

    @property
    def mailbox_open(self) -> bool:
        kept = not self.smtp.url
        return kept and (self._loopback if self.http.mailbox is None else self.http.mailbox)

    @property
    def _loopback(self) -> bool:
        return self.http.host in ("127.0.0.1", "localhost", "::1")

    @property
    def secret_key(self) -> str:
        """The key that signs; raises FileNotFoundError where `prepare` has not been called."""
        return self.secret.key or (self.folder / "secret.key").read_text()

    def prepare(self) -> None:
        """Make the data folder (0700) and, where none is set, the secret (0600), which an embedded
        system alone may leave to us."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        path = self.folder / "secret.key"
        if self.secret.key or path.exists():
            return
        write_private(path, secrets.token_urlsafe(SECRET_BYTES))

    def packed(self) -> dict[str, Any]:
        """As plain data, for the actors: they get their settings from here, not from their
        environment."""
        return self.model_dump(mode="json") | {"data": {"dir": str(self.folder)}}


class _Environment(BaseSettings, Settings):
    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_prefix="JOBRAY_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
    )


def write_private(path: Path, text: str) -> None:
    """Write a secret: whole or not at all, and readable to its owner only from the first byte."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def unpack(packed: dict[str, Any]) -> Settings:
    """The settings of `packed`; the environment is not looked at."""
    return Settings.model_validate(packed)


class SettingsError(Exception):
    """Settings that cannot be used; the message names each and what was expected."""


def load() -> Settings:
    """The settings of this process' environment. Raises SettingsError."""
    try:
        return unpack(_Environment().model_dump())
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            name = "_".join(["JOBRAY", *(str(part).upper() for part in fault["loc"])])
            message = fault["msg"].removeprefix("Value error, ")
            lines.append(message if not fault["loc"] else f"{name}: {message}")
        raise SettingsError("\n".join(lines)) from error
