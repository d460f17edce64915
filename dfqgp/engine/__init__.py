"""Engine: plan and workspace under a byte budget, batched evaluation of populations."""

from dfqgp.engine.evaluate import Engine
from dfqgp.engine.plan import Planner, least_slots
from dfqgp.engine.settings import EngineSettings
from dfqgp.engine.steps import Consume, Launch, Load, Plan, Step

__all__ = ["Consume", "Engine", "EngineSettings", "Launch", "Load", "Plan", "Planner", "Step", "least_slots"]
