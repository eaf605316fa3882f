"""The percolator: which alerts match one posting, without asking all of them.

`questions` turns what alerts ask into atoms, and a posting into the atoms that it says yes to.
`formula` and `programs` turn an alert into a short program over atoms, exact for every construct of
the language. `filing` lays the programs of a `segment` out under the atoms that the fewest postings
have, and `kernel` scans them. The newest alerts (`recent`) are run one by one until they are filed;
segments are merged in the background, and `snapshot` keeps them on disk.
"""

from matching.percolator.percolator import Percolator

__all__ = ["Percolator"]
