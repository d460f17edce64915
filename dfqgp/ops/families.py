"""Families: operators whose kernels differ only in what they say of a shared state.

A backend compiles one loop for a family; the member whose value is wanted is a number of the launch. So the time to
compile does not grow with every operator over moments, pairs or ranks.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from dfqgp.ops.forms import Counting, CrossSection, Passes, Ranked, Rolling
from dfqgp.ops.registry import OPERATORS

if TYPE_CHECKING:
    from dfqgp.ops.spec import Operator


@cache
def family_of(op: Operator) -> tuple[Operator, ...]:
    """Return the operators that share an operator's loop, itself among them, in the order of their declaration.

    A user's operator is a family of its own: others are not compiled anew when it is declared.

    Examples
    --------
    >>> [member.name for member in family_of(OPERATORS["ts_std"])]
    ['ts_std', 'ts_var', 'ts_zscore']
    """
    if not op.builtin or op.form is None:
        return (op,)
    shared = shared_part(op)
    return tuple(each for each in OPERATORS.values() if each.builtin and each.form and shared_part(each) == shared)


def shared_part(op: Operator) -> tuple[Any, ...]:
    """Return what two operators have in common when one loop computes both.

    Ranks inside groups are found in another way than those of the universe, so that they have a loop of their own.
    """
    form, shape = op.form, (type(op.form), len(op.panels), op.takes_group)
    match form:
        case Rolling(start, add, merge, weighs=weighs):
            return *shape, start, add, merge, weighs, len(op.literals)
        case CrossSection(start, add, merge):
            return *shape, start, add, merge
        case Passes(start, count, add, turn):
            return *shape, start, count, add, turn
        case Counting(compare):
            return *shape, compare
        case Ranked():
            return type(form), op.takes_group
        case _:
            return shape
