"""Engine: trees lowered to a program, planned under a byte budget, executed block by block in a session."""

from dfqgp.engine.counts import Counts
from dfqgp.engine.evaluate import Engine
from dfqgp.engine.given import Given
from dfqgp.engine.lower import lower
from dfqgp.engine.plan import Planner, least_slots
from dfqgp.engine.program import Program
from dfqgp.engine.settings import EngineSettings

__all__ = ["Counts", "Engine", "EngineSettings", "Given", "Planner", "Program", "least_slots", "lower"]
