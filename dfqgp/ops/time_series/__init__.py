"""Time-series operators: NumPy float64 definitions over a stock's own history, and the kernels beside them."""

# The order of declaration decides which trees a seed draws.
# isort: off
from dfqgp.ops.time_series import delays
from dfqgp.ops.time_series import moments
from dfqgp.ops.time_series import extrema
from dfqgp.ops.time_series import order
from dfqgp.ops.time_series import pairs
from dfqgp.ops.time_series import trend
from dfqgp.ops.time_series import weighted
from dfqgp.ops.time_series import scans

__all__ = ["delays", "extrema", "moments", "order", "pairs", "scans", "trend", "weighted"]
