"""Compiles the kernel into its cache: `python -m matching.percolator`."""

from matching.percolator.warm import warm

warm()
