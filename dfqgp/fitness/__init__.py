"""Fitness: what factors are scored against, and from daily scores to metrics and a score."""

from dfqgp.fitness.fingerprint import fingerprint_days, fingerprints_of
from dfqgp.fitness.metrics import Metrics, metrics_of, newey_west_t
from dfqgp.fitness.penalties import Score, base_score, by_base, penalised
from dfqgp.fitness.settings import FitnessSettings
from dfqgp.fitness.target import every, make_target

__all__ = [
    "FitnessSettings",
    "Metrics",
    "Score",
    "base_score",
    "by_base",
    "every",
    "fingerprint_days",
    "fingerprints_of",
    "make_target",
    "metrics_of",
    "newey_west_t",
    "penalised",
]
