"""Skills by their canonical names: those the source lists, then those its texts name."""

from models.posting import Evidence, Given
from processing.evidence import Reading, stated
from reference import skills as taxonomy

BY = "skills@1"
_MAX = 60


def skills(given: Given, reading: Reading) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """The skills in the order they appear, each once with its first place; at most 60.

    A listed skill that the taxonomy does not know is kept as it was given.
    """
    found: dict[str, Evidence] = {}
    listed = stated(given, "skills")
    at = 0
    for name in given.skills:
        known = taxonomy.canonical(name) or name
        found.setdefault(known, listed.evidence(at, at + len(name), "given@1"))
        at += len(name) + len(", ")
    for passage in (reading.title, reading.description):
        for name, start, end in taxonomy.find(passage.text):
            if name not in found:
                found[name] = passage.evidence(start, end, BY)
    kept = list(found)[:_MAX]
    return tuple(kept), tuple(found[name] for name in kept)
