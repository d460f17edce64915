"""What the registry and the operators' own behaviour say about operators, as tables."""

from __future__ import annotations

from importlib import util
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends.settings import BACKEND_NAMES
from dfqgp.ops import OPERATORS, Kind, Operator, Role
from dfqgp.ops.units import CURRENCY, PRICE, RATIO, SHARES
from reference_pages.markdown import code, table

if TYPE_CHECKING:
    from dfqgp.ops.units import Unit

_WINDOW = 6
_LARGE = 100


def operator_table(kind: Kind) -> str:
    """Return the table of one kind's operators, in the order of declaration."""
    head = ("operator", "infix", "value", "units asked for", "example", "swaps", "lookback", "minimum", "NaN where")
    return table(head, (_row(op) for op in OPERATORS.values() if op.kind is kind))


def _row(op: Operator) -> tuple[str, ...]:
    windowed = has_window(op)
    return (
        code(op.signature()),
        code(op.infix) if op.infix else "",
        op.doc,
        op.unit.name,
        unit_example(op),
        "yes" if op.commutes else "",
        lookback_text(op),
        str(op.minimum) if windowed else "",
        missing_rule(op),
    )


def unit_example(op: Operator) -> str:
    """Return which units come out of which, for units that the operator accepts.

    Examples
    --------
    >>> unit_example(OPERATORS["div"]), unit_example(OPERATORS["add"]), unit_example(OPERATORS["log"])
    ('currency, shares: price', 'price, price: price', 'ratio: ratio')
    """
    tries: tuple[tuple[Unit, ...], ...] = ((CURRENCY, SHARES), (PRICE, PRICE), (RATIO, RATIO))
    for units in tries:
        given = units[: len(op.panels)]
        result = op.unit.result(given)
        if result is not None:
            return f"{', '.join(map(str, given))}: {result}"
    raise ValueError(f"{op.name} takes none of {tries}")


def lookback_text(op: Operator) -> str:
    """Return the lookback as a formula of the operator's own arguments.

    Examples
    --------
    >>> lookback_text(OPERATORS["ts_mean"]), lookback_text(OPERATORS["ts_delay"]), lookback_text(OPERATORS["abs"])
    ('w - 1', 'd', '0')
    """
    names = [each.name for each in op.literals]
    beyond = op.lookback([_LARGE] * len(names)) - _LARGE * len(names)
    return " ".join([" + ".join(names) or "0", *([f"- {-beyond}"] if beyond else [])])


def missing_rule(op: Operator) -> str:
    """Return in words where the value is NaN on finite results, found by trying the definition.

    Examples
    --------
    >>> missing_rule(OPERATORS["ts_rank"])
    'fewer than max(1, ceil(w/2)) finite in the window; x[t] is'
    """
    if op.kind is Kind.ELEMENT:
        return "either argument is" if len(op.panels) > 1 else "x is"
    if op.kind is Kind.CROSS:
        return "outside the universe; x is" + ("; the group is unknown" if op.takes_group else "")
    if not has_window(op):
        return "x[t] or x[t-d] is" if needs_today(op) else "x[t-d] is"
    what = "finite" if len(op.panels) == 1 else "finite pairs"
    return f"fewer than max({op.minimum}, ceil(w/2)) {what} in the window" + ("; x[t] is" if needs_today(op) else "")


def has_window(op: Operator) -> bool:
    """Return whether an operator takes a window."""
    return any(each.role is Role.WINDOW for each in op.literals)


def needs_today(op: Operator) -> bool:
    """Return whether a time-series operator is NaN at t where its inputs are NaN at t alone."""
    panels = [np.arange(2 * _WINDOW, dtype=np.float32)[:, None] ** (1 + each) for each in range(len(op.panels))]
    for panel in panels:
        panel[-1] = np.nan
    value = op.apply([*panels, _WINDOW], np.ones((2 * _WINDOW, 1), dtype=bool))
    return bool(np.isnan(value[-1, 0]))


def support_table() -> str:
    """Return which backend computes which operator."""
    kernels = {name: kernels_of(name) for name in BACKEND_NAMES}
    rows = (
        (code(op), *("yes" if op in names else "no" for names in kernels.values()))
        for op in OPERATORS
    )  # fmt: skip
    total = ("all", *(f"{len(names)} of {len(OPERATORS)}" for names in kernels.values()))
    return table(("operator", *map(code, kernels)), [*rows, total])


def kernels_of(backend: str) -> frozenset[str]:
    """Return the operators that a backend computes; none where its package is not there yet.

    Every operator has a definition in NumPy, which is what the reference backend runs. Any other backend is a package
    of its name in dfqgp.backends, and compiles every operator that declares a form.
    """
    if backend == "reference":
        return frozenset(OPERATORS)
    if util.find_spec(f"dfqgp.backends.{backend}") is None:
        return frozenset()
    return frozenset(name for name, op in OPERATORS.items() if op.form is not None)
