"""What the members of a family have of their own: the function that says their value, chosen by a number.

All threads of a block work on one instruction, so that they choose the same and never diverge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.backends.gpu.kernels.arguments import column_of
from dfqgp.backends.gpu.kernels.compile import form_functions, jitable, register_jitable, tuple_of
from dfqgp.backends.symbols import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.backends.tuples import Function
    from dfqgp.ops import Operator


@register_jitable
def member_of(table, task, literal):
    """Return which member an instruction wants: it stands in the column before its literals."""
    return int(table[task, literal - 1])


def choice_of(functions: Sequence[Function], name: str) -> Function:
    """Return ``f(place, ...)`` that calls the function of that place, and the last one for a place that is none."""
    chosen = jitable(_last(functions[-1]), f"{name}_{len(functions) - 1}")
    for place in range(len(functions) - 2, -1, -1):
        chosen = jitable(_choose(place, functions[place], chosen), f"{name}_{place}")
    return chosen


def _last(this: Function) -> Function:
    def apply(wanted, *given):
        return this(*given)

    return apply


def _choose(place: int, this: Function, rest: Function) -> Function:
    def apply(wanted, *given):
        if wanted == place:
            return this(*given)
        return rest(wanted, *given)

    return apply


def values_of(family: Sequence[Operator], part: Callable[[Operator], Function]) -> tuple[Function, str]:
    """Return ``f(table, task, literal, ...)``, the value of the member that an instruction wants, and its text.

    Parameters
    ----------
    family : sequence of Operator
        In the order in which instructions number them.
    part : callable
        Operator -> the function of its form that says the value; the literals follow its other arguments.
    """
    texts = [form_functions(op) for op in family]
    says = [_with_literals(op, part(op)) for op in family]
    choose = choice_of(says, f"{family[0].name}_{digest(*texts)}_values")

    def value(table, task, literal, *given):
        return choose(member_of(table, task, literal), table, task, literal, *given)

    return jitable(value, f"{family[0].name}_{digest(*texts)}_value"), "\n".join(texts)


def _with_literals(op: Operator, function: Function) -> Function:
    literals = tuple_of(len(op.literals), column_of)

    def say(table, task, literal, *given):
        return function(*given, *literals(table, task, literal))

    return jitable(say, f"{op.name}_{digest(op.source)}_says")
