"""Genetic programming: random trees, variation, selection, survival, and the search by ask and tell; no arrays."""

from dfqgp.gp.dedup import distinct_form
from dfqgp.gp.evolution import Evolution
from dfqgp.gp.individual import Birth, Individual
from dfqgp.gp.settings import GpSettings

__all__ = ["Birth", "Evolution", "GpSettings", "Individual", "distinct_form"]
