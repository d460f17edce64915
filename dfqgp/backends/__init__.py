"""Backends: where operators are computed. One is chosen when a run starts and stays."""

from dfqgp.backends.base import Backend, Session
from dfqgp.backends.choose import open_backend
from dfqgp.backends.instructions import Plan
from dfqgp.backends.memory import Room
from dfqgp.backends.scoring import DailyScores, DayState, Target
from dfqgp.backends.settings import BackendSettings

__all__ = [
    "Backend",
    "BackendSettings",
    "DailyScores",
    "DayState",
    "Plan",
    "Room",
    "Session",
    "Target",
    "open_backend",
]
