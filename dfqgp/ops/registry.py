"""The registry of operators: declaring one proves it."""

from __future__ import annotations

import inspect
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from dfqgp.errors import OperatorError
from dfqgp.ops.probe import probe
from dfqgp.ops.spec import Arg, Cost, Kind, Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from dfqgp.ops.spec import Matrix
    from dfqgp.ops.units import UnitRule

_operators: dict[str, Operator] = {}

OPERATORS = MappingProxyType(_operators)
"""Every operator by name, in the order of declaration."""

_ARG_OF_NAME = {"g": Arg.GROUP, "w": Arg.WINDOW, "d": Arg.DELAY}
_MIN_DOC = 10

F = TypeVar("F", bound="Callable[..., Matrix]")


def operator(
    kind: Kind,
    *,
    unit: UnitRule,
    cost: Cost = Cost.PASS,
    minimum: int = 1,
    commutes: bool = False,
    infix: str | None = None,
) -> Callable[[F], F]:
    """Declare the decorated NumPy reference as an operator.

    The parameters' names say what the arguments are: ``w`` a window, ``d`` a delay, ``g`` a group, ``universe`` the
    day's mask that cross-sectional operators get, anything else a panel.

    Raises
    ------
    OperatorError
        If the name is taken, the docstring is missing, or a probe finds a wrong shape, an infinite value, a value
        where there is no input, or one that depends on rows outside the lookback.
    """

    def declare(reference: F) -> F:
        names = [name for name in inspect.signature(reference).parameters if name != "universe"]
        declared = Operator(
            name=reference.__name__.rstrip("_"),
            kind=kind,
            args=tuple(_ARG_OF_NAME.get(name, Arg.PANEL) for name in names),
            arg_names=tuple(names),
            reference=reference,
            unit=unit,
            minimum=minimum,
            commutes=commutes,
            cost=cost,
            infix=infix,
            doc=(inspect.getdoc(reference) or "").split("\n")[0],
        )
        register(declared)
        return reference

    return declare


def register(declared: Operator) -> None:
    """Add an operator after probing it; see ``operator`` for what is refused."""
    if declared.name in _operators:
        raise OperatorError(name=declared.name, reason="the name is taken", given="-", result="-")
    if len(declared.doc) < _MIN_DOC:
        raise OperatorError(name=declared.name, reason="it has no docstring", given="-", result=repr(declared.doc))
    probe(declared)
    _operators[declared.name] = declared
