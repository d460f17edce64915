"""Correlation of factors on the CPU: the whole table, and the largest of each factor."""

from dfqgp.backends.cpu.correlation.largest import largest_correlations
from dfqgp.backends.cpu.correlation.table import correlations

__all__ = ["correlations", "largest_correlations"]
