"""The synthetic market as a long table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dfqgp.sources.synthetic.calendar import trading_days
from dfqgp.sources.synthetic.securities import draw_events, draw_securities
from dfqgp.sources.synthetic.shocks import draw_shocks
from dfqgp.sources.synthetic.simulate import simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.sources.synthetic.securities import Events, Securities
    from dfqgp.sources.synthetic.simulate import Bars
    from dfqgp.sources.synthetic.source import SyntheticSettings

_BAR_COLUMNS = ("open", "high", "low", "close", "volume", "amount", "adj_factor", "limit_up", "limit_down")


def make_market(settings: SyntheticSettings) -> pd.DataFrame:
    """Simulate a market and return its long table, one row per (code, date).

    Parameters
    ----------
    settings : SyntheticSettings
        Sizes, seed and rates.

    Returns
    -------
    pandas.DataFrame
        Every column of the data contract.
    """
    # A stream a part: another count of draws in one part leaves the others as they are.
    traits, happenings, draws = (np.random.default_rng([settings.seed, part]) for part in range(3))
    securities = draw_securities(settings, traits)
    events = draw_events(settings, securities, happenings)
    bars = simulate(securities, events, draw_shocks(settings, securities, draws), settings.signal)
    return _long_table(settings, securities, events, bars)


def _long_table(settings: SyntheticSettings, securities: Securities, events: Events, bars: Bars) -> pd.DataFrame:
    dates = trading_days(settings.start, settings.days)
    shown = (np.arange(settings.days)[:, None] >= securities.first) & ~events.hidden
    stock, day = np.nonzero(shown.T)

    def cells(matrix: NDArray[np.generic]) -> NDArray[np.generic]:
        return matrix[day, stock]

    codes = np.array([f"{number + 1:06d}.SY" for number in range(settings.assets)], dtype=object)
    industries = np.array([f"industry {number + 1:02d}" for number in range(settings.industries)], dtype=object)
    industry = industries[securities.industry]
    industry[~securities.industry_known] = None
    listed = np.where(securities.first < 0, dates[0] - securities.age, dates[securities.first])
    return pd.DataFrame(
        {
            "date": dates[day].astype("datetime64[us]"),
            "code": codes[stock],
            **{name: cells(getattr(bars, name)) for name in _BAR_COLUMNS},
            "industry": industry[stock],
            "mktcap": cells(bars.close * bars.shares),
            "turnover": cells(bars.volume / bars.shares),
            "is_trading": cells(~events.suspended),
            "is_st": cells(events.is_st),
            "in_universe": True,
            "list_date": listed[stock].astype("datetime64[us]"),
        }
    )
