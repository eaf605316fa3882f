"""The ports of the use cases' tests serve the actors' tests too."""

from tests.unit.services.conftest import clock, events, ports

__all__ = ["clock", "events", "ports"]
