"""What a row of the fault matrix found."""

from dataclasses import dataclass, field

from chaos.checker import Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row found. `peak_mib` is the resident memory of the largest process, `faults` are
    sentences about what must not have happened, `note` what a reader of the table should know."""

    injected: int
    verdict: Verdict
    recover_s: float | None = None
    peak_mib: float | None = None
    growth_mib: float | None = None
    faults: tuple[str, ...] = field(default=())
    note: str = ""
