"""Which return is predicted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record

EntryPrice = Literal["open", "vwap", "close"]
ExitRule = Literal["delayed", "strict", "naive"]
LabelKind = Literal["raw", "excess", "industry", "volatility"]

Horizon = Annotated[int, Field(ge=1)]


@record("label", ConfigError)
class LabelSettings:
    """Which return is predicted; docs/fitness_spec.md defines it, with worked days.

    Parameters
    ----------
    horizon : int
        Trading days h between entry and exit, at least 1.
    entry : {"open", "vwap", "close"}
        Price of both the entry and the exit.
    exit : {"delayed", "strict", "naive"}
        What happens where the stock cannot be sold on the exit day. ``delayed`` sells it on the first day on which it
        can be sold, up to ``delay`` days later, and values it at its last close where there is none. ``strict`` has no
        label then, which conditions on the future. ``naive`` takes the price of the exit day whether or not anybody
        could sell at it.
    delay : int
        Trading days that a delayed exit may be late, at least 0. The other exits do not use it.
    kind : {"raw", "excess", "industry", "volatility"}
        The return itself, or less the mean of the universe, or less the mean of the stock's industry, or over the
        stock's volatility.
    volatility_window : int
        Days of the trailing volatility, at least 2, for ``kind="volatility"``.
    more_horizons : tuple of int
        Further horizons for which the library's members are measured. They decide nothing.

    Raises
    ------
    ConfigError
        If a value is not of these.
    """

    horizon: Horizon = 5
    entry: EntryPrice = "open"
    exit: ExitRule = "delayed"
    delay: Annotated[int, Field(ge=0)] = 10
    kind: LabelKind = "raw"
    volatility_window: Annotated[int, Field(ge=2)] = 20
    more_horizons: tuple[Horizon, ...] = ()

    @property
    def reach(self) -> int:
        """Rows after t that a label of day t may read: horizon + 1, and the delay where an exit may be late.

        Examples
        --------
        >>> LabelSettings(horizon=5).reach, LabelSettings(horizon=5, exit="naive").reach
        (16, 6)
        """
        return self.horizon + 1 + (self.delay if self.exit == "delayed" else 0)
