"""The registry proves what a declaration says, and the references are those of pandas."""

from typing import Annotated

import numpy as np
import pandas as pd
import pytest
from panels import hard_inputs

from dfqgp.errors import OperatorError
from dfqgp.ops import OPERATORS, CrossSection, Elementwise, Rolling, operator, states, unregister, user_operators
from dfqgp.ops.arguments import Boolean, Numeric, Universe, Window, real
from dfqgp.ops.time_series import moments
from dfqgp.ops.units import SAME, TO_RATIO

UNIVERSE = np.ones((80, 20), dtype=bool)


def cut_short(x: Numeric) -> Numeric:
    """A test operator."""
    return x[:-1]


def nothing(x: Numeric) -> Numeric:
    """A test operator."""
    return x * np.nan


def invented(x: Numeric) -> Numeric:
    """A test operator."""
    return np.ones_like(x)


def upside_down(x: Numeric) -> Numeric:
    """A test operator."""
    return x - x[::-1]


def too_far_back(x: Numeric, w: Window) -> Numeric:
    """A test operator."""
    return np.roll(x, w, axis=0)


def from_the_future(x: Numeric, w: Window) -> Numeric:
    """A test operator."""
    return np.roll(x, -w, axis=0)


def difference(x: Numeric, y: Numeric) -> Numeric:
    """A test operator."""
    return x - y


def neg(x: Numeric) -> Numeric:
    """A test operator."""
    return -x


def double(x: Numeric) -> Numeric:
    """A test operator."""
    return 2 * x


def half_true(x: Numeric) -> Boolean:
    """A test operator."""
    return np.where(np.isnan(x), np.nan, 0.5)


def scaled(x: Numeric, a: Annotated[float, real(0.0, 1.0, draws=(2.0,))]) -> Numeric:
    """A test operator."""
    return x * a


def undocumented(x: Numeric) -> Numeric:
    return x


def unannotated(x, w: int) -> Numeric:
    """A test operator."""
    return x


def demeaned(x: Numeric, universe: Universe) -> Numeric:
    """A test operator."""
    return x - np.nansum(np.where(universe, x, np.nan), axis=1, keepdims=True)


def mean(x: Numeric, w: Window) -> Numeric:
    """A test operator."""
    return OPERATORS["ts_mean"].reference(x, w)


@pytest.mark.parametrize(
    ("reference", "facts", "reason"),
    [
        (cut_short, {}, "wrong shape"),
        (nothing, {}, "no value on clean input"),
        (invented, {}, "a value without input"),
        (upside_down, {}, "reads rows outside"),
        (too_far_back, {}, "reads rows outside"),
        (from_the_future, {}, "reads rows outside"),
        (difference, {"commutes": True}, "does not commute"),
        (neg, {}, "the name is taken"),
        (half_true, {}, "a boolean is 1, 0 or NaN"),
        (scaled, {}, "'a' draws outside its range"),
        (undocumented, {}, "no docstring"),
        (unannotated, {}, "parameter 'x' is annotated None"),
        (double, {"form": Elementwise(lambda x: 3 * x)}, "its kernel is not its definition"),
        (
            demeaned,  # the sum of the later columns alone
            {"form": CrossSection((0.0, 0.0), states.mean_add, lambda _, b: b, lambda s, x: x - s[1])},
            "its kernel is not its definition",
        ),
        (
            mean,  # merging that forgets the count of the earlier rows
            {"form": Rolling((0.0, 0.0), states.mean_add, lambda a, b: (b[0], a[1] + b[1]), moments.mean_value)},
            "its kernel is not its definition",
        ),
    ],
)
def test_a_wrong_declaration_is_refused(reference, facts, reason):
    before = dict(OPERATORS)
    with pytest.raises(OperatorError, match=reason):
        operator(unit=SAME, **facts)(reference)
    assert dict(OPERATORS) == before


def test_a_right_declaration_is_not_and_may_be_made_anew():
    for _ in range(2):
        operator(unit=SAME, form=Elementwise(lambda x: x + x))(double)
        assert OPERATORS["double"].lookback([]) == 0
        assert set(user_operators()) == {"double"}
    unregister("double")
    assert user_operators() == {}
    with pytest.raises(OperatorError, match="not a user's operator"):
        unregister("neg")


CONSTANT = 2.0


def helper(x):
    return CONSTANT * x


def test_the_hash_of_an_operator_sees_its_kernel_its_definition_and_what_they_call(monkeypatch):
    """A changed helper or constant is another version, even where the operator's own text stays."""
    seen = set()
    declarations = (
        {"form": Elementwise(lambda x: x + x)},
        {"form": Elementwise(lambda x: 2 * x)},
        {"form": Elementwise(lambda x: helper(x) + 0.0)},
        {"unit": TO_RATIO},
    )
    for facts in declarations:
        operator(**({"unit": SAME} | facts))(double)
        seen.add(user_operators()["double"])
        unregister("double")
    assert len(seen) == 4
    operator(unit=SAME, form=declarations[2]["form"])(double)
    monkeypatch.setitem(globals(), "CONSTANT", 3.0)
    OPERATORS["double"].__dict__.pop("source", None)
    assert user_operators()["double"] not in seen
    unregister("double")


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
