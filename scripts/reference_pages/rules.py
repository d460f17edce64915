"""Where an operator's value is missing, in words; found by trying its definition."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.api.tables import lookback_text
from dfqgp.ops import Kind, Operator, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dfqgp.ops import Argument

_STOCKS = 40
_COUNTS = {1: "finite", 2: "finite pairs", 3: "finite triples"}
_NEEDS: dict[str, Callable[[int], int]] = {
    "1": lambda _: 1,
    "{name}": lambda n: n,
    "ceil({name}/2)": lambda n: -(-n // 2),
}
"""Formulas by which a literal may ask for finite inputs."""


def missing_rule(op: Operator) -> str:
    """Return in words where the value is NaN although it is defined.

    Examples
    --------
    >>> from dfqgp.ops import OPERATORS
    >>> missing_rule(OPERATORS["ts_rank"])
    'fewer than ceil(w/2) finite in the window; x[t] is'
    >>> missing_rule(OPERATORS["if_else"])
    'c is; x or y is, where it decides'
    """
    if op.kind is Kind.ELEMENT:
        return _of_cells(op)
    if op.kind is Kind.CROSS:
        names = [each.name for each in op.panels if _spread(op, each, 0) > 0]
        group = ["the group is unknown"] if op.takes_group else []
        return "; ".join(["outside the universe", *_are(names), *group])
    today = [each.name for each in op.panels if _spread(op, each, 0) > 0]
    if not has_window(op):
        days = [f"{each.name}[t{lag}]" for each in op.panels for lag in ("", "-d") if _spread(op, each, len(lag)) > 0]
        return _are(days)[0]
    return "; ".join([_needed(op), *_are([f"{name}[t]" for name in today])])


def has_window(op: Operator) -> bool:
    """Return whether an operator takes a window."""
    return any(each.role is Role.WINDOW for each in op.literals)


def literals_for(op: Operator, days: int) -> tuple[float, ...]:
    """Return legal literals: windows and delays of ``days`` days or the next that fit, of the others the first.

    Examples
    --------
    >>> from dfqgp.ops import OPERATORS
    >>> literals_for(OPERATORS["ts_quantile"], 5), literals_for(OPERATORS["ts_top_mean"], 5)
    ((5, 0.1), (5, 1))
    """
    tries = 50
    choices = (each.draws or range(max(days, int(each.low)), tries + int(each.low)) for each in op.literals)
    return next(given for given in product(*choices) if not op.problem(given))


def inputs_for(op: Operator, panels: Sequence[np.ndarray], literals: Sequence[float]) -> list[np.ndarray | float]:
    """Return an operator's inputs in order; all stocks are in one group."""
    rest, numbers = iter(panels), iter(literals)
    codes = np.zeros(panels[0].shape, dtype=np.int16)
    return [
        next(rest) if each.is_panel else next(numbers) if each.is_literal else codes
        for each in op.arguments
    ]  # fmt: skip


def random_inputs(op: Operator, rows: int, columns: int, seed: int = 0) -> list[np.ndarray]:
    """Return a panel for each panel argument: positive numbers, or 0 and 1."""
    rng = np.random.default_rng(seed)
    shape = (rows, columns)
    return [
        (rng.integers(0, 2, shape) if each.role is Role.BOOLEAN else rng.lognormal(size=shape)).astype(np.float32)
        for each in op.panels
    ]


def _of_cells(op: Operator) -> str:
    missing = {each.name: _spread(op, each, 0) for each in op.panels}
    always = [name for name, share in missing.items() if share == 1]
    sometimes = [name for name, share in missing.items() if 0 < share < 1]
    return "; ".join([*_are(always), *(f"{text}, where it decides" for text in _are(sometimes))])


def _are(names: Sequence[str]) -> list[str]:
    return [f"{' or '.join(names)} is"] if names else []


def _spread(op: Operator, hurt: Argument, lag: int) -> float:
    """Return the share of stocks whose value today is NaN when one argument is, today or one delay before.

    A cross-sectional value is tried with the first stock missing alone; any other one with all.
    """
    literals = literals_for(op, 7)
    lookback = op.lookback(literals)
    panels = random_inputs(op, lookback + 9, _STOCKS)
    place = op.panels.index(hurt)
    stocks = slice(0, 1) if op.kind is Kind.CROSS else slice(None)
    panels[place][-1 - (lookback if lag else 0), stocks] = np.nan
    value = op.apply(inputs_for(op, panels, literals), np.ones(panels[0].shape, dtype=bool))
    return float(np.isnan(value[-1, stocks]).mean())


def _needed(op: Operator) -> str:
    """Return how many finite inputs a window has to have, by the formulas of the literals."""
    terms = {_term(each) for each in op.literals if each.need is not None} | {str(op.minimum)}
    asked = sorted(terms - {"1"}, key=lambda term: (term.startswith("ceil"), term))
    rows = lookback_text(op)
    where = "in the window" if rows == "w - 1" else f"in {rows.removesuffix(' - 1')} rows"
    what = f"{_COUNTS[len(op.panels)]} {where}"
    if not asked:
        return f"none {what}"
    least = asked[0] if len(asked) == 1 else f"max({', '.join(asked)})"
    return f"fewer than {least} {what}"


def _term(argument: Argument) -> str:
    tries = range(int(argument.low), int(min(argument.high, 200 + argument.low)) + 1)
    for text, need in _NEEDS.items():
        if all(argument.need(n) == need(n) for n in tries):
            return text.format(name=argument.name)
    raise ValueError(f"no formula of {_NEEDS} is what '{argument.name}' needs; {math.ceil(len(tries))} values tried")
