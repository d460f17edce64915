"""WorldQuant's 101 Formulaic Alphas (Kakushadze, arXiv 1601.00991), written from the paper for wide frames.

``m`` is a ``wide.Market``. Windows that the paper gives as fractions are cut to whole days, ``adv20`` is the mean
amount of 20 days, ``IndClass.*`` is the industry, a truth in arithmetic is 1 or 0, ``^`` is a power, SignedPower keeps
the sign. ``min(x, 5)`` with a number is a window, ``min(x, y)`` is the smaller of two.
"""

from __future__ import annotations

from formulas.windows import (
    absolute,
    correlation,
    covariance,
    decay_linear,
    delay,
    delta,
    equal,
    indneutralize,
    larger,
    log,
    mean,
    product,
    rank,
    scale,
    sign,
    signed_power,
    smaller,
    stddev,
    total,
    ts_argmax,
    ts_argmin,
    ts_max,
    ts_min,
    ts_rank,
    where,
)  # fmt: skip


def adv(m, d):
    return mean(m.amount, d)


def mixed(x, share, y):
    """A weighted mean of two, by its weight of the first."""
    return x * share + y * (1 - share)


def middle(m):
    return (m.high + m.low) / 2


def typical_move(m):
    """(((close - low) - (high - close)) / ...) of alphas 53, 60 and 100 before the division."""
    return (m.close - m.low) - (m.high - m.close)


def bend(m):
    """Slope of the ten days that ended ten days ago minus that of the last ten (alphas 46, 49 and 51)."""
    return (delay(m.close, 20) - delay(m.close, 10)) / 10 - (delay(m.close, 10) - m.close) / 10


def persistent_change(m, days):
    """The change of close where all changes of ``days`` have one sign, else its opposite (alphas 9 and 10)."""
    change = delta(m.close, 1)
    return where(ts_min(change, days) > 0, change, where(ts_max(change, days) < 0, change, -1 * change))


def alpha21(m):
    short, long, spread = total(m.close, 2) / 2, total(m.close, 8) / 8, stddev(m.close, 8)
    busy = m.volume / adv(m, 20)
    return where(long + spread < short, -1, where(short < long - spread, 1, where((busy > 1) | equal(busy, 1), 1, -1)))


def alpha24(m):
    trend = delta(total(m.close, 100) / 100, 100) / delay(m.close, 100)
    slow = (trend < 0.05) | equal(trend, 0.05)
    return where(slow, -1 * (m.close - ts_min(m.close, 100)), -1 * delta(m.close, 3))


def alpha29(m):
    deep = rank(rank(-1 * rank(delta(m.close - 1, 5))))
    inner = rank(rank(scale(log(total(ts_min(deep, 2), 1)))))
    return ts_min(product(inner, 1), 5) + ts_rank(delay(-1 * m.returns, 6), 5)


def alpha30(m):
    signs = (
        (sign(m.close - delay(m.close, 1)) + sign(delay(m.close, 1) - delay(m.close, 2)))
        + sign(delay(m.close, 2) - delay(m.close, 3))
    )  # fmt: skip
    return ((1.0 - rank(signs)) * total(m.volume, 5)) / total(m.volume, 20)


def alpha31(m):
    ranks = rank(rank(rank(decay_linear(-1 * rank(rank(delta(m.close, 10))), 10)))) + rank(-1 * delta(m.close, 3))
    return ranks + sign(scale(correlation(adv(m, 20), m.low, 12)))


def alpha36(m):
    return (
        2.21 * rank(correlation(m.close - m.open, delay(m.volume, 1), 15))
        + 0.7 * rank(m.open - m.close)
        + 0.73 * rank(ts_rank(delay(-1 * m.returns, 6), 5))
        + rank(absolute(correlation(m.vwap, adv(m, 20), 6)))
        + 0.6 * rank((total(m.close, 200) / 200 - m.open) * (m.close - m.open))
    )


def alpha45(m):
    held = rank(total(delay(m.close, 5), 20) / 20) * correlation(m.close, m.volume, 2)
    return -1 * (held * rank(correlation(total(m.close, 5), total(m.close, 20), 2)))


def alpha47(m):
    busy = (rank(1 / m.close) * m.volume) / adv(m, 20)
    high = (m.high * rank(m.high - m.close)) / (total(m.high, 5) / 5)
    return busy * high - rank(m.vwap - delay(m.vwap, 5))


def alpha48(m):
    change, before = delta(m.close, 1), delta(delay(m.close, 1), 1)
    neutral = indneutralize((correlation(change, before, 250) * change) / m.close)
    return neutral / total((change / delay(m.close, 1)) ** 2, 250)


def alpha66(m):
    odd = (mixed(m.low, 0.96633, m.low) - m.vwap) / (m.open - middle(m))
    return (rank(decay_linear(delta(m.vwap, 3), 7)) + ts_rank(decay_linear(odd, 11), 6)) * -1


def alpha71(m):
    steady = correlation(ts_rank(m.close, 3), ts_rank(adv(m, 180), 12), 18)
    wide = rank((m.low + m.open) - (m.vwap + m.vwap)) ** 2
    return larger(ts_rank(decay_linear(steady, 4), 15), ts_rank(decay_linear(wide, 16), 4))


def alpha72(m):
    slow = decay_linear(correlation(middle(m), adv(m, 40), 8), 10)
    return rank(slow) / rank(decay_linear(correlation(ts_rank(m.vwap, 3), ts_rank(m.volume, 18), 6), 2))


def alpha73(m):
    price = mixed(m.open, 0.147155, m.low)
    fall = ts_rank(decay_linear((delta(price, 2) / price) * -1, 3), 16)
    return larger(rank(decay_linear(delta(m.vwap, 4), 2)), fall) * -1


def alpha76(m):
    steady = decay_linear(ts_rank(correlation(indneutralize(m.low), adv(m, 81), 8), 19), 17)
    return larger(rank(decay_linear(delta(m.vwap, 1), 11)), ts_rank(steady, 19)) * -1


def alpha77(m):
    high = rank(decay_linear((middle(m) + m.high) - (m.vwap + m.high), 20))
    return smaller(high, rank(decay_linear(correlation(middle(m), adv(m, 40), 3), 5)))


def alpha82(m):
    steady = decay_linear(correlation(indneutralize(m.volume), mixed(m.open, 0.634196, m.open), 17), 6)
    return smaller(rank(decay_linear(delta(m.open, 1), 14)), ts_rank(steady, 13)) * -1


def alpha83(m):
    height = (m.high - m.low) / (total(m.close, 5) / 5)
    return (rank(delay(height, 2)) * rank(rank(m.volume))) / (height / (m.vwap - m.close))


def alpha87(m):
    price = rank(decay_linear(delta(mixed(m.close, 0.369701, m.vwap), 1), 2))
    steady = decay_linear(absolute(correlation(indneutralize(adv(m, 81)), m.close, 13)), 4)
    return larger(price, ts_rank(steady, 14)) * -1


def alpha88(m):
    ranks = (rank(m.open) + rank(m.low)) - (rank(m.high) + rank(m.close))
    steady = decay_linear(correlation(ts_rank(m.close, 8), ts_rank(adv(m, 60), 20), 8), 6)
    return smaller(rank(decay_linear(ranks, 8)), ts_rank(steady, 2))


def alpha92(m):
    low = ts_rank(decay_linear((middle(m) + m.close) < (m.low + m.open), 14), 18)
    return smaller(low, ts_rank(decay_linear(correlation(rank(m.low), rank(adv(m, 30)), 7), 6), 6))


def alpha96(m):
    busy = ts_rank(decay_linear(correlation(rank(m.vwap), rank(m.volume), 3), 4), 8)
    steady = correlation(ts_rank(m.close, 7), ts_rank(adv(m, 60), 4), 3)
    return larger(busy, ts_rank(decay_linear(ts_argmax(steady, 12), 14), 13)) * -1


def alpha97(m):
    price = rank(decay_linear(delta(indneutralize(mixed(m.low, 0.721001, m.vwap)), 3), 20))
    steady = ts_rank(correlation(ts_rank(m.low, 7), ts_rank(adv(m, 60), 17), 4), 18)
    return (price - ts_rank(decay_linear(steady, 15), 6)) * -1


def alpha98(m):
    busy = rank(decay_linear(correlation(m.vwap, total(adv(m, 5), 26), 4), 7))
    place = ts_argmin(correlation(rank(m.open), rank(adv(m, 15)), 20), 8)
    return busy - rank(decay_linear(ts_rank(place, 6), 8))


def alpha100(m):
    first = scale(indneutralize(indneutralize(rank((typical_move(m) / (m.high - m.low)) * m.volume))))
    second = scale(indneutralize(correlation(m.close, rank(adv(m, 20)), 5) - rank(ts_argmin(m.close, 30))))
    return 0 - (1 * ((1.5 * first - second) * (m.volume / adv(m, 20))))


ALPHAS = {
    1: lambda m: rank(ts_argmax(signed_power(where(m.returns < 0, stddev(m.returns, 20), m.close), 2.0), 5)) - 0.5,
    2: lambda m: -1 * correlation(rank(delta(log(m.volume), 2)), rank((m.close - m.open) / m.open), 6),
    3: lambda m: -1 * correlation(rank(m.open), rank(m.volume), 10),
    4: lambda m: -1 * ts_rank(rank(m.low), 9),
    5: lambda m: rank(m.open - total(m.vwap, 10) / 10) * (-1 * absolute(rank(m.close - m.vwap))),
    6: lambda m: -1 * correlation(m.open, m.volume, 10),
    7: lambda m: where(
        adv(m, 20) < m.volume, (-1 * ts_rank(absolute(delta(m.close, 7)), 60)) * sign(delta(m.close, 7)), -1
    ),
    8: lambda m: -1 * rank(
        total(m.open, 5) * total(m.returns, 5) - delay(total(m.open, 5) * total(m.returns, 5), 10)
    ),
    9: lambda m: persistent_change(m, 5),
    10: lambda m: rank(persistent_change(m, 4)),
    11: lambda m: (rank(ts_max(m.vwap - m.close, 3)) + rank(ts_min(m.vwap - m.close, 3))) * rank(delta(m.volume, 3)),
    12: lambda m: sign(delta(m.volume, 1)) * (-1 * delta(m.close, 1)),
    13: lambda m: -1 * rank(covariance(rank(m.close), rank(m.volume), 5)),
    14: lambda m: (-1 * rank(delta(m.returns, 3))) * correlation(m.open, m.volume, 10),
    15: lambda m: -1 * total(rank(correlation(rank(m.high), rank(m.volume), 3)), 3),
    16: lambda m: -1 * rank(covariance(rank(m.high), rank(m.volume), 5)),
    17: lambda m: (
        ((-1 * rank(ts_rank(m.close, 10))) * rank(delta(delta(m.close, 1), 1)))
        * rank(ts_rank(m.volume / adv(m, 20), 5))
    ),
    18: lambda m: -1 * rank(
        (stddev(absolute(m.close - m.open), 5) + (m.close - m.open)) + correlation(m.close, m.open, 10)
    ),
    19: lambda m: (
        (-1 * sign((m.close - delay(m.close, 7)) + delta(m.close, 7))) * (1 + rank(1 + total(m.returns, 250)))
    ),
    20: lambda m: (
        ((-1 * rank(m.open - delay(m.high, 1))) * rank(m.open - delay(m.close, 1))) * rank(m.open - delay(m.low, 1))
    ),
    21: alpha21,
    22: lambda m: -1 * (delta(correlation(m.high, m.volume, 5), 5) * rank(stddev(m.close, 20))),
    23: lambda m: where(total(m.high, 20) / 20 < m.high, -1 * delta(m.high, 2), 0),
    24: alpha24,
    25: lambda m: rank((((-1 * m.returns) * adv(m, 20)) * m.vwap) * (m.high - m.close)),
    26: lambda m: -1 * ts_max(correlation(ts_rank(m.volume, 5), ts_rank(m.high, 5), 5), 3),
    27: lambda m: where(rank(total(correlation(rank(m.volume), rank(m.vwap), 6), 2) / 2.0) > 0.5, -1, 1),
    28: lambda m: scale((correlation(adv(m, 20), m.low, 5) + (m.high + m.low) / 2) - m.close),
    29: alpha29,
    30: alpha30,
    31: alpha31,
    32: lambda m: scale(total(m.close, 7) / 7 - m.close) + 20 * scale(correlation(m.vwap, delay(m.close, 5), 230)),
    33: lambda m: rank(-1 * ((1 - (m.open / m.close)) ** 1)),
    34: lambda m: rank((1 - rank(stddev(m.returns, 2) / stddev(m.returns, 5))) + (1 - rank(delta(m.close, 1)))),
    35: lambda m: (
        (ts_rank(m.volume, 32) * (1 - ts_rank((m.close + m.high) - m.low, 16))) * (1 - ts_rank(m.returns, 32))
    ),
    36: alpha36,
    37: lambda m: rank(correlation(delay(m.open - m.close, 1), m.close, 200)) + rank(m.open - m.close),
    38: lambda m: (-1 * rank(ts_rank(m.close, 10))) * rank(m.close / m.open),
    39: lambda m: (
        (-1 * rank(delta(m.close, 7) * (1 - rank(decay_linear(m.volume / adv(m, 20), 9)))))
        * (1 + rank(total(m.returns, 250)))
    ),
    40: lambda m: (-1 * rank(stddev(m.high, 10))) * correlation(m.high, m.volume, 10),
    41: lambda m: (m.high * m.low) ** 0.5 - m.vwap,
    42: lambda m: rank(m.vwap - m.close) / rank(m.vwap + m.close),
    43: lambda m: ts_rank(m.volume / adv(m, 20), 20) * ts_rank(-1 * delta(m.close, 7), 8),
    44: lambda m: -1 * correlation(m.high, rank(m.volume), 5),
    45: alpha45,
    46: lambda m: where(bend(m) > 0.25, -1, where(bend(m) < 0, 1, (-1 * 1) * (m.close - delay(m.close, 1)))),
    47: alpha47,
    48: alpha48,
    49: lambda m: where(bend(m) < -0.1, 1, -1 * (m.close - delay(m.close, 1))),
    50: lambda m: -1 * ts_max(rank(correlation(rank(m.volume), rank(m.vwap), 5)), 5),
    51: lambda m: where(bend(m) < -0.05, 1, -1 * (m.close - delay(m.close, 1))),
    52: lambda m: (
        ((-1 * ts_min(m.low, 5) + delay(ts_min(m.low, 5), 5))
         * rank((total(m.returns, 240) - total(m.returns, 20)) / 220)) * ts_rank(m.volume, 5)
    ),
    53: lambda m: -1 * delta(typical_move(m) / (m.close - m.low), 9),
    54: lambda m: (-1 * ((m.low - m.close) * (m.open**5))) / ((m.low - m.high) * (m.close**5)),
    55: lambda m: -1 * correlation(
        rank((m.close - ts_min(m.low, 12)) / (ts_max(m.high, 12) - ts_min(m.low, 12))), rank(m.volume), 6
    ),
    56: lambda m: 0 - (1 * (rank(total(m.returns, 10) / total(total(m.returns, 2), 3)) * rank(m.returns * m.cap))),
    57: lambda m: 0 - (1 * ((m.close - m.vwap) / decay_linear(rank(ts_argmax(m.close, 30)), 2))),
    58: lambda m: -1 * ts_rank(decay_linear(correlation(indneutralize(m.vwap), m.volume, 3), 7), 5),
    59: lambda m: -1 * ts_rank(
        decay_linear(correlation(indneutralize(mixed(m.vwap, 0.728317, m.vwap)), m.volume, 4), 16), 8
    ),
    60: lambda m: 0 - (
        1 * (2 * scale(rank((typical_move(m) / (m.high - m.low)) * m.volume)) - scale(rank(ts_argmax(m.close, 10))))
    ),
    61: lambda m: rank(m.vwap - ts_min(m.vwap, 16)) < rank(correlation(m.vwap, adv(m, 180), 17)),
    62: lambda m: (
        rank(correlation(m.vwap, total(adv(m, 20), 22), 9))
        < rank((rank(m.open) + rank(m.open)) < (rank((m.high + m.low) / 2) + rank(m.high)))
    ) * -1,
    63: lambda m: (
        rank(decay_linear(delta(indneutralize(m.close), 2), 8))
        - rank(decay_linear(correlation(mixed(m.vwap, 0.318108, m.open), total(adv(m, 180), 37), 13), 12))
    ) * -1,
    64: lambda m: (
        rank(correlation(total(mixed(m.open, 0.178404, m.low), 12), total(adv(m, 120), 12), 16))
        < rank(delta(mixed((m.high + m.low) / 2, 0.178404, m.vwap), 3))
    ) * -1,
    65: lambda m: (
        rank(correlation(mixed(m.open, 0.00817205, m.vwap), total(adv(m, 60), 8), 6))
        < rank(m.open - ts_min(m.open, 13))
    ) * -1,
    66: alpha66,
    67: lambda m: (
        rank(m.high - ts_min(m.high, 2)) ** rank(correlation(indneutralize(m.vwap), indneutralize(adv(m, 20)), 6))
    ) * -1,
    68: lambda m: (
        ts_rank(correlation(rank(m.high), rank(adv(m, 15)), 8), 13) < rank(delta(mixed(m.close, 0.518371, m.low), 1))
    ) * -1,
    69: lambda m: (
        rank(ts_max(delta(indneutralize(m.vwap), 2), 4))
        ** ts_rank(correlation(mixed(m.close, 0.490655, m.vwap), adv(m, 20), 4), 9)
    ) * -1,
    70: lambda m: (
        rank(delta(m.vwap, 1)) ** ts_rank(correlation(indneutralize(m.close), adv(m, 50), 17), 17)
    ) * -1,
    71: alpha71,
    72: alpha72,
    73: alpha73,
    74: lambda m: (
        rank(correlation(m.close, total(adv(m, 30), 37), 15))
        < rank(correlation(rank(mixed(m.high, 0.0261661, m.vwap)), rank(m.volume), 11))
    ) * -1,
    75: lambda m: rank(correlation(m.vwap, m.volume, 4)) < rank(correlation(rank(m.low), rank(adv(m, 50)), 12)),
    76: alpha76,
    77: alpha77,
    78: lambda m: (
        rank(correlation(total(mixed(m.low, 0.352233, m.vwap), 19), total(adv(m, 40), 19), 6))
        ** rank(correlation(rank(m.vwap), rank(m.volume), 5))
    ),
    79: lambda m: (
        rank(delta(indneutralize(mixed(m.close, 0.60733, m.open)), 1))
        < rank(correlation(ts_rank(m.vwap, 3), ts_rank(adv(m, 150), 9), 14))
    ),
    80: lambda m: (
        rank(sign(delta(indneutralize(mixed(m.open, 0.868128, m.high)), 4)))
        ** ts_rank(correlation(m.high, adv(m, 10), 5), 5)
    ) * -1,
    81: lambda m: (
        rank(log(product(rank(rank(correlation(m.vwap, total(adv(m, 10), 49), 8)) ** 4), 14)))
        < rank(correlation(rank(m.vwap), rank(m.volume), 5))
    ) * -1,
    82: alpha82,
    83: alpha83,
    84: lambda m: signed_power(ts_rank(m.vwap - ts_max(m.vwap, 15), 20), delta(m.close, 4)),
    85: lambda m: (
        rank(correlation(mixed(m.high, 0.876703, m.close), adv(m, 30), 9))
        ** rank(correlation(ts_rank((m.high + m.low) / 2, 3), ts_rank(m.volume, 10), 7))
    ),
    86: lambda m: (
        ts_rank(correlation(m.close, total(adv(m, 20), 14), 6), 20) < rank((m.open + m.close) - (m.vwap + m.open))
    ) * -1,
    87: alpha87,
    88: alpha88,
    89: lambda m: (
        ts_rank(decay_linear(correlation(mixed(m.low, 0.967285, m.low), adv(m, 10), 6), 5), 3)
        - ts_rank(decay_linear(delta(indneutralize(m.vwap), 3), 10), 15)
    ),
    90: lambda m: (
        rank(m.close - ts_max(m.close, 4)) ** ts_rank(correlation(indneutralize(adv(m, 40)), m.low, 5), 3)
    ) * -1,
    91: lambda m: (
        ts_rank(decay_linear(decay_linear(correlation(indneutralize(m.close), m.volume, 9), 16), 3), 4)
        - rank(decay_linear(correlation(m.vwap, adv(m, 30), 4), 2))
    ) * -1,
    92: alpha92,
    93: lambda m: (
        ts_rank(decay_linear(correlation(indneutralize(m.vwap), adv(m, 81), 17), 19), 7)
        / rank(decay_linear(delta(mixed(m.close, 0.524434, m.vwap), 2), 16))
    ),
    94: lambda m: (
        rank(m.vwap - ts_min(m.vwap, 11))
        ** ts_rank(correlation(ts_rank(m.vwap, 19), ts_rank(adv(m, 60), 4), 18), 2)
    ) * -1,
    95: lambda m: (
        rank(m.open - ts_min(m.open, 12))
        < ts_rank(rank(correlation(total((m.high + m.low) / 2, 19), total(adv(m, 40), 19), 12)) ** 5, 11)
    ),
    96: alpha96,
    97: alpha97,
    98: alpha98,
    99: lambda m: (
        rank(correlation(total((m.high + m.low) / 2, 19), total(adv(m, 60), 19), 8))
        < rank(correlation(m.low, m.volume, 6))
    ) * -1,
    100: alpha100,
    101: lambda m: (m.close - m.open) / ((m.high - m.low) + 0.001),
}  # fmt: skip
"""Alpha by its number in the paper; 56 needs the market capitalisation as a field ``cap``."""
