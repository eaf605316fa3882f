"""Which names are one employer's.

Boards write a name with or without its legal form, spaces and points, and some write its domain:
`Acme Robotics, Inc.`, `AcmeRobotics` and `acmerobotics.com` are one employer. Names that only begin
alike are two.
"""

import re

from reference import companies

_DOMAIN = re.compile(
    r"^\s*(?:https?://)?(?:www\.)?([a-z0-9-]+)\.(?:com?|net|org|io|ai|app|dev|tech|jobs|careers|eu|de|fr"
    r"|nl|es|it|pl|se|ch|at|be|in|us|ca|au|co\.uk|com\.au|com\.br)/?(?=[\s,]|$)",
    re.IGNORECASE,
)


def employer_key(name: str) -> str:
    """The normal form under which one employer's postings are compared."""
    # A name of symbols only has no normal form: it is its own.
    return companies.key(_DOMAIN.sub(r"\1", name)).replace(" ", "") or name
