"""The notation of Kakushadze, "101 Formulaic Alphas" (2016), appendix A."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from dfqgp.expr.dialects.readers.reader import Reader
from dfqgp.expr.mistakes import nearest_name
from dfqgp.expr.node import group
from dfqgp.expr.raw import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dfqgp.expr.node import Node
    from dfqgp.expr.raw import Raw

_log = logging.getLogger(__name__)

_VOLUME = re.compile(r"adv([0-9]{1,5})")
_CAPITALISATIONS = ("cap", "mktcap", "market_cap")
_CLASSES = ("sector", "industry", "subindustry")
_COMMON = "industry"

E = 2.718281828459045


class Alpha101(Reader):
    """Names in any case, windows cut to whole days, classes of ``IndClass``, ``adv20`` and ``cap``.

    Where the paper leaves a convention open:

    - ``ts_argmax`` and ``ts_argmin`` are the place in the window, 1 for the oldest day and d for today; ours count days
      back from today, so the meaning turns them round. Ties go to the most recent day.
    - ``correlation`` over two days is the product of the directions of both changes; ``ts_corr`` starts at three days.
    - ``min`` and ``max`` with a number are over that many days, with an expression the smaller and larger of two.
    - ``adv{d}`` is the mean of ``amount`` over d days. ``cap`` is a field of that or a similar name, or else the power
      of e to ``log_mktcap``.
    - ``IndClass.sector``, ``.industry`` and ``.subindustry`` are groups of these names, and ``industry`` for those that
      the panel lacks; the log says so once.
    - ``x ^ y`` with an expression as exponent keeps the sign of x.
    """

    meanings: ClassVar[Mapping[str, str]] = {
        "abs(x)": "abs(x)",
        "log(x)": "log(x)",
        "sign(x)": "sign(x)",
        "rank(x)": "cs_rank(x)",
        "delay(x, d)": "ts_delay(x, d)",
        "delta(x, d)": "ts_delta(x, d)",
        "correlation(x, y, 2)": "ts_delta(x, 1) / abs(ts_delta(x, 1)) * (ts_delta(y, 1) / abs(ts_delta(y, 1)))",
        "correlation(x, y, d)": "ts_corr(x, y, d)",
        "covariance(x, y, d)": "ts_cov(x, y, d)",
        "scale(x)": "cs_scale(x)",
        "scale(x, a)": "cs_scale(x) * a",
        "signedpower(x, a)": "pow(x, a)",
        "signedpower(x, y)": "power(x, y)",
        "decay_linear(x, d)": "ts_decay_linear(x, d)",
        "indneutralize(x, g)": "group_demean(x, g)",
        "ts_min(x, d)": "ts_min(x, d)",
        "ts_max(x, d)": "ts_max(x, d)",
        "ts_argmin(x, d)": "d - ts_argmin(x, d)",
        "ts_argmax(x, d)": "d - ts_argmax(x, d)",
        "ts_rank(x, d)": "ts_rank(x, d)",
        "min(x, d)": "ts_min(x, d)",
        "min(x, y)": "min2(x, y)",
        "max(x, d)": "ts_max(x, d)",
        "max(x, y)": "max2(x, y)",
        "sum(x, d)": "ts_sum(x, d)",
        "product(x, d)": "ts_product(x, d)",
        "stddev(x, d)": "ts_std(x, d)",
    }

    def spelled(self, name: str) -> str:
        """Return a function's name in lower case."""
        return name.lower()

    def name(self, raw: Name) -> Node:
        """Return a feature, the mean volume ``adv20`` or the capitalisation ``cap``."""
        name = self.feature(raw)
        if name in self.vocabulary.fields:
            return super().name(raw)
        if volume := _VOLUME.fullmatch(name):
            return self.meant(raw, "ts_mean(amount, d)", {"d": int(volume[1])})
        if name == "cap" and "log_mktcap" in self.vocabulary.fields:
            return self.meant(raw, "power(a, log_mktcap)", {"a": E})
        return super().name(raw)

    def feature(self, raw: Name) -> str:
        """Return the panel's name: as written where it has that, else in lower case."""
        if raw.name in self.vocabulary.fields:
            return raw.name
        lower = raw.name.lower()
        candidates = _CAPITALISATIONS if lower == "cap" else (lower,)
        return next((name for name in candidates if name in self.vocabulary.fields), lower)

    def days(self, raw: Raw, number: float) -> int:
        """Return the days of a window: the whole part, as the paper says."""
        if not 1 <= number <= 1e9:
            raise self.error(raw, self.said(raw), "a number of days of at least 1")
        return int(number)

    def division(self, raw: Raw) -> Node:
        """Return the group of a class such as ``IndClass.sector``."""
        written = raw.name if isinstance(raw, Name) else ""
        first, _, name = written.lower().rpartition(".")
        groups = self.vocabulary.groups
        if written in groups:
            return group(written)
        if first in ("", "indclass") and name in _CLASSES:
            if name in groups:
                return group(name)
            if _COMMON in groups:
                _say_fallback(name)
                return group(_COMMON)
        expected = f"one of IndClass.{', IndClass.'.join(_CLASSES)} over a panel with the group '{_COMMON}'"
        raise self.error(raw, self.said(raw), expected, nearest_name(name, (*_CLASSES, *groups)))


@cache
def _say_fallback(name: str) -> None:
    """Log once in a process that a class is taken as the common one."""
    _log.warning("IndClass.%s: the panel has no such group, '%s' stands for it", name, _COMMON)
