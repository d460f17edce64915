"""Every finding: its name, what is counted, and the limit above which it refuses the data.

The name is that of the setting ``quality.limits.NAME``. docs/quality.md says of each why it matters, and what good data
shows. A limit of None never refuses: the finding is only reported.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a finding is about.

    Parameters
    ----------
    name : str
        As in the settings.
    words : str
        What is counted, in plain words.
    measure : str
        What the number says: ``share of ...``, ``number of ...`` and the like.
    notice : float
        The largest number that is nothing to speak of; above it a log line says so.
    limit : float or None
        Default of ``quality.limits``: the largest number that is accepted.
    """

    name: str
    words: str
    measure: str
    notice: float
    limit: float | None


_KINDS = (
    # coverage
    Kind("thin_days", "days with less than half of the stocks of the days around them", "share of days", 0.0, 0.05),
    Kind("stray_days", "days with less than a tenth of the stocks of the days around them", "number of days", 0.0, 0.0),
    Kind("shifted_weeks", "weekend days that have prices while a weekday has none", "share of days", 0.0, 0.05),
    Kind("calendar_gaps", "breaks of more than 15 days between two trading days", "longest break in days", 15.0, None),
    Kind("thin_stocks", "stocks that trade on under 80 % of the days from their first to their last",
         "share of stocks", 0.01, None),
    Kind("twin_stocks", "pairs of codes with the same close, volume and amount day by day",
         "number of pairs", 0.0, 0.0),
    # prices
    Kind("price_jumps", "adjusted closes that jump beyond the limits of the day, the factor unchanged",
         "share of stock-days", 0.0, 5e-05),
    Kind("factor_jumps", "adjusted closes that jump beyond the limits of the day because of the factor",
         "share of stock-days", 0.0, 5e-05),
    Kind("impossible_jumps", "adjusted closes more than 10 times, or less than a tenth of, those of the day before",
         "number of stock-days", 0.0, 0.0),
    Kind("extreme_prices", "adjusted closes under 0.0001 or above 10,000,000", "number of stock-days", 0.0, 0.0),
    Kind("stale_prices", "open, high, low and close all the same as on the trading day before",
         "share of stock-days", 0.005, 0.02),
    # the factor
    Kind("factor_moves", "factor moves above 10 % that the next raw open does not follow",
         "share of such moves", 0.0, 0.2),
    Kind("factor_direction", "response of the raw open to the factor, which should be 1 for 1",
         "distance from 1", 0.2, 0.5),
    Kind("factor_days", "days on which more than half of all factors move", "largest share of stocks", 0.3, 0.5),
    Kind("ex_days", "ex-days of the price limits without the factor move of the same size, or the reverse",
         "share of ex-days", 0.02, 0.2),
    # trading
    Kind("zero_volume", "trading days without volume", "share of stock-days", 0.0, 0.01),
    Kind("outside_limits", "closes outside the day's price limits", "share of stock-days", 0.0, 0.01),
    Kind("limit_days", "days on which more than 30 % of the stocks close at a price limit",
         "largest share of stocks", 0.3, None),
    # units
    Kind("amount_level", "amount / volume against the close, over all stocks", "factor apart", 3.0, 20.0),
    Kind("amount_cells", "amount / volume more than 3 times apart from the close", "share of stock-days", 0.0, 0.001),
    Kind("amount_stocks", "stocks of which most days have another unit of price or volume",
         "number of stocks", 0.0, 0.0),
    Kind("amount_days", "days on which most stocks have another unit of price or volume", "number of days", 0.0, 0.0),
    Kind("turnover_level", "turnover against volume x close / mktcap, over all stocks", "factor apart", 20.0, 20.0),
    Kind("turnover_high", "median turnover of all stock-days, a fraction and not percent", "median", 0.3, 0.3),
    Kind("turnover_stocks", "stocks of which most days have another unit of turnover", "number of stocks", 0.0, 0.0),
    Kind("turnover_days", "days on which most stocks have another unit of turnover", "number of days", 0.0, 0.0),
    # size and industry
    Kind("mktcap_missing", "trading days without market capitalisation, in a table that has the column",
         "share of stock-days", 0.05, 0.5),
    Kind("mktcap_jumps", "market capitalisation that moves 10 times more than the adjusted close",
         "share of stock-days", 0.0, 0.0001),
    Kind("industry_unknown", "trading days without an industry", "share of stock-days", 0.05, 0.5),
    Kind("industry_changes", "changes of a stock's industry", "share of stock-days", 0.001, None),
    Kind("industry_days", "days on which more than a fifth of the stocks change industry",
         "largest share of stocks", 0.2, None),
    # the universe and the fields
    Kind("few_members", "days with fewer than 30 members of the universe", "share of days", 0.1, None),
    Kind("member_changes", "days on which the number of members changes by more than a fifth",
         "number of days", 0.0, None),
    Kind("lone_stocks", "members that are the only one of their group, and so left out of every score",
         "share of member-days", 0.1, None),
    Kind("missing_fields", "field that more than a fifth of the members lack", "share of member-days", 0.2, None),
    Kind("constant_by_stock", "field that has one value for the whole history of a stock",
         "share of stocks", 0.0, None),
    Kind("constant_by_day", "field that has one value for all stocks of a day", "share of days", 0.0, None),
    # other builds and later returns
    Kind("restatements", "values that the panel built before had otherwise", "share of common cells", 0.0, None),
    Kind("lost_legs", "members of a day without a label: nobody could buy them, or sell them in time",
         "share of legs", 0.2, None),
    Kind("leaks", "field whose rank correlation with later returns is beyond what is possible",
         "mean rank correlation", 0.15, 0.3),
)  # fmt: skip

CATALOGUE: dict[str, Kind] = {kind.name: kind for kind in _KINDS}
"""Kinds of findings by name, in the order in which they are shown."""

LIMITS: dict[str, float | None] = {kind.name: kind.limit for kind in _KINDS}
"""Default limits."""
