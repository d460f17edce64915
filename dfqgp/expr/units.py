"""Unit of a tree, bottom up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import UnitError
from dfqgp.expr.node import Call, Field, Node, is_boolean, panel_args
from dfqgp.ops.units import RATIO, Unit

if TYPE_CHECKING:
    from dfqgp.expr.vocabulary import Vocabulary


def unit_of(node: Node, vocabulary: Vocabulary) -> Unit:
    """Return the unit of a tree's value.

    A number is a ratio, and so is a boolean. The rules of each operator are declared with it; they see the units of its
    numeric arguments alone.

    Raises
    ------
    UnitError
        With the sub-expression, the units that met and what the operator expects.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"amount": "currency", "volume": "shares"})
    >>> str(unit_of(parse("amount / volume", words), words))
    'price'
    """
    if isinstance(node, Field):
        return vocabulary.fields[node.name]
    if not isinstance(node, Call):
        return RATIO
    args = panel_args(node)
    below = [unit_of(arg, vocabulary) for arg in args]
    units = [unit for arg, unit in zip(args, below, strict=True) if not is_boolean(arg)]
    unit = node.op.unit.result(units)
    if unit is None:
        received = " and ".join(map(str, units))
        raise UnitError(text=repr(node), operator=node.op.name, received=received, expected=node.op.unit.name)
    return RATIO if node.op.boolean else unit
