"""The embedded market: a source that needs no data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dfqgp.sources.contract import CONTRACT_VERSION, check
from dfqgp.sources.settings import MarketSettings
from dfqgp.sources.synthetic.calendar import trading_days
from dfqgp.sources.synthetic.plant import PLANTED
from dfqgp.sources.synthetic.roster import draw_events, draw_roster
from dfqgp.sources.synthetic.shocks import draw_shocks
from dfqgp.sources.synthetic.simulate import simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dfqgp.sources.base import Table
    from dfqgp.sources.synthetic.roster import Events, Roster
    from dfqgp.sources.synthetic.simulate import Tape

# Raise it when the same settings give other bytes.
GENERATOR_VERSION = "1"

_PRINTED = ("open", "high", "low", "close", "volume", "amount", "adj_factor", "limit_up", "limit_down")


class SyntheticSource:
    """A market of invented stocks with planted signals of known strength (PLANTED).

    It has uneven industries, log-normal sizes that drift with the prices, listings during the period, suspensions
    (half of them as rows, half as missing rows), dividends and splits, ST spells, price limits, fat tails and clustered
    volatility. Simplified: no delistings, so the survivors are all there is; betas, industries and float shares change
    with splits only; every stock moves within 10 % (ST 5 %); returns have no trend; a stock does not catch up with the
    market after a suspension; the order of industries and the calendar's holidays are fixed. The same settings give the
    same bytes with the same NumPy on the same kind of processor.

    Parameters
    ----------
    settings : MarketSettings
        Sizes, seed and rates.

    Examples
    --------
    >>> frame = SyntheticSource(MarketSettings(assets=20, days=30)).load().frame
    >>> frame["code"].nunique(), frame["date"].nunique()
    (20, 30)
    """

    name = "synthetic"

    def __init__(self, settings: MarketSettings) -> None:
        self.settings = settings

    def fingerprint(self) -> str:
        """Return a hex digest of the market's settings, the planted signals, and the generator's version."""
        values = {item.name: getattr(self.settings, item.name) for item in fields(MarketSettings)}
        planted = [(signal.expression, signal.gain) for signal in PLANTED]
        text = json.dumps([self.name, GENERATOR_VERSION, CONTRACT_VERSION, planted, values], sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def load(self) -> Table:
        """Make the market and check it like any other table."""
        return check(make_market(self.settings), where=f"source {self.name}")


def make_market(settings: MarketSettings) -> pd.DataFrame:
    """Simulate a market and return its long table, one row a (code, date).

    Parameters
    ----------
    settings : MarketSettings
        Sizes, seed and rates.

    Returns
    -------
    pandas.DataFrame
        Every column of the data contract.
    """
    # A stream a part: another count of draws in one part leaves the others as they are.
    traits, happenings, draws = (np.random.default_rng([settings.seed, part]) for part in range(3))
    roster = draw_roster(settings, traits)
    events = draw_events(settings, roster, happenings)
    tape = simulate(roster, events, draw_shocks(settings, roster, draws), settings.signal)
    return _long_table(settings, roster, events, tape)


def _long_table(settings: MarketSettings, roster: Roster, events: Events, tape: Tape) -> pd.DataFrame:
    dates = trading_days(settings.start, settings.days)
    shown = (np.arange(settings.days)[:, None] >= roster.first) & ~events.hidden
    stock, day = np.nonzero(shown.T)

    def cells(matrix: NDArray[np.generic]) -> NDArray[np.generic]:
        return matrix[day, stock]

    codes = np.array([f"{number + 1:06d}.SY" for number in range(settings.assets)], dtype=object)
    industries = np.array([f"industry {number + 1:02d}" for number in range(settings.industries)], dtype=object)
    told = industries[roster.industry]
    told[~roster.told] = None
    listed = np.where(roster.first < 0, dates[0] - roster.age, dates[roster.first])
    return pd.DataFrame(
        {
            "date": dates[day].astype("datetime64[us]"),
            "code": codes[stock],
            **{name: cells(getattr(tape, name)) for name in _PRINTED},
            "industry": told[stock],
            "mktcap": cells(tape.close * tape.shares),
            "turnover": cells(tape.volume / tape.shares),
            "is_trading": cells(~events.suspended),
            "is_st": cells(events.is_st),
            "in_universe": True,
            "list_date": listed[stock].astype("datetime64[us]"),
        }
    )
