"""Examples of operators on one small panel, with the numbers that the definitions give.

The page runs as a doctest: what it shows is what the reference backend computes.
"""

from __future__ import annotations

import contextlib
import doctest
import io
from itertools import product
from typing import TYPE_CHECKING

from dfqgp.ops import OPERATORS, Kind, Operator, Role
from reference_pages.markdown import block

if TYPE_CHECKING:
    from collections.abc import Iterator

SETUP = """\
>>> import numpy as np
>>> import dfqgp as dq
>>> nan = np.nan
>>> of_stock_a = {  # over ten days
...     "x": (3, -1, 4, 8, 0, 6, nan, 9, -5, 10),
...     "y": (1, -1, -2, 3, 5, 4, 4, 6, 5, 7),
...     "z": (2, 1, 1, 3, 2, 5, 3, 1, 4, 2),
... }
>>> of_last_day = {  # of stocks A to G
...     "x": (10, 4, 4, -2, 7, 1, 5),
...     "y": (7, 3, 2, nan, 6, 2, 4),
...     "z": (2, 1, 3, 1, 4, 2, 2),
... }
>>> fields = {name: np.tile(np.float32(row), (10, 1)) for name, row in of_last_day.items()}
>>> for name, column in of_stock_a.items():
...     fields[name][:, 0] = column
>>> panel = dq.Panel(
...     dates=np.datetime64("2024-01-01") + np.arange(10),
...     codes=np.array(list("ABCDEFG")),
...     fields=fields,
...     units={name: "ratio" for name in fields},
...     groups={"g": np.tile(np.int16([0, 0, 0, 1, 1, -1, 0]), (10, 1))},  # F's group is unknown
...     universe=np.tile(np.array([True] * 6 + [False]), (10, 1)),  # G is no member
...     buyable=np.ones((10, 7), dtype=bool),
...     size=np.ones((10, 7), dtype=np.float32),
... )
>>> def stock(text):
...     values = dq.evaluate(text, panel, backend="reference")
...     print(*(f"{value + 0:.4g}" for value in values[:, 0]))
>>> def day(text):
...     values = dq.evaluate(text, panel, backend="reference")
...     print(*(f"{value + 0:.4g}" for value in values[-1]))
"""

_BOOLEANS = {"x": "gt(x, 3)", "y": "gt(y, 4)", "c": "gt(x, y)"}
_NUMERIC = {"by": "y"}
_DAYS = (5, 4, 3, 2)  # windows to try, so that the ten days have values
_LOOKBACK = 7


def setup() -> str:
    """Return the lines that make the panel."""
    return block(SETUP)


def examples(kind: Kind) -> str:
    """Return one call per operator of a kind, with the numbers that come out."""
    space: dict[str, object] = {}
    _run(SETUP, space)
    lines = []
    for text in calls(kind):
        lines += [f">>> {text}", _run(f">>> {text}\n", space)]
    return block("\n".join(lines))


def calls(kind: Kind) -> Iterator[str]:
    """Yield the calls that are shown."""
    shown = "day" if kind is Kind.CROSS else "stock"
    for op in OPERATORS.values():
        if op.kind is kind:
            yield f'{shown}("{example_of(op)}")'


def example_of(op: Operator) -> str:
    """Return an operator over the features of the small panel.

    Examples
    --------
    >>> example_of(OPERATORS["ts_beta"]), example_of(OPERATORS["ts_ema"]), example_of(OPERATORS["group_rank"])
    ('ts_beta(y, x, 5)', 'ts_ema(x, 2)', 'group_rank(x, g)')
    """
    literals = iter(_literals(op))
    parts = []
    for each in op.arguments:
        if each.is_literal:
            parts.append(str(next(literals)))
        elif each.role is Role.BOOLEAN:
            parts.append(_BOOLEANS[each.name])
        else:
            parts.append(_NUMERIC.get(each.name, each.name))
    return f"{op.name}({', '.join(parts)})"


def _literals(op: Operator) -> tuple[float, ...]:
    """Return legal literals: windows with values in ten days, and a middle one of the numbers that trees draw."""
    choices = (
        (each.draws[(len(each.draws) - 1) // 2],) if each.draws else [days for days in _DAYS if each.accepts(days)]
        for each in op.literals
    )
    return next(each for each in product(*choices) if not op.problem(each) and op.lookback(each) <= _LOOKBACK)


def _run(text: str, space: dict[str, object]) -> str:
    """Run lines of a doctest and return what they print."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for example in doctest.DocTestParser().get_examples(text):
            exec(compile(example.source, "<example>", "single"), space)  # noqa: S102 -- the lines above
    return printed.getvalue().rstrip("\n")
