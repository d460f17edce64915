"""Values of what dialects mean, against the definitions of those tools in pandas, on a panel without gaps."""

import numpy as np
import pandas as pd
import pytest
from panels import random_panel

import dfqgp as dq

BASE = random_panel(70, 12, missing=0.0)
PANEL = dq.Panel(
    BASE.dates, BASE.codes, BASE.fields, BASE.units, BASE.groups, np.ones(BASE.shape, dtype=bool), BASE.buyable
)
OPEN, HIGH, LOW, CLOSE, VOLUME, AMOUNT, RETURNS = (
    pd.DataFrame(PANEL.field(name).astype(np.float64))
    for name in ("open", "high", "low", "close", "volume", "amount", "returns")
)
GROUPS = PANEL.groups["industry"]


def windows(frame, w, function):
    """What a tool applies to each window, with as many rows as it has at the start."""
    return frame.rolling(w, min_periods=1).apply(function, raw=True)


def trend(window):
    """Slope, R2 and last residual on the place in the window, as qlib's."""
    x = np.arange(1.0, len(window) + 1)
    slope = np.cov(x, window)[0, 1] / np.var(x, ddof=1)
    fitted = window.mean() + slope * (x - x.mean())
    return slope, np.corrcoef(x, window)[0, 1] ** 2, window[-1] - fitted[-1]


def part_of_trend(part, w=7):
    return CLOSE.rolling(w).apply(lambda window: trend(window)[part], raw=True)


def linear(window):
    weights = np.arange(1.0, len(window) + 1)
    return (weights * window).sum() / weights.sum()


def protected(condition, value, instead):
    return value.where(condition, instead)


QLIB = {
    "Ref($close, 3)": lambda: CLOSE.shift(3),
    "Delta($close, 3)": lambda: CLOSE - CLOSE.shift(3),
    "Mean($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).mean(),
    "Sum($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).sum(),
    "Std($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).std(),
    "Var($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).var(),
    "Skew($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).skew(),
    "Kurt($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).kurt(),
    "Max($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).max(),
    "Min($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).min(),
    "IdxMax($close, 7)": lambda: windows(CLOSE, 7, lambda x: x.argmax() + 1),
    "IdxMin($close, 7)": lambda: windows(CLOSE, 7, lambda x: x.argmin() + 1),
    "Med($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).median(),
    "Mad($close, 7)": lambda: windows(CLOSE, 7, lambda x: np.mean(np.abs(x - x.mean()))),
    "Quantile($close, 7, 0.3)": lambda: CLOSE.rolling(7, min_periods=1).quantile(0.3),
    "Rank($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).rank(pct=True),
    "Count($close, 7)": lambda: CLOSE.rolling(7, min_periods=1).count(),
    "Slope($close, 7)": lambda: part_of_trend(0),
    "Rsquare($close, 7)": lambda: part_of_trend(1),
    "Resi($close, 7)": lambda: part_of_trend(2),
    "WMA($close, 7)": lambda: windows(CLOSE, 7, lambda x: linear(x) / len(x)),
    "EMA($close, 4)": lambda: windows(CLOSE, 16, lambda x: pd.Series(x).ewm(span=4).mean().iloc[-1]),
    "Corr($close, $volume, 7)": lambda: CLOSE.rolling(7, min_periods=1).corr(VOLUME),
    "Cov($close, $volume, 7)": lambda: CLOSE.rolling(7, min_periods=1).cov(VOLUME),
    "Power($returns, 2) + Power($returns, 3) * $returns ** 4": lambda: RETURNS**2 + RETURNS**3 * RETURNS**4,
    "Power($returns, 0.5)": lambda: RETURNS**0.5,
    "Greater($returns, 0) - Less($returns, 0)": lambda: np.maximum(RETURNS, 0) - np.minimum(RETURNS, 0),
    "If(Ne($open, $close), $open, 0)": lambda: OPEN.where(OPEN != CLOSE, 0),
    "Mean($close>Ref($close, 1), 5)": lambda: (CLOSE.shift(1) < CLOSE).astype(float).rolling(5, min_periods=1).mean(),
    "Sub(Mul($close, 2), Div($open, 3)) + Add($low, Abs(Sign($returns)))": lambda: (
        CLOSE * 2 - OPEN / 3 + LOW + RETURNS.abs().apply(np.sign)
    ),
}
ALPHA = {
    "rank(close)": lambda: CLOSE.rank(axis=1, pct=True),
    "delay(close, 3.9) - delta(close, 2.1)": lambda: CLOSE.shift(3) - (CLOSE - CLOSE.shift(2)),
    "correlation(close, volume, 6.7)": lambda: CLOSE.rolling(6).corr(VOLUME),
    "correlation(close, volume, 2)": lambda: np.sign(CLOSE.diff()) * np.sign(VOLUME.diff()),
    "covariance(close, open, 5)": lambda: CLOSE.rolling(5).cov(OPEN),
    "scale(returns, 3)": lambda: RETURNS.div(RETURNS.abs().sum(axis=1), axis=0) * 3,
    "signedpower(returns, 0.5)": lambda: np.sign(RETURNS) * RETURNS.abs() ** 0.5,
    "decay_linear(close, 5.5)": lambda: CLOSE.rolling(5).apply(linear, raw=True),
    "ts_argmax(close, 6) - ts_argmin(close, 6)": lambda: (
        windows(CLOSE, 6, lambda x: x.argmax() + 1) - windows(CLOSE, 6, lambda x: x.argmin() + 1)
    ),
    "ts_rank(close, 6)": lambda: CLOSE.rolling(6).rank(pct=True),
    "min(close, 4) - max(close, open)": lambda: CLOSE.rolling(4).min() - np.maximum(CLOSE, OPEN),
    "product(1 + returns, 4)": lambda: windows(1 + RETURNS, 4, np.prod),
    "sum(close, 4) / stddev(close, 4)": lambda: CLOSE.rolling(4).sum() / CLOSE.rolling(4).std(),
    "adv5": lambda: AMOUNT.rolling(5).mean(),
    "(close < open) * -1 + (low / high)^3": lambda: (CLOSE < OPEN) * -1 + (LOW / HIGH) ** 3,
    "close == open || close > low ? 1 : 2": lambda: (CLOSE > LOW).map(lambda c: 1.0 if c else 2.0),
    "rank(close)^rank(open)": lambda: CLOSE.rank(axis=1, pct=True) ** OPEN.rank(axis=1, pct=True),
    "indneutralize(close, IndClass.industry)": lambda: CLOSE.apply(
        lambda day: (day - day.groupby(GROUPS[0]).transform("mean")).where(GROUPS[0] >= 0), axis=1
    ),
}
GPLEARN = {
    "div(returns, sub(close, open))": lambda: protected((CLOSE - OPEN).abs() > 0.001, RETURNS / (CLOSE - OPEN), 1.0),
    "inv(returns)": lambda: protected(RETURNS.abs() > 0.001, 1 / RETURNS, 0.0),
    "log(returns)": lambda: protected(RETURNS.abs() > 0.001, np.log(RETURNS.abs()), 0.0),
    "sqrt(returns)": lambda: np.sqrt(RETURNS.abs()),
    "sig(neg(returns))": lambda: 1 / (1 + np.exp(RETURNS)),
    "add(max(X0, X3), min(mul(X0, 2.0), abs(X6)))": lambda: (
        np.maximum(OPEN, CLOSE) + np.minimum(2 * OPEN, RETURNS.abs())
    ),
}
CASES = [
    pytest.param(dialect, text, expected, id=f"{dialect}-{text}")
    for dialect, cases in (("qlib", QLIB), ("alpha101", ALPHA), ("gplearn", GPLEARN))
    for text, expected in cases.items()
]


@pytest.mark.parametrize(("dialect", "text", "expected"), CASES)
def test_values_are_those_of_the_other_tool(dialect, text, expected):
    tree = dq.parse(text, PANEL, typed=False, dialect=dialect)
    value = dq.evaluate(tree, PANEL, backend="reference").astype(np.float64)
    wanted = expected().to_numpy(dtype=np.float64, copy=True)
    wanted[: tree.lookback] = np.nan
    assert np.isfinite(wanted).mean() > 0.2
    np.testing.assert_array_equal(np.isnan(value), np.isnan(wanted))
    np.testing.assert_allclose(value, wanted, rtol=2e-4, atol=2e-5)


def test_every_function_of_the_tables_is_compared():
    from dfqgp.expr.dialects.readers import READERS  # noqa: PLC0415

    trivial = {"abs", "sign", "log", "ts_min", "ts_max", "add", "sub", "mul"}
    for name, cases in (("qlib", QLIB), ("alpha101", ALPHA), ("gplearn", GPLEARN)):
        texts = " ".join(cases)
        functions = {signature.partition("(")[0] for signature in READERS[name].meanings}
        missing = {each for each in functions if f"{each}(" not in texts} - trivial
        logic = {"Gt", "Ge", "Lt", "Le", "Eq", "And", "Or", "Not", "Abs", "Sign", "Log"} if name == "qlib" else set()
        assert missing <= logic, name
