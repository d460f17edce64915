"""Scoring on the CPU: one compiled loop over factors and days."""

from dfqgp.backends.cpu.scoring.days import Days
from dfqgp.backends.cpu.scoring.kernel import score_rows

__all__ = ["Days", "score_rows"]
