"""Operators: declarations, unit rules and NumPy references. Importing the package fills the registry."""

from dfqgp.ops import cross_section, element, time_series
from dfqgp.ops.registry import OPERATORS, operator, register
from dfqgp.ops.spec import Arg, Cost, Kind, Operator

__all__ = [
    "OPERATORS",
    "Arg",
    "Cost",
    "Kind",
    "Operator",
    "cross_section",
    "element",
    "operator",
    "register",
    "time_series",
]
