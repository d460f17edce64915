"""The 158 features of qlib's Alpha158, written from qlib's definitions for wide frames.

Ref, Mean, Sum, Std (ddof 1), Slope, Rsquare and Resi (on the day's number), Quantile (linear), Rank (share, average
ties), IdxMax and IdxMin (1 for the oldest day), Corr, Greater and Less (the larger, the smaller of two).
"""

from __future__ import annotations

from formulas.windows import (
    absolute,
    correlation,
    delay,
    larger,
    log,
    mean,
    quantile,
    residual,
    rsquare,
    slope,
    smaller,
    stddev,
    total,
    ts_argmax,
    ts_argmin,
    ts_max,
    ts_min,
    ts_rank,
)  # fmt: skip

TINY = 1e-12
DAYS = (5, 10, 20, 30, 60)

CANDLE = {
    "KMID": lambda m: (m.close - m.open) / m.open,
    "KLEN": lambda m: (m.high - m.low) / m.open,
    "KMID2": lambda m: (m.close - m.open) / (m.high - m.low + TINY),
    "KUP": lambda m: (m.high - larger(m.open, m.close)) / m.open,
    "KUP2": lambda m: (m.high - larger(m.open, m.close)) / (m.high - m.low + TINY),
    "KLOW": lambda m: (smaller(m.open, m.close) - m.low) / m.open,
    "KLOW2": lambda m: (smaller(m.open, m.close) - m.low) / (m.high - m.low + TINY),
    "KSFT": lambda m: (2 * m.close - m.high - m.low) / m.open,
    "KSFT2": lambda m: (2 * m.close - m.high - m.low) / (m.high - m.low + TINY),
    "OPEN0": lambda m: m.open / m.close,
    "HIGH0": lambda m: m.high / m.close,
    "LOW0": lambda m: m.low / m.close,
    "VWAP0": lambda m: m.vwap / m.close,
}


def before(m):
    return delay(m.close, 1)


def rise(x):
    return larger(x - delay(x, 1), 0)


def fall(x):
    return larger(delay(x, 1) - x, 0)


def moves(x, d):
    return total(absolute(x - delay(x, 1)), d) + TINY


def weighted_move(m):
    return absolute(m.close / before(m) - 1) * m.volume


WINDOWED = {
    "ROC": lambda m, d: delay(m.close, d) / m.close,
    "MA": lambda m, d: mean(m.close, d) / m.close,
    "STD": lambda m, d: stddev(m.close, d) / m.close,
    "BETA": lambda m, d: slope(m.close, d) / m.close,
    "RSQR": lambda m, d: rsquare(m.close, d),
    "RESI": lambda m, d: residual(m.close, d) / m.close,
    "MAX": lambda m, d: ts_max(m.high, d) / m.close,
    "MIN": lambda m, d: ts_min(m.low, d) / m.close,
    "QTLU": lambda m, d: quantile(m.close, d, 0.8) / m.close,
    "QTLD": lambda m, d: quantile(m.close, d, 0.2) / m.close,
    "RANK": lambda m, d: ts_rank(m.close, d),
    "RSV": lambda m, d: (m.close - ts_min(m.low, d)) / (ts_max(m.high, d) - ts_min(m.low, d) + TINY),
    "IMAX": lambda m, d: ts_argmax(m.high, d) / d,
    "IMIN": lambda m, d: ts_argmin(m.low, d) / d,
    "IMXD": lambda m, d: (ts_argmax(m.high, d) - ts_argmin(m.low, d)) / d,
    "CORR": lambda m, d: correlation(m.close, log(m.volume + 1), d),
    "CORD": lambda m, d: correlation(m.close / before(m), log(m.volume / delay(m.volume, 1) + 1), d),
    "CNTP": lambda m, d: mean(m.close > before(m), d),
    "CNTN": lambda m, d: mean(m.close < before(m), d),
    "CNTD": lambda m, d: mean(m.close > before(m), d) - mean(m.close < before(m), d),
    "SUMP": lambda m, d: total(rise(m.close), d) / moves(m.close, d),
    "SUMN": lambda m, d: total(fall(m.close), d) / moves(m.close, d),
    "SUMD": lambda m, d: (total(rise(m.close), d) - total(fall(m.close), d)) / moves(m.close, d),
    "VMA": lambda m, d: mean(m.volume, d) / (m.volume + TINY),
    "VSTD": lambda m, d: stddev(m.volume, d) / (m.volume + TINY),
    "WVMA": lambda m, d: stddev(weighted_move(m), d) / (mean(weighted_move(m), d) + TINY),
    "VSUMP": lambda m, d: total(rise(m.volume), d) / moves(m.volume, d),
    "VSUMN": lambda m, d: total(fall(m.volume), d) / moves(m.volume, d),
    "VSUMD": lambda m, d: (total(rise(m.volume), d) - total(fall(m.volume), d)) / moves(m.volume, d),
}

FEATURES = CANDLE | {
    f"{name}{d}": lambda m, d=d, feature=feature: feature(m, d) for name, feature in WINDOWED.items() for d in DAYS
}
"""Feature by qlib's name."""
