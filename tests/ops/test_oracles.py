"""Every definition against another library: pandas, bottleneck, scipy, statsmodels or NumPy.

On tame columns: some of them keep sums which rows enter and leave, and these do not survive 1e30 (docs/numerics.md).
"""

from itertools import product

import numpy as np
import pytest
from ops.oracles_of_day import OF_CELL, OF_DAY
from ops.oracles_of_time import ORACLES as OF_TIME

from dfqgp.ops import OPERATORS, Kind, Role

ROWS, COLUMNS = 45, 9
WINDOWS = (2, 4, 5, 20)
TOLERANCE = {"ts_corr": {"atol": 1e-5}, "ts_partial_corr": {"atol": 1e-5}, "ts_cov": {"atol": 1e-5}}
"""Beside a relative 2e-6: a covariance of nearly 0 is the rounding of its terms."""

TABLES = {Kind.ELEMENT: OF_CELL, Kind.TIME: OF_TIME, Kind.CROSS: OF_DAY}


def tame(seed, columns=COLUMNS):
    """Columns without extremes: gaps, ties, a level, few values, equal ones, whole days that are equal."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((ROWS, columns)).astype(np.float32)
    x[rng.random(x.shape) < 0.1] = np.nan
    x[:, 0] = np.round(x[:, 0])
    x[:, 1] = 30 + rng.uniform(-0.5, 0.5, ROWS)
    x[::2, 2] = np.nan
    x[:, 3] = 0.1
    x[15:40, 4] = 7
    x[:, 5] = np.round(x[:, 5] * 2) / 2
    x[ROWS // 2 :, 6] = np.nan
    x[10], x[11] = 0.3, 0.0
    return x


def literals_of(op):
    """Values of every literal, legal together, that the panel's rows have room for."""
    choices = ([v for v in each.draws or WINDOWS if each.accepts(v)] for each in op.literals)
    return [each for each in product(*choices) if not op.problem(each) and op.lookback(each) < ROWS]


def inputs_of(op, seed=0):
    """Panels, groups and universe for an operator."""
    panels = [tame(seed + k) for k in range(len(op.panels))]
    panels = [np.where(np.isfinite(x), x > 0, np.nan).astype(np.float32) if each.role is Role.BOOLEAN else x
              for each, x in zip(op.panels, panels, strict=True)]  # fmt: skip
    rng = np.random.default_rng(seed)
    codes = np.tile(rng.integers(-1, 3, COLUMNS).astype(np.int16), (ROWS, 1))
    return panels, codes, rng.random((ROWS, COLUMNS)) < 0.9


def enough(op, panels, literals):
    """Cells whose window is complete and has as many finite inputs as the operator needs."""
    back = op.lookback(literals)
    there = np.isfinite(np.stack(panels)).all(axis=0)
    counted = np.cumsum(np.vstack([np.zeros(COLUMNS), there]), axis=0)
    out = np.zeros(there.shape, dtype=bool)
    out[back:] = counted[back + 1 :] - counted[: len(counted) - back - 1] >= op.needed(literals)
    return out


@pytest.mark.parametrize("name", OPERATORS)
def test_definition_is_that_of_another_library(name):
    op = OPERATORS[name]
    _, oracle = TABLES[op.kind][name]
    panels, codes, universe = inputs_of(op)
    exact = [x.astype(np.float64) for x in panels]
    for literals in literals_of(op):
        rest = iter(panels)
        given = [codes if each.role is Role.GROUP else next(rest) for each in op.arguments if not each.is_literal]
        value = op.apply([*given, *literals], universe)
        if op.kind is Kind.CROSS:
            exact = [np.where(universe, x, np.nan) for x in exact]
        with np.errstate(all="ignore"):
            expected = np.array(oracle(*exact, *([codes] if op.takes_group else []), *literals), dtype=np.float32)
        expected[~np.isfinite(expected)] = np.nan
        if op.kind is Kind.TIME and op.lookback(literals) and op.needed(literals):
            windowed = any(each.role is Role.WINDOW for each in op.literals)
            expected[~enough(op, exact, literals) if windowed else slice(op.lookback(literals))] = np.nan
        np.testing.assert_allclose(value, expected, **({"rtol": 2e-6, "atol": 1e-6} | TOLERANCE.get(name, {})))
        assert np.isfinite(value).sum() > ROWS


def test_every_operator_has_an_oracle():
    named = {name: kind for kind, table in TABLES.items() for name in table}
    assert named == {name: op.kind for name, op in OPERATORS.items() if op.builtin}
