"""Element-wise operators: NumPy float64 definitions, and the kernels on one cell.

Kernels work in float32, the arithmetic of the cells. Single operations of float32 round as the float64 definition does,
so the two agree to the last bit; functions such as logarithms are computed in float64.
"""

# The order of declaration decides which trees a seed draws.
# isort: off
from dfqgp.ops.element import arithmetic
from dfqgp.ops.element import functions
from dfqgp.ops.element import logic

__all__ = ["arithmetic", "functions", "logic"]
