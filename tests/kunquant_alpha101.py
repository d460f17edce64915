# ruff: noqa: E501
"""KunQuant's list of 82 formulas (KunQuant.predefined.Alpha101, 0.1.12) in this language.

``ts_rank(x, w) * w`` is KunQuant's TsRank and ``w - ts_argmax(x, w)`` its TsArgMax. What SetInfOrNanToValue replaces stays
missing here.
"""

from __future__ import annotations

import numpy as np

from dfqgp.panel import Panel

UNITS = {
    "open": "price", "high": "price", "low": "price", "close": "price", "vwap": "price", "volume": "shares",
    "amount": "currency",
}  # fmt: skip


def market(rows=320, columns=64) -> Panel:
    """A market without gaps; levels return to their mean fast, so that the ranks of a day change from day to day."""
    rng = np.random.default_rng(1)
    shape = (rows, columns)
    shocks = 0.015 * rng.standard_t(5, shape)
    level = np.zeros(shape)
    for t in range(rows):
        level[t] = shocks[t] + (0.3 * level[t - 1] if t else 0.0)
    close = 20 * np.exp(level)
    start = close * np.exp(rng.normal(0, 0.01, shape))
    high = np.maximum(close, start) * np.exp(np.abs(rng.normal(0, 0.006, shape)))
    low = np.minimum(close, start) * np.exp(-np.abs(rng.normal(0, 0.006, shape)))
    volume = np.exp(rng.normal(14, 0.6, shape))
    amount = volume * (high + low + close) / 3
    fields = {"open": start, "high": high, "low": low, "close": close, "vwap": amount / volume, "volume": volume}
    return Panel(
        dates=np.datetime64("2020-01-01") + np.arange(rows),
        codes=np.array([f"{i:06d}" for i in range(columns)]),
        fields={name: x.astype(np.float32) for name, x in (fields | {"amount": amount}).items()},
        units=UNITS,
        groups={},
        universe=np.ones(shape, bool),
        buyable=np.ones(shape, bool),
    )


FORMULAS = {
    "alpha001": "cs_rank(5 - ts_argmax(square(if_else(ts_pct(close, 1) < 0, ts_std(ts_pct(close, 1), 20), close)), 5))",
    "alpha002": "-1 * ts_corr(cs_rank(ts_delta(log(volume), 2)), cs_rank((close - open) / open), 6)",
    "alpha003": "-1 * ts_corr(cs_rank(open), cs_rank(volume), 10)",
    "alpha004": "-1 * ts_rank(cs_rank(low), 9) * 9",
    "alpha005": "cs_rank(open - ts_sum(vwap, 10) / 10) * (-1 * abs(cs_rank(close - vwap)))",
    "alpha006": "-1 * ts_corr(open, volume, 10)",
    "alpha007": "if_else(ts_mean(volume, 20) >= volume, -1, -1 * (ts_rank(abs(ts_delta(close, 7)), 60) * 60) * sign(ts_delta(close, 7)))",
    "alpha008": "-1 * cs_rank(ts_sum(open, 5) * ts_sum(ts_pct(close, 1), 5) - ts_delay(ts_sum(open, 5) * ts_sum(ts_pct(close, 1), 5), 10))",
    "alpha009": "if_else(ts_min(ts_delta(close, 1), 5) > 0 or ts_max(ts_delta(close, 1), 5) < 0, ts_delta(close, 1), -1 * ts_delta(close, 1))",
    "alpha010": "if_else(ts_min(ts_delta(close, 1), 4) > 0 or ts_max(ts_delta(close, 1), 4) < 0, ts_delta(close, 1), -1 * ts_delta(close, 1))",
    "alpha011": "(cs_rank(ts_max(vwap - close, 3)) + cs_rank(ts_min(vwap - close, 3))) * cs_rank(ts_delta(volume, 3))",
    "alpha012": "sign(ts_delta(volume, 1)) * (-1 * ts_delta(close, 1))",
    "alpha013": "-1 * cs_rank(ts_cov(cs_rank(close), cs_rank(volume), 5))",
    "alpha014": "-1 * (cs_rank(ts_delta(ts_pct(close, 1), 3)) * ts_corr(open, volume, 10))",
    "alpha015": "-1 * ts_sum(cs_rank(ts_corr(cs_rank(high), cs_rank(volume), 3)), 3)",
    "alpha016": "-1 * cs_rank(ts_cov(cs_rank(high), cs_rank(volume), 5))",
    "alpha017": "-1 * (cs_rank(ts_rank(close, 10)) * cs_rank(ts_delta(ts_delta(close, 1), 1)) * cs_rank(ts_rank(volume / ts_mean(volume, 20), 5)))",
    "alpha018": "-1 * cs_rank(ts_std(abs(close - open), 5) + (close - open) + ts_corr(close, open, 10))",
    "alpha019": "-1 * sign(close - ts_delay(close, 7) + ts_delta(close, 7)) * (1 + cs_rank(1 + ts_sum(ts_pct(close, 1), 250)))",
    "alpha020": "-1 * (cs_rank(open - ts_delay(high, 1)) * cs_rank(open - ts_delay(close, 1)) * cs_rank(open - ts_delay(low, 1)))",
    "alpha021": "if_else(not ts_mean(close, 8) + ts_std(close, 8) < ts_mean(close, 2) and (ts_mean(close, 2) < ts_mean(close, 8) - ts_std(close, 8) or volume / ts_mean(volume, 20) >= 1), 1, -1)",
    "alpha022": "-1 * ts_delta(ts_corr(high, volume, 5), 5) * cs_rank(ts_std(close, 20))",
    "alpha023": "if_else(ts_mean(high, 20) < high, -1 * ts_delta(high, 2), 0)",
    "alpha024": "if_else(ts_delta(ts_mean(close, 100), 100) / ts_delay(close, 100) <= 0.05, -1 * (close - ts_min(close, 100)), -1 * ts_delta(close, 3))",
    "alpha025": "cs_rank(-1 * ts_pct(close, 1) * ts_mean(volume, 20) * vwap * (high - close))",
    "alpha026": "-1 * ts_max(ts_corr(ts_rank(volume, 5), ts_rank(high, 5), 5), 3)",
    "alpha027": "if_else(cs_rank(ts_mean(ts_corr(cs_rank(volume), cs_rank(vwap), 6), 2) / 2) > 0.5, -1, 1)",
    "alpha028": "cs_scale(ts_corr(ts_mean(volume, 20), low, 5) + (high + low) / 2 - close)",
    "alpha029": "ts_min(cs_rank(cs_rank(cs_scale(log(ts_sum(cs_rank(cs_rank(-1 * cs_rank(ts_delta(close - 1, 5)))), 2))))), 5) + ts_rank(ts_delay(-1 * ts_pct(close, 1), 6), 5) * 5",
    "alpha030": "(1 - cs_rank(sign(ts_delta(close, 1)) + sign(ts_delay(ts_delta(close, 1), 1)) + sign(ts_delay(ts_delta(close, 1), 2)))) * (ts_sum(volume, 5) / ts_sum(volume, 20))",
    "alpha031": "cs_rank(cs_rank(cs_rank(ts_decay_linear(-1 * cs_rank(cs_rank(ts_delta(close, 10))), 10)))) + cs_rank(-1 * ts_delta(close, 3)) + sign(cs_scale(ts_corr(ts_mean(volume, 20), low, 12)))",
    "alpha032": "cs_scale(ts_mean(close, 7) / 7 - close) + 20 * cs_scale(ts_corr(vwap, ts_delay(close, 5), 230))",
    "alpha033": "cs_rank(open / close - 1)",
    "alpha034": "cs_rank(2 - cs_rank(ts_std(ts_pct(close, 1), 2) / ts_std(ts_pct(close, 1), 5)) - cs_rank(ts_delta(close, 1)))",
    "alpha035": "ts_rank(volume, 32) * 32 * (1 - ts_rank(close + high - low, 16) * 16) * (1 - ts_rank(ts_pct(close, 1), 32) * 32)",
    "alpha036": "2.21 * cs_rank(ts_corr(close - open, ts_delay(volume, 1), 15)) + 0.7 * cs_rank(open - close) + 0.73 * cs_rank(ts_rank(ts_delay(-1 * ts_pct(close, 1), 6), 5)) + cs_rank(abs(ts_corr(vwap, ts_mean(volume, 20), 6))) + 0.6 * cs_rank((ts_mean(close, 200) / 200 - open) * (close - open))",
    "alpha037": "cs_rank(ts_corr(ts_delay(open - close, 1), close, 200)) + cs_rank(open - close)",
    "alpha038": "-1 * cs_rank(ts_rank(open, 10)) * cs_rank(close / open)",
    "alpha039": "-1 * cs_rank(ts_delta(close, 7) * (1 - cs_rank(ts_decay_linear(volume / ts_mean(volume, 20), 9)))) * (1 + cs_rank(ts_mean(ts_pct(close, 1), 250)))",
    "alpha040": "-1 * cs_rank(ts_std(high, 10)) * ts_corr(high, volume, 10)",
    "alpha041": "pow(high * low, 0.5) - vwap",
    "alpha042": "cs_rank(vwap - close) / cs_rank(vwap + close)",
    "alpha043": "ts_rank(volume / ts_mean(volume, 20), 20) * 20 * (ts_rank(-1 * ts_delta(close, 7), 8) * 8)",
    "alpha044": "-1 * ts_corr(high, cs_rank(volume), 5)",
    "alpha045": "-1 * (cs_rank(ts_mean(ts_delay(close, 5), 20)) * (sign(ts_delta(close, 1)) * sign(ts_delta(volume, 1))) * cs_rank(sign(ts_delta(ts_sum(close, 5), 1)) * sign(ts_delta(ts_sum(close, 20), 1))))",
    "alpha046": "if_else((ts_delay(close, 20) - ts_delay(close, 10)) / 10 - (ts_delay(close, 10) - close) / 10 > 0.25, -1, if_else((ts_delay(close, 20) - ts_delay(close, 10)) / 10 - (ts_delay(close, 10) - close) / 10 < 0, 1, -1 * ts_delta(close, 1)))",
    "alpha047": "cs_rank(1 / close) * volume / ts_mean(volume, 20) * (high * cs_rank(high - close) / (ts_mean(high, 5) / 5)) - cs_rank(vwap - ts_delay(vwap, 5))",
    "alpha049": "if_else((ts_delay(close, 20) - ts_delay(close, 10)) / 10 - (ts_delay(close, 10) - close) / 10 < -0.1, 1, -1 * ts_delta(close, 1))",
    "alpha050": "-1 * ts_max(cs_rank(ts_corr(cs_rank(volume), cs_rank(vwap), 5)), 5)",
    "alpha051": "if_else((ts_delay(close, 20) - ts_delay(close, 10)) / 10 - (ts_delay(close, 10) - close) / 10 < -0.05, 1, -1 * ts_delta(close, 1))",
    "alpha052": "-1 * ts_delta(ts_min(low, 5), 5) * cs_rank((ts_sum(ts_pct(close, 1), 240) - ts_sum(ts_pct(close, 1), 20)) / 220) * (ts_rank(volume, 5) * 5)",
    "alpha053": "-1 * ts_delta((close - low - (high - close)) / if_else(close - low == 0, 0.0001, close - low), 9)",
    "alpha054": "-1 * (low - close) * pow(open, 5) / (if_else(low - high == 0, 0.0001, low - high) * pow(close, 5))",
    "alpha055": "-1 * ts_corr(cs_rank((close - ts_min(low, 12)) / if_else(ts_max(high, 12) - ts_min(low, 12) == 0, 0.0001, ts_max(high, 12) - ts_min(low, 12))), cs_rank(volume), 6)",
    "alpha057": "0 - (close - vwap) / ts_decay_linear(cs_rank(30 - ts_argmax(close, 30)), 2)",
    "alpha060": "0 - (2 * cs_scale(cs_rank((close - low - (high - close)) * volume / if_else(high - low == 0, 0.0001, high - low))) - cs_scale(cs_rank(10 - ts_argmax(close, 10))))",
    "alpha061": "if_else(cs_rank(vwap - ts_min(vwap, 16)) < cs_rank(ts_corr(vwap, ts_mean(volume, 180), 18)), 1, 0)",
    "alpha062": "-1 * if_else(cs_rank(ts_corr(vwap, ts_mean(ts_mean(volume, 20), 22), 10)) < cs_rank(if_else(cs_rank(open) + cs_rank(open) < cs_rank((high + low) / 2) + cs_rank(high), 1, 0)), 1, 0)",
    "alpha064": "-1 * if_else(cs_rank(ts_corr(ts_mean(open * 0.178404 + low * 0.821596, 13), ts_mean(ts_mean(volume, 120), 13), 17)) < cs_rank(ts_delta((high + low) / 2 * 0.178404 + vwap * 0.821596, 4)), 1, 0)",
    "alpha065": "-1 * if_else(cs_rank(ts_corr(open * 0.00817205 + vwap * 0.99182795, ts_mean(ts_mean(volume, 60), 9), 6)) < cs_rank(open - ts_min(open, 14)), 1, 0)",
    "alpha066": "-1 * (cs_rank(ts_decay_linear(ts_delta(vwap, 4), 7)) + ts_rank(ts_decay_linear((low * 0.96633 + low * 0.03367 - vwap) / (open - (high + low) / 2), 11), 7) * 7)",
    "alpha068": "-1 * if_else(ts_rank(ts_corr(cs_rank(high), cs_rank(ts_mean(volume, 15)), 9), 14) * 14 < cs_rank(ts_delta(close * 0.518371 + low * 0.481629, 1)), 1, 0)",
    "alpha071": "max2(ts_rank(ts_decay_linear(ts_corr(ts_rank(close, 3), ts_rank(ts_mean(volume, 180), 12), 18), 4), 16) * 16, ts_rank(ts_decay_linear(square(cs_rank(low + open - (vwap + vwap))), 16), 4) * 4)",
    "alpha072": "(cs_rank(ts_decay_linear(ts_corr((high + low) / 2, ts_mean(volume, 40), 9), 10)) + 0.0001) / (cs_rank(ts_decay_linear(ts_corr(ts_rank(vwap, 4), ts_rank(volume, 19), 7), 3)) + 0.0001)",
    "alpha073": "-1 * max2(cs_rank(ts_decay_linear(ts_delta(vwap, 5), 3)), ts_rank(ts_decay_linear(-1 * (ts_delta(open * 0.147155 + low * 0.852845, 2) / (open * 0.147155 + low * 0.852845)), 3), 17) * 17)",
    "alpha074": "-1 * if_else(cs_rank(ts_corr(close, ts_mean(ts_mean(volume, 30), 37), 15)) < cs_rank(ts_corr(cs_rank(high * 0.0261661 + vwap * 0.9738339), cs_rank(volume), 11)), 1, 0)",
    "alpha075": "if_else(cs_rank(ts_corr(vwap, volume, 4)) < cs_rank(ts_corr(cs_rank(low), cs_rank(ts_mean(volume, 50)), 12)), 1, 0)",
    "alpha077": "min2(cs_rank(ts_decay_linear((high + low) / 2 + high - (vwap + high), 20)), cs_rank(ts_decay_linear(ts_corr((high + low) / 2, ts_mean(volume, 40), 3), 6)))",
    "alpha078": "power(cs_rank(ts_corr(ts_sum(low * 0.352233 + vwap * 0.647767, 20), ts_sum(ts_mean(volume, 40), 20), 7)), cs_rank(ts_corr(cs_rank(vwap), cs_rank(volume), 6)))",
    "alpha081": "-1 * if_else(cs_rank(log(ts_product(cs_rank(pow(cs_rank(ts_corr(vwap, ts_sum(ts_mean(volume, 10), 50), 8)), 4)), 15))) < cs_rank(ts_corr(cs_rank(vwap), cs_rank(volume), 5)), 1, 0)",
    "alpha083": "cs_rank(ts_delay((high - low) / (ts_sum(close, 5) / 5), 2)) * cs_rank(cs_rank(volume)) / ((high - low) / (ts_sum(close, 5) / 5) / (vwap - close))",
    "alpha084": "power(ts_rank(vwap - ts_max(vwap, 15), 21) * 21, ts_delta(close, 5))",
    "alpha085": "power(cs_rank(ts_corr(high * 0.876703 + close * 0.123297, ts_mean(volume, 30), 10)), cs_rank(ts_corr(ts_rank((high + low) / 2, 4), ts_rank(volume, 10), 7)))",
    "alpha086": "-1 * if_else(ts_rank(ts_corr(close, ts_mean(ts_mean(volume, 20), 15), 6), 20) * 20 < cs_rank(open + close - (vwap + open)), 1, 0)",
    "alpha088": "min2(ts_rank(ts_decay_linear(ts_corr(ts_rank(close, 8), ts_rank(ts_mean(volume, 60), 21), 8), 7), 3) * 3, cs_rank(ts_decay_linear(cs_rank(open) + cs_rank(low) - (cs_rank(high) + cs_rank(close)), 8)))",
    "alpha092": "min2(ts_rank(ts_decay_linear(if_else((high + low) / 2 + close < low + open, 1, 0), 15), 19) * 19, ts_rank(ts_decay_linear(ts_corr(cs_rank(low), cs_rank(ts_mean(volume, 30)), 8), 7), 7) * 7)",
    "alpha094": "-1 * power(cs_rank(vwap - ts_min(vwap, 12)), ts_rank(ts_corr(ts_rank(vwap, 20), ts_rank(ts_mean(volume, 60), 4), 18), 3) * 3)",
    "alpha095": "if_else(cs_rank(open - ts_min(open, 12)) < ts_rank(pow(cs_rank(ts_corr(ts_mean((high + low) / 2, 19), ts_mean(ts_mean(volume, 40), 19), 13)), 5), 12) * 12, 1, 0)",
    "alpha096": "-1 * max2(ts_rank(ts_decay_linear(ts_corr(cs_rank(vwap), cs_rank(volume), 4), 4), 8) * 8, ts_rank(ts_decay_linear(13 - ts_argmax(ts_corr(ts_rank(close, 7), ts_rank(ts_mean(volume, 60), 4), 4), 13), 14), 13) * 13)",
    "alpha098": "cs_rank(ts_decay_linear(ts_corr(vwap, ts_mean(ts_mean(volume, 5), 26), 5), 7)) - cs_rank(ts_decay_linear(ts_rank(9 - ts_argmin(ts_corr(cs_rank(open), cs_rank(ts_mean(volume, 15)), 21), 9), 7), 8))",
    "alpha099": "-1 * if_else(cs_rank(ts_corr(ts_sum((high + low) / 2, 20), ts_sum(ts_mean(volume, 60), 20), 9)) < cs_rank(ts_corr(low, volume, 6)), 1, 0)",
    "alpha101": "(close - open) / (high - low + 0.001)",
}
