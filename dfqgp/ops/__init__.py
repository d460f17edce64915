"""Operators: declarations, unit rules, NumPy definitions and kernels in plain Python. Importing fills the registry."""

from dfqgp.ops import cross_section, element, time_series
from dfqgp.ops.arguments import (
    Argument,
    Boolean,
    Delay,
    Group,
    Numeric,
    Role,
    Universe,
    Window,
    delay,
    real,
    whole,
    window,
)
from dfqgp.ops.forms import Counting, CrossSection, Elementwise, Form, Lagged, Ranked, Rolling
from dfqgp.ops.registry import OPERATORS, operator, register, unregister
from dfqgp.ops.spec import Cost, Kind, Operator
from dfqgp.ops.user import use_operators, user_operators

__all__ = [
    "OPERATORS",
    "Argument",
    "Boolean",
    "Cost",
    "Counting",
    "CrossSection",
    "Delay",
    "Elementwise",
    "Form",
    "Group",
    "Kind",
    "Lagged",
    "Numeric",
    "Operator",
    "Ranked",
    "Role",
    "Rolling",
    "Universe",
    "Window",
    "cross_section",
    "delay",
    "element",
    "operator",
    "real",
    "register",
    "time_series",
    "unregister",
    "use_operators",
    "user_operators",
    "whole",
    "window",
]
