"""The people of the end-to-end tests: those of the chaos harness."""

from chaos.people import API, Person, wait_until

__all__ = ("API", "Person", "wait_until")
