"""Which operators share a kernel: a family, of which each instruction says which member it wants. Knows no compiler."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dfqgp.ops.families import family_of

if TYPE_CHECKING:
    from dfqgp.ops import Operator


@cache
def kernel_family(op: Operator) -> tuple[Operator, ...]:
    """Return the operators that an operator's kernel computes, in a fixed order; it has the name of the first.

    Ranks inside groups are sorted by other keys than those of the universe, so that they have a kernel of their own.

    Examples
    --------
    >>> from dfqgp.ops import OPERATORS
    >>> [member.name for member in kernel_family(OPERATORS["cs_quantile"])]
    ['cs_rank', 'cs_quantile']
    """
    return tuple(each for each in family_of(op) if each.takes_group == op.takes_group)
