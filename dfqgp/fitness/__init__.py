"""Fitness: from a factor's matrix to metrics and a score."""

from dfqgp.fitness.penalties import Score, base_score, penalise_likeness
from dfqgp.fitness.score import Scored, Scorer
from dfqgp.fitness.series import Metrics, newey_west_t
from dfqgp.fitness.settings import FitnessSettings
from dfqgp.fitness.target import make_target

__all__ = [
    "FitnessSettings",
    "Metrics",
    "Score",
    "Scored",
    "Scorer",
    "base_score",
    "make_target",
    "newey_west_t",
    "penalise_likeness",
]
