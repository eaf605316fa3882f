"""mongo-java-server: MongoDB's wire protocol on an H2 file, from Maven and `Launcher.java`."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from servers import cache, java, probe
from servers.kind import Kind, Place
from servers.ports import HOST

FOLDER = Path(__file__).parent
POM, LAUNCHER = FOLDER / "pom.xml", FOLDER / "Launcher.java"
OPTIONS = (
    "-Xmx2g",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.net.preferIPv4Stack=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)


class MongoJava(Kind):
    name = "mongo-java"

    def missing(self) -> str | None:
        return java.missing(is_built=self._built.exists())

    @property
    def version(self) -> str:
        return cache.stamp((POM, LAUNCHER))

    def prepare(self) -> None:
        super().prepare()
        cache.made(self.name, self.version, _build)

    def command(self, place: Place) -> Sequence[str]:
        classpath = os.pathsep.join((str(self._built / "classes"), str(self._built / "lib" / "*")))
        data = place.folder / "documents.mv"
        return (
            *(java.program("java"), *OPTIONS, "-cp", classpath),
            *("Launcher", HOST, str(place.ports["server"]), str(data)),
        )

    def is_healthy(self, place: Place) -> bool:
        return probe.mongo_answers(place.ports["server"])

    def addresses(self, place: Place) -> Mapping[str, str]:
        return {"url": f"mongodb://{HOST}:{place.ports['server']}"}

    @property
    def _built(self) -> Path:
        return cache.path(self.name, self.version)


def _build(into: Path) -> None:
    java.copy_jars(POM, into / "lib")
    oldest = str(java.OLDEST_JDK)
    compiler = (java.program("javac"), "--release", oldest, "-Xlint:all", "-Werror")
    output = ("-cp", str(into / "lib" / "*"), "-d", str(into / "classes"), str(LAUNCHER))
    cache.run((*compiler, *output), dict(os.environ), into)
