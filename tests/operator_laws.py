"""Laws of an operator on a backend, for built-in operators and for those that tests declare."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from accuracy.measure import EXACT_OPERATORS
from panels import hard_inputs, permuted, random_panel, with_fields

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import call, constant, field, group
from dfqgp.ops import Kind, Role

ROWS, COLUMNS = 130, 40
CUTS = (1, 17, 63, 64)

# A correlation of 1e-17 is a rounded 0, and so is a residual of 1e-9 where inputs are 1e7.
RATIO, FIRST, BOTH = ({"rtol": 1e-4, "atol": atol, "inputs_seen": n} for atol, n in ((1e-6, 0), (1e-12, 1), (1e-12, 2)))
TOLERANCE = dict.fromkeys(("ts_corr", "ts_partial_corr", "ts_skew", "ts_kurt", "ts_rsquare"), RATIO)
TOLERANCE |= dict.fromkeys(("ts_beta", "ts_alpha", "ts_resid", "ts_slope", "ts_detrend", "cs_resid"), FIRST)
TOLERANCE |= {"ts_cov": BOTH}


def promised(op):
    """How close to its definition a built-in operator has to be, as options of ``away``."""
    return {"exact": op.name in EXACT_OPERATORS} | TOLERANCE.get(op.name, {})


def inputs(columns=COLUMNS):
    return [hard_inputs(ROWS, columns, seed) for seed in (1, 2, 3)]


def literals_of(op):
    """Literals to try: several windows, and every value that random trees draw of the others."""
    windows = (1, 2, 3, 4, 5, 20, 60, ROWS - 1, ROWS, 400)
    every = product(*([v for v in each.draws or windows if each.accepts(v)] for each in op.literals))
    return [literals for literals in every if not op.problem(literals)]


def truths(matrix):
    """A matrix as booleans: 1, 0 or NaN."""
    return np.where(np.isfinite(matrix), matrix > 0, np.nan).astype(np.float32)


def call_of(op, panels, literals=()):
    """The operator applied to sub-expressions and literals, and to the grouping where it takes one."""
    rest = iter(panels)
    args = [group("industry") if each.role is Role.GROUP else next(rest)
            for each in op.arguments if not each.is_literal]  # fmt: skip
    return call(op.name, tuple(args), tuple(literals))


def run(backend, op, panel, matrices, literals=()):
    """Apply an operator to matrices: truths where it wants booleans."""
    given = [truths(x) if each.role is Role.BOOLEAN else x for each, x in zip(op.panels, matrices, strict=False)]
    changed = with_fields(panel, given)
    node = call_of(op, [field(name) for name in "xyz"[: len(op.panels)]], literals)
    return Engine(changed, backend, operators=[op]).evaluate([node])[0]


def magnitudes(op, matrices, literals):
    """The product of the largest absolute values that a result was made from, of each input in ``matrices``."""
    product = np.ones(matrices[0].shape)
    for x in matrices:
        size = pd.DataFrame(np.where(np.isfinite(x), np.abs(x), 0).astype(np.float64))
        if op.kind is Kind.CROSS:
            product *= size.max(axis=1).to_numpy()[:, None]
        else:
            product *= size.rolling(op.lookback(literals) + 1, min_periods=1).max().to_numpy()
    return product


def away(op, value, expected, matrices, literals, *, exact=False, rtol=1e-5, atol=0.0, inputs_seen=0):
    """Cells where values are not the definition's, to the last bit where that is promised.

    Differences of large numbers may leave a rounded 0: ``atol`` is in units of the first ``inputs_seen`` inputs.
    """
    if exact:
        return (value != expected) & ~(np.isnan(value) & np.isnan(expected))
    least = atol * magnitudes(op, matrices[: inputs_seen or 1], literals) ** bool(inputs_seen)
    there = ~np.isnan(expected)
    return (np.isnan(value) == there) | (there & (np.abs(value - expected) > least + rtol * np.abs(expected)))


def further(op, value, expected, inputs, universe):
    """Cells where values are further from the truth than the definition in float64 is, by more than a rounding.

    The truth is the definition in extended precision. Where the definition's own digits have cancelled, a backend that
    differs from it may well be the nearer one.
    """
    wide = [
        finite(x).astype(np.longdouble) if each.is_panel else x for each, x in zip(op.arguments, inputs, strict=True)
    ]
    with np.errstate(all="ignore"):
        truth = op.reference(*wide, *((universe,) if op.kind is Kind.CROSS else ()))
        return ~(np.abs(value - truth) <= np.abs(expected - truth) + 2.0**-23 * np.abs(truth))


def finite(x):
    return np.where(np.isfinite(x), x, np.nan)


def check_reference(op, backend, reference, **tolerance):
    """A backend agrees with the definition on hard inputs."""
    panel = random_panel(ROWS, COLUMNS, origin=5)
    for literals in literals_of(op):
        value, expected = (run(each, op, panel, inputs(), literals) for each in (backend, reference))
        wrong = away(op, value, expected, inputs(), literals, **tolerance)
        np.testing.assert_array_equal(value[wrong], expected[wrong])


def check_numbers(op, backend):
    """A number in the last place stands for a panel of it."""
    panel, literals = random_panel(ROWS, COLUMNS), literals_of(op)[0]
    *first, last = [truths(x) if each.role is Role.BOOLEAN else x for each, x in zip(op.panels, inputs(), strict=False)]
    number = 1.0 if op.panels[-1].role is Role.BOOLEAN else 0.7
    expected = run(backend, op, panel, [*first, np.full_like(last, number)], literals)
    node = call_of(op, [*(field(name) for name in "xyz"[: len(first)]), constant(number)], literals)
    engine = Engine(with_fields(panel, first or [last]), backend)
    np.testing.assert_array_equal(engine.evaluate([node])[0], expected)


def check_future(op, backend):
    """Later rows never change earlier values."""
    panel = random_panel(ROWS, COLUMNS)
    changed = [x.copy() for x in inputs()]
    for x in changed:
        x[100:] = 1e6 * np.random.default_rng(3).standard_normal(x[100:].shape)
    for literals in literals_of(op):
        before, after = (run(backend, op, panel, those, literals) for those in (inputs(), changed))
        np.testing.assert_array_equal(before[:100], after[:100])


def check_history(op, backend, cut):
    """Prepended history changes no bit: a value reads its own window alone, in an order that the calendar fixes."""
    panel, matrices = random_panel(ROWS, COLUMNS, origin=11), inputs()
    for x in matrices:  # (1e20 + 1) - 1e20 is 0 and (1e20 - 1e20) + 1 is 1: another order shows at once
        x[::3, 13], x[1::3, 13] = 1e20, -1e20
    later = panel.rows(cut, ROWS)
    for literals in literals_of(op):
        whole = run(backend, op, panel, matrices, literals)[cut:]
        part = run(backend, op, later, [np.ascontiguousarray(x[cut:]) for x in matrices], literals)
        there = ~np.isnan(part)
        np.testing.assert_array_equal(part[there], whole[there])
        rows = op.lookback(literals)
        np.testing.assert_array_equal(part[rows:], whole[rows:])


def check_assets(op, backend):
    """The order of assets does not matter; sums of a day run in their order, so they may round otherwise."""
    panel, order = random_panel(ROWS, COLUMNS), np.random.default_rng(4).permutation(COLUMNS)
    turned = [np.ascontiguousarray(x[:, order]) for x in inputs()]
    for literals in literals_of(op)[:6]:
        value = run(backend, op, panel, inputs(), literals)[:, order]
        shuffled = run(backend, op, permuted(panel, order), turned, literals)
        if op.kind is Kind.CROSS:
            least = 1e-12 * magnitudes(op, turned[:1], literals) + 1e-5 * np.abs(value)
            np.testing.assert_array_equal(np.isnan(shuffled), np.isnan(value))
            assert not (np.abs(shuffled - value) > least).any()
        else:
            np.testing.assert_array_equal(shuffled, value)


def check_threads(op, name):
    """The number of threads of the CPU changes no bit."""
    panel, literals = random_panel(ROWS, 300), literals_of(op)[-4:][0]
    one, *others = (
        run(open_backend(BackendSettings(name=name, threads=n)), op, panel, inputs(300), literals) for n in (1, 2, 5)
    )
    for other in others:
        np.testing.assert_array_equal(one, other)


def check_all(op, backend, reference, **tolerance):
    """Every law above."""
    check_reference(op, backend, reference, **tolerance)
    check_future(op, backend)
    check_history(op, backend, 17)
    check_assets(op, backend)
    if backend.name == "cpu":
        check_threads(op, backend.name)
