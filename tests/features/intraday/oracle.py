"""Every intraday feature again, by pandas on the bars of one stock and day: slow, and plain to read."""

from __future__ import annotations

import numpy as np
import pandas as pd


def minutes_of(times: pd.Series) -> pd.Series:
    """Trading minutes passed at 09:30-11:30, 13:00-15:00."""
    clock = times.dt.hour * 60 + times.dt.minute
    return (clock - 570).where(clock <= 690, clock - 780 + 120)


def features_of(g: pd.DataFrame) -> pd.Series:
    """The features of one stock on one day; ``g`` holds its bars with trades, in time order."""
    r = np.log(g["close"] / g["close"].shift().fillna(g["open"].iloc[0]))
    n, v, day_volume = len(g), g["volume"], g["volume"].sum()
    rv = (r**2).sum()
    minute = minutes_of(g["time"])
    early, late = minute <= 30, minute > 210
    first_open, last_close = g["open"].iloc[0], g["close"].iloc[-1]
    high, low = g["high"].max(), g["low"].min()
    bipower = np.pi / 2 * n / (n - 1) * (r.abs() * r.abs().shift()).sum() if n > 1 else np.nan
    vwap = g["amount"].sum() / day_volume
    moves, ranges = rv > 0, high > low
    varies = g["close"].min() < g["close"].max() and v.min() < v.max()
    return pd.Series({
        "realized_volatility": np.sqrt(rv),
        "realized_skewness": np.sqrt(n) * (r**3).sum() / rv**1.5 if moves and n >= 3 else np.nan,
        "realized_kurtosis": n * (r**4).sum() / rv**2 if moves and n >= 4 else np.nan,
        "downside_variance_share": (r[r < 0] ** 2).sum() / rv if moves else np.nan,
        "jump_share": max(0.0, 1 - bipower / rv) if moves and n >= 3 else np.nan,
        "intraday_return": last_close / first_open - 1,
        "opening_return": g.loc[early, "close"].iloc[-1] / first_open - 1 if early.any() else np.nan,
        "closing_return": last_close / g.loc[~late, "close"].iloc[-1] - 1
        if late.any() and (~late).any()
        else np.nan,
        "up_volume_share": v[r > 0].sum() / day_volume,
        "down_volume_share": v[r < 0].sum() / day_volume,
        "opening_volume_share": v[early].sum() / day_volume,
        "closing_volume_share": v[late].sum() / day_volume,
        "high_third_volume_share": v[g["close"] >= low + 2.0 * (high - low) / 3.0].sum() / day_volume
        if ranges
        else np.nan,
        "low_third_volume_share": v[g["close"] <= low + (high - low) / 3.0].sum() / day_volume
        if ranges
        else np.nan,
        "volume_concentration": ((v / day_volume) ** 2).sum(),
        "price_impact": (r.abs() / g["amount"]).mean(),
        "vwap_deviation": last_close / vwap - 1,
        "price_volume_correlation": np.corrcoef(g["close"], v)[0, 1] if varies and n >= 3 else np.nan,
    })  # fmt: skip


def daily_by_pandas(bars: pd.DataFrame, least: int) -> pd.DataFrame:
    """All features of all stocks and days, indexed by (date, code); NaN under ``least`` bars with trades."""
    traded = bars[bars["volume"] > 0].sort_values(["code", "time"])
    groups = traded.groupby([traded["time"].dt.normalize().rename("date"), "code"])
    rows = {key: features_of(g) if len(g) >= least else None for key, g in groups}
    names = features_of(traded[traded["code"] == traded["code"].iloc[0]]).index
    values = [[np.nan] * len(names) if row is None else row.to_list() for row in rows.values()]
    index = pd.MultiIndex.from_tuples(rows, names=["date", "code"])
    return pd.DataFrame(values, index=index, columns=names).sort_index()
