"""A process that consumes until it is fenced; arguments: url, admin url, namespace, kind.

On standard output it says `joined`, and `fenced` at its end.
"""

import asyncio
import sys

from backends.stream.base import Subscription
from backends.stream.pulsar import PulsarStream
from models.errors import Fenced, Unavailable
from tests.contract.adapters import LEASE_S
from tests.contract.streaming import TOPIC, WAYS


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def consume(subscription: Subscription) -> None:
    while True:
        try:
            await subscription.ack(await subscription.receive(10, 0.5))
        except Fenced:
            return
        except Unavailable:
            await asyncio.sleep(0.1)


async def main(url: str, admin_url: str, namespace: str, kind: str) -> None:
    stream = PulsarStream(url, admin_url=admin_url, namespace=namespace, lease_s=LEASE_S)
    await stream.open()
    subscription = await stream.subscribe(TOPIC, "s", **WAYS[kind])
    say("joined")
    await consume(subscription)
    say("fenced")
    await subscription.close()
    await stream.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
