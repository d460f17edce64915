"""Backends: where operators are computed. One is chosen when a run starts and stays."""

from dfqgp.backends.base import CONSTANT, Backend, FusedBackend, Task, Workspace
from dfqgp.backends.choose import open_backend
from dfqgp.backends.daily import DailyScores, Day, Target
from dfqgp.backends.settings import BackendSettings

__all__ = [
    "CONSTANT",
    "Backend",
    "BackendSettings",
    "DailyScores",
    "Day",
    "FusedBackend",
    "Target",
    "Task",
    "Workspace",
    "open_backend",
]
