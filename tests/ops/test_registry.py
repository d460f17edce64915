"""The registry proves what a declaration says, and the references are those of pandas."""

import numpy as np
import pandas as pd
import pytest
from panels import hard_inputs

from dfqgp.errors import OperatorError
from dfqgp.ops import OPERATORS, Arg, Cost, Kind, Operator, register, registry
from dfqgp.ops.units import SAME

UNIVERSE = np.ones((80, 20), dtype=bool)


def declared(reference, *, kind=Kind.ELEMENT, args=(Arg.PANEL,), minimum=1, commutes=False, name="op_under_test"):
    """Doc."""
    names = ("x", "w")[: len(args)]
    return Operator(name, kind, args, names, reference, SAME, minimum, commutes, Cost.PASS, None, "A test operator.")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (declared(lambda x: x[:-1]), "wrong shape"),
        (declared(lambda x: x * np.nan), "no value on clean input"),
        (declared(np.ones_like), "a value without input"),
        (declared(lambda x: x - x[::-1]), "reads rows outside"),
        (
            declared(lambda x, w: np.roll(x, w, axis=0), kind=Kind.TIME, args=(Arg.PANEL, Arg.WINDOW)),
            "reads rows outside",
        ),
        (
            declared(lambda x, w: np.roll(x, -w, axis=0), kind=Kind.TIME, args=(Arg.PANEL, Arg.WINDOW)),
            "reads rows outside",
        ),
        (declared(lambda x, y: x - y, args=(Arg.PANEL, Arg.PANEL), commutes=True), "does not commute"),
        (declared(lambda x: -x, name="add"), "the name is taken"),
    ],
)
def test_a_wrong_declaration_is_refused(bad, reason):
    before = dict(OPERATORS)
    with pytest.raises(OperatorError, match=reason):
        register(bad)
    assert dict(OPERATORS) == before


def test_a_right_declaration_is_not():
    register(declared(lambda x: x * 2))
    try:
        assert OPERATORS["op_under_test"].lookback([]) == 0
    finally:
        del registry._operators["op_under_test"]


def rolling(x, w):
    frame = pd.DataFrame(x.astype(np.float64)).replace([np.inf, -np.inf], np.nan)
    return frame.rolling(w, min_periods=max(1, -(-w // 2)))


PANDAS = {
    "ts_mean": lambda x, w: rolling(x, w).mean(),
    "ts_std": lambda x, w: rolling(x, w).std(),
    "ts_min": lambda x, w: rolling(x, w).min(),
    "ts_max": lambda x, w: rolling(x, w).max(),
    "ts_rank": lambda x, w: rolling(x, w).rank(pct=True),
    "ts_delta": lambda x, w: pd.DataFrame(x.astype(np.float64)).diff(w),
    "ts_pct": lambda x, w: pd.DataFrame(x.astype(np.float64)).pct_change(w, fill_method=None),
}


@pytest.mark.parametrize("name", PANDAS)
@pytest.mark.parametrize("w", [3, 10, 20])
def test_references_are_those_of_pandas(name, w):
    """On tame columns: pandas' sliding sums do not recover from 1e30."""
    x = hard_inputs(80, 20, 0)[:, [1, 3, 5, 8, 11, 12, 13, 14]]
    value = OPERATORS[name].apply([x, w], UNIVERSE[:, :8])
    expected = PANDAS[name](x, w).replace([np.inf, -np.inf], np.nan).to_numpy().copy()
    expected[: OPERATORS[name].lookback([w])] = np.nan
    if name == "ts_rank":
        expected[np.isnan(x)] = np.nan
    np.testing.assert_allclose(value, expected, rtol=2e-5, atol=1e-7)


def test_cross_sections_are_those_of_pandas():
    rng = np.random.default_rng(0)
    x, universe = hard_inputs(80, 20, 0), rng.random((80, 20)) < 0.8
    frame = pd.DataFrame(np.where(universe & np.isfinite(x), x, np.nan).astype(np.float64))
    rank = OPERATORS["cs_rank"].apply([x], universe)
    np.testing.assert_allclose(rank, frame.rank(axis=1, pct=True), rtol=1e-6)
    demeaned = OPERATORS["cs_demean"].apply([x], universe)
    np.testing.assert_allclose(demeaned, frame.sub(frame.mean(axis=1), axis=0), rtol=1e-5)
    z = OPERATORS["cs_zscore"].apply([x], universe)
    np.testing.assert_allclose(
        z, frame.sub(frame.mean(axis=1), axis=0).div(frame.std(axis=1, ddof=0), axis=0), rtol=1e-5
    )
    codes = np.tile(np.arange(20) % 3 - 1, (80, 1)).astype(np.int16)
    grouped = OPERATORS["group_demean"].apply([x, codes], universe)
    for t in (0, 40):
        row = frame.iloc[t]
        means = row.groupby(codes[t]).transform("mean")
        np.testing.assert_allclose(grouped[t], np.where(codes[t] >= 0, row - means, np.nan), rtol=1e-5)


def test_decay_and_correlation_by_hand():
    x = np.array([[1.0], [2.0], [4.0], [np.nan], [3.0]], dtype=np.float32)
    one = np.ones((5, 1), dtype=bool)
    decay = OPERATORS["ts_decay_linear"].apply([x, 3], one)
    assert decay[2, 0] == pytest.approx((1 * 1 + 2 * 2 + 3 * 4) / 6)
    assert decay[4, 0] == pytest.approx((1 * 4 + 3 * 3) / 4)
    y = -x
    corr = OPERATORS["ts_corr"].apply([x, y, 3], one)
    assert corr[2, 0] == pytest.approx(-1)
    assert np.isnan(corr[4, 0])
