"""The registry proves what a declaration says."""

from typing import Annotated

import numpy as np
import pytest

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
