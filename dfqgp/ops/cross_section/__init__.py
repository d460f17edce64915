"""Cross-sectional operators: NumPy float64 definitions over the universe of the day, and the kernels beside them."""

# The order of declaration decides which trees a seed draws.
# isort: off
from dfqgp.ops.cross_section import universe
from dfqgp.ops.cross_section import groups

__all__ = ["groups", "universe"]
