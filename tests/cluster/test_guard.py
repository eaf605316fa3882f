"""An actor that was overtaken by an owner that is no more works again, and nothing is lost."""

from collections import Counter

import pytest

from actors.guard import SILENT_S
from chaos import store
from chaos.people import Person, wait_until
from chaos.running import Running

pytestmark = pytest.mark.timeout(400)
NAMES = ("matcher:0", "notifier:0")
REVIVED_S = 6 * SILENT_S
"""Two silences, one after the other, and the start of two processes on a busy machine."""


def test_whoever_was_fenced_by_one_that_is_gone_works_again(system: Running) -> None:
    employer, seeker = Person(system.url, "employer"), Person(system.url, "seeker")
    seeker.alert("python")
    before = system.actors()
    for name in NAMES:
        # As an actor of another cluster does, which is removed a moment later.
        store.ask(system.settings, lambda ports, name=name: ports.documents.take_epoch(name))
    posted = {employer.post_job(title=f"Python engineer {n}")["id"] for n in range(5)}
    wait_until(lambda: system.actors()["matcher:0"][0] == "stopped")

    def told() -> Counter[str]:
        return Counter(item["posting"]["id"] for item in seeker.notifications())

    wait_until(lambda: told().keys() == posted, REVIVED_S)
    assert set(told().values()) == {1}
    wait_until(system.ready)
    after = system.actors()
    assert {name for name in after if after[name][1] != before[name][1]} >= {NAMES[0]}
