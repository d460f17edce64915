"""Cleaning and checking a long table that is in arrays, of NumPy or CuPy alike.

It does what ``checking`` does with a pandas frame: rows without any price go, absent columns get their defaults, and
every rule of ``rules`` is evaluated. What it does not do is say where a rule is broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.frames import Columns, host
from dfqgp.sources.contract.columns import PRICES, kind_of
from dfqgp.sources.contract.defaults import ONE_GROUP
from dfqgp.sources.contract.rules import CELL_RULES, rules_for

if TYPE_CHECKING:
    from types import ModuleType

    from dfqgp.frames import Array

NEVER = int(np.iinfo(np.int64).min)
"""A missing day; NumPy's own NaT as a number."""

_FLAGS = ("is_trading", "is_st", "in_universe")


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of text: the number of each row's text, -1 for missing, and the texts."""

    numbers: Array
    names: list[object]

    @property
    def are_texts(self) -> bool:
        """Whether every name is text."""
        return all(isinstance(name, str) for name in self.names)

    def sorted(self, xp: ModuleType) -> tuple[Array, tuple[str, ...]]:
        """Return numbers in the order of the texts, and those that some row has; blank text is missing."""
        present = self.numbers >= 0
        used = host(xp.bincount(self.numbers[present], minlength=len(self.names)))
        kept = sorted(str(name) for name, count in zip(self.names, used, strict=True) if count and str(name).strip())
        order = {name: number for number, name in enumerate(kept)}
        table = np.array([order.get(str(name), -1) for name in self.names] + [-1])  # the last is where -1 points
        return xp.asarray(table)[self.numbers], tuple(kept)


class Cleaner:
    """One table on its way from raw arrays to checked ones.

    Parameters
    ----------
    xp : module
        NumPy or CuPy.
    arrays : mapping of str to array or Texts
        Raw columns by their names in the contract, n rows; numbers and flags as float64, dates as days.

    Attributes
    ----------
    dropped : dict of str to int
        Reason and number of rows left out.
    broken : list of str
        Kinds of violation found by :meth:`columns`.
    """

    def __init__(self, xp: ModuleType, arrays: dict[str, Array | Texts]) -> None:
        self.xp = xp
        self.broken: list[str] = []
        self.dropped: dict[str, int] = {}
        self._texts = {name: each for name, each in arrays.items() if isinstance(each, Texts)}
        self._arrays: dict[str, Array] = {name: each for name, each in arrays.items() if name not in self._texts}
        self._drop_empty()

    def columns(self) -> Columns | None:
        """Return the checked table, or None if something is broken."""
        if not len(self._arrays["close"]):
            self.broken.append("no rows with prices")
            return None
        flags = {name: self._flag(name) for name in _FLAGS}
        assets, codes = self._texts["code"].sorted(self.xp)
        if bool((assets < 0).any()) or bool((self._arrays["date"] == NEVER).any()):
            self.broken.append("missing date or code")
            return None
        numbers = {name: each for name, each in self._arrays.items() if kind_of(name) == "number"}
        numbers.setdefault("adj_factor", self.xp.ones(len(assets)))
        groups, group_names = self._groups(len(assets))
        days = self._arrays["date"]
        listed = self._listed(days, assets, len(codes))
        self._check({**numbers, **flags, "date": days, "list_date": listed})
        columns = Columns(self.xp, days, assets, codes, numbers, flags, listed, groups, group_names)
        return None if self.broken else columns

    def scale_ratio(self) -> float:
        """Return the median of amount / volume / close over traded rows, NaN if there are none."""
        volume = self._arrays["volume"]
        with np.errstate(all="ignore"):
            ratio = self._arrays["amount"] / volume / self._arrays["close"]
        traded = ratio[self._flag("is_trading") & (volume > 0) & ~self.xp.isnan(ratio)]
        return float(self.xp.median(traded)) if len(traded) else np.nan

    def _drop_empty(self) -> None:
        """Leave out rows without any price."""
        kept = self.xp.zeros(len(self._arrays["close"]), dtype=bool)
        for name in PRICES:
            kept |= ~self.xp.isnan(self._arrays[name])
        count = len(kept) - int(kept.sum())
        if count:
            self.dropped["all prices missing"] = count
            self._arrays = {name: each[kept] for name, each in self._arrays.items()}
            self._texts = {name: Texts(each.numbers[kept], each.names) for name, each in self._texts.items()}

    def _flag(self, name: str) -> Array:
        """Return a flag as bool: the default where it is absent, and a violation where it is not 0 or 1."""
        if name not in self._arrays:
            if name == "is_trading":
                return self._arrays["volume"] > 0
            return self.xp.full(len(self._arrays["close"]), name == "in_universe")
        given = self._arrays[name]
        if bool(((given != 0.0) & (given != 1.0)).any()):
            self.broken.append(f"{name} is not true or false")
        return given == 1.0

    def _groups(self, rows: int) -> tuple[Array, tuple[str, ...]]:
        if "industry" not in self._texts:
            return self.xp.zeros(rows, dtype=np.int16), (ONE_GROUP,)
        groups, names = self._texts["industry"].sorted(self.xp)
        if len(names) > np.iinfo(np.int16).max:
            self.broken.append("more industries than can be numbered")
        return groups.astype(np.int16), names

    def _listed(self, days: Array, assets: Array, codes: int) -> Array:
        """Return the listing day of each row, the code's first row where none is given; finds repeated keys as well."""
        first, span = int(days.min()), int(days.max()) - int(days.min()) + 1
        keys = self.xp.sort(assets * span + (days - first))
        if bool((keys[1:] == keys[:-1]).any()):
            self.broken.append("duplicate (date, code)")
        starts = self.xp.arange(codes) * span
        of_code = keys[self.xp.searchsorted(keys, starts)] - starts + first
        given = self._arrays.get("list_date")
        return of_code[assets] if given is None else self.xp.where(given == NEVER, of_code[assets], given)

    def _check(self, cells: dict[str, Array]) -> None:
        with np.errstate(all="ignore"):
            for rule in rules_for({name: kind_of(name) for name in cells}, CELL_RULES):
                if not bool(rule.holds(cells).all()):
                    self.broken.append(rule.kind)
