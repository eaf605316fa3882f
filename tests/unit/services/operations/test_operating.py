"""What an operator is told of the system as a whole."""

from services.intake import reprocessing
from services.operations import operating
from services.ports import Ports
from tests.unit.services.outcomes import FEE, given, outcome, settled


async def test_what_waits_for_a_person_and_for_newer_parsers_is_counted(ports: Ports) -> None:
    await settled(ports, outcome(FEE), given(external_id="1"))
    await settled(ports, outcome(), given(external_id="2"))
    counts = await operating.counts(ports.documents)
    assert counts["reviews waiting"] == 1
    assert (counts["postings needs_review"], counts["postings published"]) == (1, 1)
    run = await reprocessing.ask(ports, parser=None, everything=True)
    left = "postings left to reprocess (asked)"
    assert (await operating.counts(ports.documents))[left] == 2
    await reprocessing.work(ports, run)
    assert left not in await operating.counts(ports.documents)
