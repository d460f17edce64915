"""The embedded market: a source that needs no data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from dfqgp.errors import ConfigError
from dfqgp.records import record
from dfqgp.sources.base import Partition, Source
from dfqgp.sources.synthetic.market import make_market
from dfqgp.sources.synthetic.plant import PLANTED
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    import pandas as pd

# Raise it when the same settings give other bytes.
GENERATOR_VERSION = "1"


def _is_date(text: str) -> str:
    try:
        np.datetime64(text, "D")
    except ValueError:
        raise ValueError("Input should be an ISO date such as 2019-01-02") from None
    return text


@record("source", ConfigError)
class SyntheticSettings:
    """What the synthetic market looks like.

    Parameters
    ----------
    name : {"synthetic"}
        Chooses this source.
    assets, days : int
        Number of stocks and of trading days.
    seed : int
        Seed of every random draw; same settings, same bytes.
    start : str
        ISO date; the first trading day is the first one on or after it.
    industries : int
        Number of industries, the first ones larger.
    listed_later : float
        Share of the stocks that list after the first day, in [0, 1).
    suspension_rate : float
        Chance that a stock starts a suspension on a day, in [0, 0.1].
    signal : float
        Multiplies the strength of every planted signal, in [0, 3]; 0 is a market without signals.

    Raises
    ------
    ConfigError
        If a value is outside its range.
    """

    name: Literal["synthetic"] = "synthetic"
    assets: Annotated[int, Field(ge=2, le=100_000)] = 200
    days: Annotated[int, Field(ge=2, le=25_000)] = 750
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 7
    start: Annotated[str, AfterValidator(_is_date)] = "2019-01-02"
    industries: Annotated[int, Field(ge=1, le=100)] = 12
    listed_later: Annotated[float, Field(ge=0, le=0.9)] = 0.1
    suspension_rate: Annotated[float, Field(ge=0, le=0.1)] = 0.002
    signal: Annotated[float, Field(ge=0, le=3)] = 1.0

    def open(self) -> Source:
        """Return the source; nothing is made yet."""
        return SyntheticSource(self)


class SyntheticSource(Source):
    """A market of invented stocks with planted signals of known strength (PLANTED).

    It has uneven industries, log-normal sizes that drift with the prices, listings during the period, suspensions
    (half of them as rows, half as missing rows), dividends and splits, ST spells, price limits, fat tails and clustered
    volatility. Simplified: no delistings, so the survivors are all there is; betas, industries and float shares change
    with splits only; every stock moves within 10 % (ST 5 %); returns have no trend; a stock does not catch up with the
    market after a suspension; the order of industries and the calendar's holidays are fixed. The same settings give the
    same bytes with the same NumPy on the same kind of processor.

    Parameters
    ----------
    settings : SyntheticSettings
        Sizes, seed and rates.

    Examples
    --------
    >>> frame = SyntheticSource(SyntheticSettings(assets=20, days=30)).load().frame
    >>> frame["code"].nunique(), frame["date"].nunique()
    (20, 30)
    """

    name = "synthetic"

    def __init__(self, settings: SyntheticSettings) -> None:
        self.settings = settings

    def partitions(self) -> list[Partition]:
        """Return one partition: the settings, the planted signals and the generator's version decide it."""
        planted = [(signal.expression, signal.gain) for signal in PLANTED]
        return [Partition(digest_of([GENERATOR_VERSION, asdict(self.settings), planted]))]

    def read(self, partition: Partition) -> pd.DataFrame:  # noqa: ARG002 - there is one
        """Make the market."""
        return make_market(self.settings)
