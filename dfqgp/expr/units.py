"""Unit of a tree, bottom up, and how to repair one whose units do not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import UnitError
from dfqgp.expr.node import Call, Constant, Field, Group, Node, call, field, panel_args
from dfqgp.ops import Role
from dfqgp.ops.units import BOOLEAN, RATIO, RATIO_ONLY, SAME, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.expr.vocabulary import Vocabulary
    from dfqgp.ops import Operator

_LONGEST_SHOWN = 60  # characters of a part that a message repeats
_REPAIR_WINDOW = 20


def unit_of(node: Node, vocabulary: Vocabulary) -> Unit:
    """Return the unit of a tree's value.

    A number is a ratio, a boolean has BOOLEAN. The rules of each operator are declared with it; they see the units of
    its numeric arguments, and its literals. What is found is kept with the node.

    Raises
    ------
    UnitError
        With the sub-expression, the units that met, what the operator expects, and a way to repair it.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"amount": "currency", "volume": "shares"})
    >>> str(unit_of(parse("amount / volume", words), words))
    'price'
    """
    known: Unit | None = node.memo.get(vocabulary.token)
    if known is None:
        known = node.memo[vocabulary.token] = _unit(node, vocabulary)
    return known


def _unit(node: Node, vocabulary: Vocabulary) -> Unit:
    if isinstance(node, Field):
        return vocabulary.fields[node.name]
    if not isinstance(node, Call):
        return RATIO
    units = [unit_of(arg, vocabulary) for arg in panel_args(node)]
    unit = result_unit(node.op, units, node.literals)
    if unit is None:
        raise UnitError(
            text=_shown(repr(node), 10 * _LONGEST_SHOWN),
            operator=node.op.name,
            received=" and ".join(map(str, units)),
            expected=node.op.unit.name,
            repair=_repair(node, units),
        )
    return unit


def result_unit(op: Operator, units: Sequence[Unit], literals: Sequence[float] = ()) -> Unit | None:
    """Return the unit of an operator's value for the units of its panel arguments, None if they do not agree.

    Examples
    --------
    >>> from dfqgp.ops import OPERATORS
    >>> from dfqgp.ops.units import CURRENCY, PRICE, SHARES
    >>> str(result_unit(OPERATORS["div"], [CURRENCY, SHARES])), result_unit(OPERATORS["add"], [CURRENCY, PRICE])
    ('price', None)
    """
    numeric = []
    for each, unit in zip(op.panels, units, strict=True):
        if (unit is BOOLEAN) is not (each.role is Role.BOOLEAN):
            return None
        if each.role is Role.PANEL:
            numeric.append(unit)
    made = op.unit.result(numeric, literals)
    return BOOLEAN if op.boolean and made is not None else made


def _repair(node: Call, units: Sequence[Unit]) -> str:
    """Say how to make the units agree: ratios of the arguments to themselves, or their ranks."""
    if any(
        (unit is BOOLEAN) is not (each.role is Role.BOOLEAN) for each, unit in zip(node.op.panels, units, strict=True)
    ):
        return "compare to make a boolean of a number, choose with if_else to make a number of a boolean"
    beside_a_number = any(isinstance(arg, Constant) for arg in node.args)
    if node.op.unit is RATIO_ONLY or (node.op.unit is SAME and beside_a_number):
        return f"take a ratio: {_with(node, units, _own_ratio)}"
    return f"rank it: {_with(node, units, lambda arg: call('cs_rank', (arg,)))}"


def _own_ratio(arg: Node) -> Node:
    return call("div", (arg, call("ts_mean", (arg,), (_REPAIR_WINDOW,))))


def _with(node: Call, units: Sequence[Unit], change: Callable[[Node], Node]) -> str:
    """Return the text of a call whose arguments that are no ratios are changed; long ones are shown by a letter."""
    letters, given = iter("xyz"), iter(units)
    args: list[Node] = []
    for arg in node.args:
        letter = next(letters, "x")
        if isinstance(arg, Group) or next(given) in (RATIO, BOOLEAN):
            args.append(arg)
        else:
            args.append(change(arg if len(repr(arg)) <= _LONGEST_SHOWN else field(letter)))
    return _shown(repr(call(node.op.name, tuple(args), node.literals)), 4 * _LONGEST_SHOWN)


def _shown(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."
