"""Compiles the kernel into its cache: `python -m matching.percolator`."""

from matching.percolator.compiled import forget_older
from matching.percolator.warm import warm

warm()
forget_older()
