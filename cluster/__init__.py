"""The composition root: settings, wiring, topology and the `jobray` command."""
