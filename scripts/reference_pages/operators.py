"""What the registry says about operators, as tables."""

from __future__ import annotations

import ast
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import dfqgp
from dfqgp.api.tables import lookback_text
from dfqgp.backends.instructions import STACK
from dfqgp.backends.settings import BACKEND_NAMES
from dfqgp.expr import result_unit
from dfqgp.ops import OPERATORS, Elementwise, Kind, Operator, Role
from dfqgp.ops.arguments import LONGEST
from dfqgp.ops.units import BOOLEAN, CURRENCY, PRICE, RATIO, SHARES
from reference_pages.markdown import code, table
from reference_pages.rules import missing_rule

if TYPE_CHECKING:
    from dfqgp.ops import Argument
    from dfqgp.ops.units import Unit

_COMPILED = {"cpu": ("kernels.py", "_LOOPS"), "gpu": ("operators.py", "_KERNELS")}
"""In which module of a backend which table has its loops by form; read as text, since a GPU's takes its extra."""


def operator_table(kind: Kind) -> str:
    """Return the table of one kind's operators, in the order of declaration."""
    operators = [op for op in OPERATORS.values() if op.kind is kind]
    lookback = ("lookback",) if kind is Kind.TIME else ()
    head = ("operator", "value", "numbers", *lookback, "NaN where", "units asked for", "units", "swaps", "cost")
    return table(head, (_row(op, with_lookback=bool(lookback)) for op in operators))


def _row(op: Operator, *, with_lookback: bool) -> tuple[str, ...]:
    return (
        code(op.signature()) + (f", {code(f'x {op.infix} y')}" if op.infix else ""),
        op.doc,
        numbers_text(op),
        *((lookback_text(op),) if with_lookback else ()),
        missing_rule(op),
        op.unit.name,
        unit_example(op),
        "yes" if op.commutes else "",
        f"{op.cost.value:g}",
    )


def numbers_text(op: Operator) -> str:
    """Return the legal ranges of an operator's numbers; windows and delays from 1 to the greatest are left out.

    Examples
    --------
    >>> numbers_text(OPERATORS["ts_top_mean"]), numbers_text(OPERATORS["clip"])
    ('k from 1 to 250', 'lo, hi from -1e+09 to 1e+09; lo less than hi')
    """
    ranges: dict[str, list[str]] = {}
    for each in op.literals:
        text = _range(each)
        if text:
            ranges.setdefault(text, []).append(each.name)
    rule = [op.rule.says] if op.rule is not None else []
    return "; ".join([*(f"{', '.join(names)} {text}" for text, names in ranges.items()), *rule])


def _range(argument: Argument) -> str:
    if argument.role in (Role.WINDOW, Role.DELAY) and argument.high == LONGEST:
        return f"from {argument.low:g}" if argument.low > 1 else ""
    return f"from {argument.low:g} to {argument.high:g}"


def unit_example(op: Operator) -> str:
    """Return which units come out of which, for units that the operator accepts.

    Examples
    --------
    >>> unit_example(OPERATORS["div"]), unit_example(OPERATORS["add"]), unit_example(OPERATORS["if_else"])
    ('currency, shares: price', 'price, price: price', 'boolean, price, price: price')
    """
    tries = [(CURRENCY, SHARES, PRICE), (PRICE, PRICE, PRICE), (RATIO, RATIO, RATIO)]
    tries += list(product((PRICE, RATIO, CURRENCY), repeat=3))
    for units in tries:
        given = _with_booleans(op, units)
        result = result_unit(op, given)
        if result is not None:
            return f"{', '.join(map(str, given))}: {result}"
    raise ValueError(f"{op.name} takes none of {tries}")


def _with_booleans(op: Operator, units: tuple[Unit, ...]) -> list[Unit]:
    rest = iter(units)
    return [BOOLEAN if each.role is Role.BOOLEAN else next(rest) for each in op.panels]


def support_table() -> str:
    """Return which backend computes the operators of which form."""
    kernels = {name: kernels_of(name) for name in BACKEND_NAMES}
    rows: dict[tuple[str, ...], list[str]] = {}
    for name, op in OPERATORS.items():
        form = type(op.form).__name__ if op.form is not None else "none"
        support = ("yes" if name in names else "no" for names in kernels.values())
        rows.setdefault((form, *support), []).append(code(name))
    total = ("all", "", *(f"{len(names)} of {len(OPERATORS)}" for names in kernels.values()))
    lines = ((code(form), ", ".join(names), *support) for (form, *support), names in rows.items())
    return table(("form", "operators", *map(code, kernels)), [*lines, total])


def kernels_of(backend: str) -> frozenset[str]:
    """Return the operators that a backend computes; none where its package is not there.

    Every operator has a definition in NumPy, which is what the reference backend runs. Any other backend compiles the
    operators whose form it has a loop for.
    """
    if backend == "reference":
        return frozenset(OPERATORS)
    forms = forms_of(backend)
    return frozenset(name for name, op in OPERATORS.items() if op.form is not None and _fits(op, backend, forms))


def _fits(op: Operator, backend: str, forms: frozenset[str]) -> bool:
    crowded = backend == "gpu" and isinstance(op.form, Elementwise) and len(op.panels) > STACK
    return type(op.form).__name__ in forms and not crowded


@cache
def forms_of(backend: str) -> frozenset[str]:
    """Return the names of the forms that a backend has a loop for, by its table of them.

    Examples
    --------
    >>> "Rolling" in forms_of("cpu"), forms_of("nothing_of_this_name")
    (True, frozenset())
    """
    file, name = _COMPILED.get(backend, ("", ""))
    path = Path(dfqgp.__file__).parent / "backends" / backend / file
    if not path.is_file():
        return frozenset()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name and isinstance(node.value, ast.Dict):
            chains = {"Elementwise"} if backend == "gpu" else set()  # computed in chains, by no kernel of its own
            return frozenset(ast.unparse(key) for key in node.value.keys if key is not None) | chains
    raise ValueError(f"{path.name} of backend {backend} has no table {name}")
