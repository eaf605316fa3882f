"""Pulsar's administration over HTTP: namespaces, partitioned topics, what they hold, who is behind.

The Python client has no such verbs. Calls are rare (start, replay, metrics), so each is one request
of the standard library on a thread. A broker that does not own the topic names the one that does,
and the request is repeated there. Paths and fields:
https://pulsar.apache.org/admin-rest-api/?version=4.0.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping, Sequence
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from backends.stream.base import PARTITIONS
from backends.stream.pulsar_places import NOTHING, Extent, Place
from models.errors import Conflict, Unavailable

TIMEOUT_S = 5.0
MAKING_S = 0.1
MAKING_MAX = 50
"""How long, and how often, to wait for a topic that somebody else is making or deleting."""

BY_HAND = {
    "autoTopicCreation": {"allowAutoTopicCreation": False},
    "autoSubscriptionCreation": {"allowAutoSubscriptionCreation": False},
}
"""Who only connects makes nothing: one that connects again after its subscription was forgotten
must not bring it back."""

KEEPS_INACTIVE = {
    "inactiveTopicDeleteMode": "delete_when_no_subscriptions",
    "maxInactiveDurationSeconds": 3600,
    "deleteWhileInactive": False,
}
"""A quiet topic is no topic to delete: its cursors would go with it."""


class _ToOwner(HTTPRedirectHandler):
    """Repeats the request, with its body and token, where 307 or 308 points; the standard library
    does so for GET only. The brokers of a cluster know one token and speak one scheme: an address
    of another is not followed, lest the token travel in the clear. Brokers that disagree about the
    owner send a request round and round: no address is followed twice, and so many at most."""

    max_redirections = 5
    max_repeats = 1

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Request:
        if code not in (307, 308) or urlsplit(newurl).scheme != req.type:
            raise HTTPError(req.full_url, code, msg, headers, fp)
        return Request(  # noqa: S310
            newurl, data=req.data, headers=req.headers, method=req.get_method()
        )


class PulsarAdmin:
    """`url` is the web service of any broker, or of the proxy, `http(s)://host:port`; `namespace`
    is `tenant/name`. Every verb raises Unavailable where the service does not answer, refuses the
    token or fails."""

    def __init__(
        self, url: str, namespace: str, *, token: str | None = None, tls_ca: str | None = None
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("the web service of Pulsar has an http:// or https:// address")
        self._url = f"{url.rstrip('/')}/admin/v2"
        self._namespace = namespace
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        tls = ssl.create_default_context(cafile=tls_ca) if url.startswith("https") else None
        # As the driver does, it goes straight to the brokers, whatever proxy the environment names.
        self._opener = build_opener(ProxyHandler({}), HTTPSHandler(context=tls), _ToOwner())

    async def create_namespace(self, *, retention_minutes: int, retention_mb: int) -> None:
        """Make the namespace if it is not there; -1 is without limit."""
        path = f"/namespaces/{self._namespace}"
        await self._call("PUT", path, {}, also=(409,))
        retention = {
            "retentionTimeInMinutes": retention_minutes,
            "retentionSizeInMB": retention_mb,
        }
        await self._call("POST", f"{path}/retention", retention)
        await self._call("POST", f"{path}/inactiveTopicPolicies", KEEPS_INACTIVE)
        for policy, value in BY_HAND.items():
            await self._call("POST", f"{path}/{policy}", value)

    async def create_topic(self, topic: str, partitions: int) -> None:
        """Make the topic if it is not there. Raises Conflict where it has another number of
        partitions: keys would change theirs."""
        path = f"{self._path(topic)}/partitions"
        for _ in range(MAKING_MAX):
            await self._call("PUT", path, partitions, also=(409,))
            found = await self._call("GET", path, also=(404,))
            if found is None:
                # Another process is making it: refused here, and not there yet.
                await asyncio.sleep(MAKING_S)
                continue
            if found["partitions"] != partitions:
                raise Conflict(
                    f"the topic {topic} has {found['partitions']} partitions, not {partitions}"
                )
            return
        raise Unavailable(f"the topic {topic} is not made")

    async def has_topic(self, topic: str) -> bool:
        found = await self._call("GET", f"{self._path(topic)}/partitions", also=(404,))
        return found is not None and found["partitions"] > 0

    async def delete_topic(self, topic: str) -> None:
        """With everything in it, whoever is connected. Fine where there is none."""
        path = f"{self._path(topic)}/partitions?force=true"
        for _ in range(MAKING_MAX):
            # Where another process is deleting it, the broker calls that an internal error.
            await self._call("DELETE", path, also=(404, 500))
            if not await self.has_topic(topic):
                return
            await asyncio.sleep(MAKING_S)
        raise Unavailable(f"the topic {topic} is not deleted")

    async def create_subscription(self, partition: str, name: str, after: Place) -> None:
        """Make the durable subscription of one partition, behind a place, if it is not there."""
        ledger, entry = (-1, -1) if after == NOTHING else (after.ledger, after.entry + 1)
        first = {"ledgerId": ledger, "entryId": entry, "partitionIndex": -1}
        await self._call("PUT", self._subscription_path(partition, name), first, also=(409,))

    async def delete_subscription(self, partition: str, name: str) -> None:
        """Delete the durable subscription of one partition, whoever is connected. Fine where there
        is none."""
        path = self._subscription_path(partition, name)
        await self._call("DELETE", f"{path}?force=true", also=(404,))

    async def consumers(self, topic: str, name: str) -> int:
        """How many are connected to the durable subscription, counted in each partition."""
        return sum(
            len(stats["consumers"])
            for found, stats in await self._subscriptions(topic)
            if found == name
        )

    async def topics(self) -> list[str]:
        """The names of the partitioned topics of the namespace."""
        found = await self._call("GET", f"/persistent/{self._namespace}/partitioned")
        return sorted(str(name).rsplit("/", 1)[1] for name in found)

    async def extents(self, topic: str) -> list[Extent]:
        """What each partition holds. The broker asks itself for each: some 30 ms."""
        found = await self._call("GET", f"{self._path(topic)}/partitioned-internalStats")
        by_number = {
            int(name.rsplit("-", 1)[1]): extent_of(stats)
            for name, stats in found["partitions"].items()
        }
        if set(by_number) < set(range(PARTITIONS)):
            raise Unavailable(f"the broker did not tell about every partition of {topic}")
        return [by_number[number] for number in range(PARTITIONS)]

    async def backlogs(self, topic: str) -> list[tuple[str, int, float | None]]:
        """For each durable subscription of each partition: its name, how many events it has not
        acknowledged, and when the oldest was published (seconds since 1970)."""
        asked = "&getPreciseBacklog=true&getEarliestTimeInBacklog=true"
        return [
            (name, int(stats["msgBacklog"]), _seconds(stats["earliestMsgPublishTimeInBacklog"]))
            for name, stats in await self._subscriptions(topic, asked)
        ]

    async def _subscriptions(self, topic: str, asked: str = "") -> list[tuple[str, dict[str, Any]]]:
        """The durable ones of each partition, by name."""
        path = f"{self._path(topic)}/partitioned-stats?perPartition=true{asked}"
        found = await self._call("GET", path)
        return [
            (name, stats)
            for partition in found["partitions"].values()
            for name, stats in partition["subscriptions"].items()
            if stats["durable"]
        ]

    def _subscription_path(self, partition: str, name: str) -> str:
        return f"{self._path(partition)}/subscription/{quote(name, safe='')}"

    def full_name(self, topic: str) -> str:
        """Of a topic of this namespace, as the driver wants it."""
        return f"persistent://{self._namespace}/{topic}"

    def _path(self, topic: str) -> str:
        return f"/persistent/{self._namespace}/{quote(topic, safe='')}"

    async def _call(
        self, method: str, path: str, body: object = None, *, also: Sequence[int] = ()
    ) -> Any:
        """The parsed answer; None where it is empty or its status is one of `also`."""
        data = None if body is None else json.dumps(body).encode()
        # The address is checked to be http or https when the object is made.
        request = Request(  # noqa: S310
            self._url + path, data=data, headers=self._headers, method=method
        )
        return await asyncio.to_thread(self._send, request, also)

    def _send(self, request: Request, also: Sequence[int]) -> Any:
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                text = answer.read()
        except HTTPError as error:
            with error:
                if error.code in also:
                    return None
            raise Unavailable(
                f"Pulsar answered {error.code} to {request.get_method()} {request.selector}"
            ) from error
        except (OSError, HTTPException) as error:
            raise Unavailable("the web service of Pulsar does not answer") from error
        return json.loads(text) if text else None


def extent_of(stats: Mapping[str, Any]) -> Extent:
    """Read one partition's internal statistics. The ledger that is written to is listed with no
    entries."""
    ledger, entry = (int(part) for part in stats["lastConfirmedEntry"].split(":"))
    ledgers = tuple((int(one["ledgerId"]), int(one["entries"])) for one in stats["ledgers"])
    return Extent(ledgers, Place(ledger, entry))


def _seconds(publish_ms: int) -> float | None:
    return publish_ms / 1000 if publish_ms > 0 else None
