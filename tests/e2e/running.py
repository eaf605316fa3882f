"""The system that end-to-end tests start: the one of the chaos harness."""

from chaos.running import ROOT, Running
from servers.ports import free_port

__all__ = ("ROOT", "Running", "free_port")
