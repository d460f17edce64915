"""Expressions of qlib (``qlib.data.ops``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dfqgp.expr.dialects.readers.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.expr.node import Node
    from dfqgp.expr.raw import Application, Name, Raw

_ONE_STOCK = "a value reads its own stock or the whole day, never one other instrument"
_ONE_FREQUENCY = "a panel has one row a day"


class Qlib(Reader):
    """Fields as ``$close``, windows as whole numbers.

    - ``IdxMax`` and ``IdxMin`` count from the oldest day, 1 to w; ours count days back from today.
    - ``WMA`` divides the weighted mean by the window once more, since qlib takes the mean of weighted values.
    - ``Count`` counts what is there; that is where a value equals itself.
    - A window of 0 (from the first day on) or between 0 and 1 (a decay), and a ``Ref`` to days ahead, cannot be said.
    """

    meanings: ClassVar[Mapping[str, str]] = {
        "Ref(x, d)": "ts_delay(x, d)",
        "Delta(x, d)": "ts_delta(x, d)",
        "Mean(x, w)": "ts_mean(x, w)",
        "Sum(x, w)": "ts_sum(x, w)",
        "Std(x, w)": "ts_std(x, w)",
        "Var(x, w)": "ts_var(x, w)",
        "Skew(x, w)": "ts_skew(x, w)",
        "Kurt(x, w)": "ts_kurt(x, w)",
        "Max(x, w)": "ts_max(x, w)",
        "Min(x, w)": "ts_min(x, w)",
        "IdxMax(x, w)": "w - ts_argmax(x, w)",
        "IdxMin(x, w)": "w - ts_argmin(x, w)",
        "Med(x, w)": "ts_median(x, w)",
        "Mad(x, w)": "ts_mad(x, w)",
        "Quantile(x, w, q)": "ts_quantile(x, w, q)",
        "Rank(x, w)": "ts_rank(x, w)",
        "Count(x, w)": "ts_count(x == x, w)",
        "Slope(x, w)": "ts_slope(x, w)",
        "Rsquare(x, w)": "ts_rsquare(x, w)",
        "Resi(x, w)": "ts_detrend(x, w)",
        "WMA(x, w)": "ts_decay_linear(x, w) / w",
        "EMA(x, w)": "ts_ema(x, w)",
        "Corr(x, y, w)": "ts_corr(x, y, w)",
        "Cov(x, y, w)": "ts_cov(x, y, w)",
        "Abs(x)": "abs(x)",
        "Sign(x)": "sign(x)",
        "Log(x)": "log(x)",
        "Power(x, y)": "power(x, y)",
        "Add(x, y)": "x + y",
        "Sub(x, y)": "x - y",
        "Mul(x, y)": "x * y",
        "Div(x, y)": "x / y",
        "Greater(x, y)": "max2(x, y)",
        "Less(x, y)": "min2(x, y)",
        "Gt(x, y)": "x > y",
        "Ge(x, y)": "x >= y",
        "Lt(x, y)": "x < y",
        "Le(x, y)": "x <= y",
        "Eq(x, y)": "x == y",
        "Ne(x, y)": "not x == y",
        "And(b, c)": "b and c",
        "Or(b, c)": "b or c",
        "Not(c)": "not c",
        "If(c, x, y)": "if_else(c, x, y)",
    }
    unsaid: ClassVar[Mapping[str, str]] = {
        "Mask": _ONE_STOCK,
        "ChangeInstrument": _ONE_STOCK,
        "TResample": _ONE_FREQUENCY,
        "P": _ONE_FREQUENCY,
        "PRef": _ONE_FREQUENCY,
    }

    def application(self, raw: Application) -> Node:
        """Return what a function call means; ``Power`` with a number is a power of mathematics."""
        if raw.name == "Power" and len(raw.args) == 2:
            return self.power(raw, *raw.args)
        return super().application(raw)

    def name(self, raw: Name) -> Node:
        """Return the feature of a name with its ``$``."""
        if not raw.name.startswith("$"):
            hint = f"; did you mean '${raw.name}'?" if raw.name in self.vocabulary.fields else ""
            raise self.error(raw, self.said(raw), "a field such as $close", hint)
        return super().name(raw)

    def feature(self, raw: Name) -> str:
        """Return the name behind the ``$``."""
        return raw.name.removeprefix("$")

    def days(self, raw: Raw, number: float) -> int:
        """Return a window or a delay in the past."""
        if number < 1:
            why = "a negative one looks into the future" if number < 0 else "others read from the first day on"
            raise self.error(raw, self.said(raw), f"a number of days of at least 1: {why}")
        return super().days(raw, number)
