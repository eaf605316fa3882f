"""The language of a posting, guessed from its description, else from its title."""

from models.posting import Evidence
from processing.evidence import Reading
from reference.languages import guess

BY = "language@2"
_SHOWN = 80


def language(reading: Reading) -> tuple[str, Evidence] | None:
    """The ISO 639-1 code and the beginning of the text it was guessed from."""
    for passage in (reading.description, reading.title):
        code = guess(passage.text)
        if code is not None:
            end = min(len(passage.text), _SHOWN)
            return code, passage.evidence(0, end, BY)
    return None
