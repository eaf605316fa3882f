"""The mail server away, or refusing: what is transient is tried again, what is final is not.

The pauses of the product's schedule are real here (10 s, then 60 s, then 300 s at most), so the
server is away for a part of a minute. That a delivery is tried at least eight times over at least a
day is shown on a fake clock by the unit tests.
"""

import time
from dataclasses import replace

from chaos.inbox import ACCEPTED, accept
from chaos.outcome import Outcome
from chaos.row import Goal, Row
from chaos.trial import Trial

AWAY_S = 30.0
THIRD_TRY_S = 10.0 + 60.0 + 300.0
"""The longest pauses before a fourth try."""
LATER, NEVER = "451 4.3.0 come again", "550 5.1.1 nobody of that name"


def _away(trial: Trial) -> Outcome:
    """The seconds are from the server's return until everything is told."""
    system = trial.stage.embedded()
    with trial.load(system) as load:
        load.flow(20)
        trial.inbox.close()
        try:
            time.sleep(AWAY_S)
        finally:
            trial.inbox.open()
        back = time.monotonic()
        load.flow(20)
    outcome = load.outcome(injected=1, settle_s=THIRD_TRY_S)
    return replace(outcome, recover_s=load.settled_at - back)


def _refusing(trial: Trial) -> Outcome:
    """The first try of every mail is answered 451, every try to one person 550."""
    system = trial.stage.embedded()
    with trial.load(system) as load:
        nobody = load.seeker(1).email
        load.refused = frozenset({nobody})

        def answer(to: str, number: int) -> str:
            if to == nobody:
                return NEVER
            return LATER if number == 1 else ACCEPTED

        trial.inbox.answer = answer
        load.flow(40)
    try:
        outcome = load.outcome(injected=1, settle_s=THIRD_TRY_S)
    finally:
        trial.inbox.answer = accept
    refused = trial.inbox.tries(nobody)
    faults = [f"{n} tries of a mail that was refused for good" for n in refused if n > 1]
    if not refused:
        faults.append("no mail was refused: the row shows nothing")
    note = f"{len(refused)} mails refused for good, each after one try"
    return replace(outcome, faults=(*outcome.faults, *faults), note=note)


ROWS = (
    Row(
        "smtp-away",
        "mail server away",
        Goal("all delivered", recover_s=THIRD_TRY_S),
        _away,
        short=False,
    ),
    Row(
        "smtp-refusing",
        "mail server answers 4xx and 5xx",
        Goal("4xx: tried again and delivered; 5xx: suppressed after one try"),
        _refusing,
        short=False,
    ),
)
