"""Genetic programming: random trees, variation, selection, and the search by ask and tell. It knows no arrays."""

from dfqgp.gp.dedup import distinct_form
from dfqgp.gp.evolution import Evolution
from dfqgp.gp.selection import Scored
from dfqgp.gp.settings import GpSettings

__all__ = ["Evolution", "GpSettings", "Scored", "distinct_form"]
