"""Expressions: trees, parsing, rendering, canonical form, units and the graph of many trees."""

from dfqgp.expr.canonicalize import canonicalize, score_form
from dfqgp.expr.equivalent import Equivalence, equivalent
from dfqgp.expr.node import (
    Call,
    Constant,
    Field,
    Group,
    Node,
    call,
    constant,
    field,
    group,
    is_boolean,
    operators_of,
    panel_args,
)
from dfqgp.expr.parse import parse
from dfqgp.expr.ranges import range_of
from dfqgp.expr.render import render
from dfqgp.expr.rules import Equality
from dfqgp.expr.units import result_unit, unit_of
from dfqgp.expr.varying import never_varies
from dfqgp.expr.vocabulary import Vocabulary

__all__ = [
    "Call",
    "Constant",
    "Equality",
    "Equivalence",
    "Field",
    "Group",
    "Node",
    "Vocabulary",
    "call",
    "canonicalize",
    "constant",
    "equivalent",
    "field",
    "group",
    "is_boolean",
    "never_varies",
    "operators_of",
    "panel_args",
    "parse",
    "range_of",
    "render",
    "result_unit",
    "score_form",
    "unit_of",
]
