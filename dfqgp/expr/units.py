"""Unit of a tree, bottom up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import UnitError
from dfqgp.expr.node import Call, Field, Node, panel_args
from dfqgp.ops import Role
from dfqgp.ops.units import BOOLEAN, RATIO, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.expr.vocabulary import Vocabulary
    from dfqgp.ops import Operator


def unit_of(node: Node, vocabulary: Vocabulary) -> Unit:
    """Return the unit of a tree's value.

    A number is a ratio, a boolean has BOOLEAN. The rules of each operator are declared with it; they see the units of
    its numeric arguments alone.

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
    units = [unit_of(arg, vocabulary) for arg in panel_args(node)]
    unit = result_unit(node.op, units)
    if unit is None:
        received = " and ".join(map(str, units))
        raise UnitError(text=repr(node), operator=node.op.name, received=received, expected=node.op.unit.name)
    return unit


def result_unit(op: Operator, units: Sequence[Unit]) -> Unit | None:
    """Return the unit of an operator's value for the units of its panel arguments, None if they do not agree.

    Examples
    --------
    >>> from dfqgp.ops import OPERATORS
    >>> from dfqgp.ops.units import CURRENCY, PRICE, SHARES
    >>> str(result_unit(OPERATORS["div"], [CURRENCY, SHARES])), result_unit(OPERATORS["add"], [CURRENCY, PRICE])
    ('price', None)
    """
    given = list(zip(op.panels, units, strict=True))
    if any((unit == BOOLEAN) is not (each.role is Role.BOOLEAN) for each, unit in given):
        return None
    unit = op.unit.result([unit for each, unit in given if each.role is Role.PANEL])
    return BOOLEAN if op.boolean and unit is not None else unit
