"""The registry of operators: declaring one proves it."""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, overload

from dfqgp.errors import OperatorError
from dfqgp.ops.arguments import Role, arguments_of
from dfqgp.ops.probe import probe
from dfqgp.ops.spec import Cost, Kind, Operator
from dfqgp.ops.units import TO_RATIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dfqgp.ops.arguments import Argument
    from dfqgp.ops.forms import Form
    from dfqgp.ops.spec import Matrix, Rule
    from dfqgp.ops.units import UnitRule

_operators: dict[str, Operator] = {}

OPERATORS = MappingProxyType(_operators)
"""Every operator by name, in the order of declaration."""

_MIN_DOC = 10

F = TypeVar("F", bound="Callable[..., Matrix]")


@overload
def operator(reference: F, /) -> F: ...


@overload
def operator(
    *,
    unit: UnitRule = ...,
    form: Form | None = ...,
    cost: Cost = ...,
    minimum: int = ...,
    commutes: bool = ...,
    cacheable: bool = ...,
    infix: str | None = ...,
    rule: Rule | None = ...,
) -> Callable[[F], F]: ...


def operator(
    reference: F | None = None,
    /,
    *,
    unit: UnitRule = TO_RATIO,
    form: Form | None = None,
    cost: Cost = Cost.PASS,
    minimum: int = 1,
    commutes: bool = False,
    cacheable: bool = True,
    infix: str | None = None,
    rule: Rule | None = None,
) -> F | Callable[[F], F]:
    """Declare the decorated NumPy definition as an operator.

    The annotations of its parameters say what the arguments are (``dfqgp.ops.arguments``), and with them which cells a
    value reads: an operator that takes the ``Universe`` is cross-sectional, one with a window or a delay reads a
    stock's history, any other is element-wise.

    Parameters
    ----------
    unit : UnitRule
        How the units of the numeric arguments combine (``dfqgp.ops.units``); by default any give a ratio.
    form : Form, optional
        The kernel in plain Python (``dfqgp.ops.forms``). Without one only the reference backend computes the operator.
    cost : Cost
        Cost class of the kernel.
    minimum : int
        Least number of finite inputs in the window; also the shortest legal window.
    commutes : bool
        Whether the panel arguments may be swapped.
    cacheable : bool
        Whether a value may be kept for later use.
    infix : str, optional
        Symbol that also writes the operator.
    rule : Rule, optional
        What the literals have to fulfil together.

    Raises
    ------
    OperatorError
        If the name is a built-in one's, an annotation or the docstring is missing, or a probe finds a wrong shape, a
        value where there is no input, one that depends on rows outside the lookback, or a kernel that does not give
        what the definition gives.
    """

    def declare(reference: F) -> F:
        arguments, result = _arguments(reference)
        declared = Operator(
            name=reference.__name__.rstrip("_"),
            arguments=tuple(_with_minimum(each, minimum) for each in arguments if each.role is not Role.UNIVERSE),
            kind=_kind(arguments),
            boolean=result is Role.BOOLEAN,
            reference=reference,
            form=form,
            unit=unit,
            minimum=minimum,
            commutes=commutes,
            cost=cost,
            cacheable=cacheable,
            infix=infix,
            rule=rule,
            doc=(inspect.getdoc(reference) or "").split("\n")[0],
            builtin=reference.__module__.startswith("dfqgp."),
        )
        register(declared)
        return reference

    return declare if reference is None else declare(reference)


def register(declared: Operator) -> None:
    """Add an operator after probing it; a user's own may be declared again, as a notebook cell is run again."""
    known = _operators.get(declared.name)
    if known is not None and (known.builtin or declared.builtin):
        raise OperatorError(name=declared.name, reason="the name is taken", given="-", result="-")
    if len(declared.doc) < _MIN_DOC:
        raise OperatorError(name=declared.name, reason="it has no docstring", given="-", result=repr(declared.doc))
    probe(declared)
    _operators[declared.name] = declared


def unregister(name: str) -> None:
    """Forget a user's operator; raises OperatorError for a built-in or an unknown one."""
    if name not in _operators or _operators[name].builtin:
        raise OperatorError(name=name, reason="it is not a user's operator", given="-", result="-")
    del _operators[name]


def restore(before: Mapping[str, Operator]) -> None:
    """Make the registry what it was; nothing is probed, since all of it was registered then."""
    _operators.clear()
    _operators.update(before)


def _arguments(reference: Callable[..., Matrix]) -> tuple[tuple[Argument, ...], Role | None]:
    try:
        arguments, result = arguments_of(reference)
    except (TypeError, NameError) as error:
        raise OperatorError(
            name=reference.__name__,
            reason=f"{error}; expected Numeric, Boolean, Group, Window, ...",
            given="-",
            result="-",
        ) from error
    if result not in (Role.PANEL, Role.BOOLEAN):
        raise OperatorError(name=reference.__name__, reason="it must return Numeric or Boolean", given="-", result="-")
    return arguments, result


def _kind(arguments: tuple[Argument, ...]) -> Kind:
    roles = {each.role for each in arguments}
    if Role.UNIVERSE in roles:
        return Kind.CROSS
    return Kind.TIME if any(each.rows is not None for each in arguments) else Kind.ELEMENT


def _with_minimum(argument: Argument, minimum: int) -> Argument:
    if argument.role is not Role.WINDOW:
        return argument
    return replace(argument, low=max(argument.low, minimum))
