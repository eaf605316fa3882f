"""Pulsar standalone: broker, bookie and metadata in one process, from Maven's jars.

`Pulsar` is open to everybody on this machine. `SecuredPulsar` asks for a token and offers TLS, with
keys and certificates made at its first start (`security`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from servers import cache, java, probe
from servers.kind import Kind, Place
from servers.ports import HOST
from servers.pulsar.security import Credentials, credentials

FOLDER = Path(__file__).parent
POM, SETTINGS, LOGGING = (FOLDER / name for name in ("pom.xml", "standalone.conf", "log4j2.xml"))
MAIN = "org.apache.pulsar.PulsarStandaloneStarter"
DRIVERS = "org.apache.pulsar.metadata.bookkeeper"
OPENED = (
    "java.base/java.io",
    "java.base/java.util.zip",
    "java.base/java.nio",
    "java.base/jdk.internal.misc",
    "java.base/sun.net",
    "java.management/sun.management",
    "jdk.management/com.sun.management.internal",
)
OPTIONS = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:MaxDirectMemorySize=512m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.net.preferIPv4Stack=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
    f"-Dbookkeeper.metadata.bookie.drivers={DRIVERS}.PulsarMetadataBookieDriver",
    f"-Dbookkeeper.metadata.client.drivers={DRIVERS}.PulsarMetadataClientDriver",
    f"-Dlog4j2.configurationFile={LOGGING}",
    *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED),
)


class Pulsar(Kind):
    name = "pulsar"
    ports: tuple[str, ...] = ("server", "admin")
    start_timeout_s = 120.0

    def missing(self) -> str | None:
        return java.missing(is_built=self._built.exists())

    @property
    def version(self) -> str:
        return cache.stamp((POM, SETTINGS, LOGGING), *OPTIONS)

    def prepare(self) -> None:
        super().prepare()
        cache.made(self.name, cache.stamp((POM,)), lambda into: java.copy_jars(POM, into / "lib"))

    def command(self, place: Place) -> Sequence[str]:
        settings = place.folder / "standalone.conf"
        lines = "".join(f"{name}={value}\n" for name, value in self.settings(place).items())
        settings.write_text(f"{SETTINGS.read_text()}\n{lines}")
        settings.chmod(0o600)
        return (
            *(java.program("java"), *OPTIONS, "-cp", str(self._built / "lib" / "*"), MAIN),
            *("--config", str(settings), "-nfw", "-nss"),
            *("--metadata-dir", str(place.folder / "metadata")),
            *("--bookkeeper-dir", str(place.folder / "bookkeeper")),
        )

    def settings(self, place: Place) -> dict[str, str]:
        """What differs from one standalone to the next."""
        return {
            "brokerServicePort": str(place.ports["server"]),
            "webServicePort": str(place.ports["admin"]),
        }

    def is_healthy(self, place: Place) -> bool:
        """The broker sends itself a message, and the default namespace is there."""
        headers, port = self.headers(place), place.ports["admin"]
        status, _ = probe.http_get(port, "/admin/v2/brokers/health", headers)
        if status != HTTPStatus.OK:
            return False
        _, namespaces = probe.http_get(port, "/admin/v2/namespaces/public", headers)
        return b'"public/default"' in namespaces

    def headers(self, place: Place) -> dict[str, str]:
        """What the admin API asks of its callers."""
        return {}

    def addresses(self, place: Place) -> Mapping[str, str]:
        return {
            "url": f"pulsar://{HOST}:{place.ports['server']}",
            "admin_url": f"http://{HOST}:{place.ports['admin']}",
        }

    @property
    def _built(self) -> Path:
        return cache.path(self.name, cache.stamp((POM,)))


class SecuredPulsar(Pulsar):
    """Tokens are asked for on every port; the ports without TLS stay open to those who have one."""

    ports = ("server", "admin", "tls", "admin_tls")

    def settings(self, place: Place) -> dict[str, str]:
        held = _credentials(place)
        client = "org.apache.pulsar.client.impl.auth.AuthenticationToken"
        server = "org.apache.pulsar.broker.authentication.AuthenticationProviderToken"
        return super().settings(place) | {
            "authenticationEnabled": "true",
            "authenticationProviders": server,
            "authorizationEnabled": "true",
            "superUserRoles": held.role,
            "tokenSecretKey": held.secret_file.as_uri(),
            "brokerClientAuthenticationPlugin": client,
            "brokerClientAuthenticationParameters": f"token:{held.token}",
            "brokerServicePortTls": str(place.ports["tls"]),
            "webServicePortTls": str(place.ports["admin_tls"]),
            "tlsCertificateFilePath": str(held.certificate_file),
            "tlsKeyFilePath": str(held.key_file),
        }

    def headers(self, place: Place) -> dict[str, str]:
        return {"Authorization": f"Bearer {_credentials(place).token}"}

    def addresses(self, place: Place) -> Mapping[str, str]:
        held = _credentials(place)
        return {
            **super().addresses(place),
            "tls_url": f"pulsar+ssl://{HOST}:{place.ports['tls']}",
            "admin_tls_url": f"https://{HOST}:{place.ports['admin_tls']}",
            "token": held.token,
            "ca_file": str(held.ca_file),
        }


def _credentials(place: Place) -> Credentials:
    return credentials(place.folder / "security", datetime.now(UTC))
