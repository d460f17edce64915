"""Operators: declarations, unit rules, NumPy definitions and kernels in plain Python. Importing fills the registry."""

from dfqgp.ops import cross_section, element, time_series
from dfqgp.ops.arguments import Argument, Role
from dfqgp.ops.forms import Counting, Elementwise, Form, Lagged, Ranked, Rolling, Row
from dfqgp.ops.registry import OPERATORS, operator, register, semantics_digest, unregister
from dfqgp.ops.spec import Cost, Kind, Operator

__all__ = [
    "OPERATORS",
    "Argument",
    "Cost",
    "Counting",
    "Elementwise",
    "Form",
    "Kind",
    "Lagged",
    "Operator",
    "Ranked",
    "Role",
    "Rolling",
    "Row",
    "cross_section",
    "element",
    "operator",
    "register",
    "semantics_digest",
    "time_series",
    "unregister",
]
