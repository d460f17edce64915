"""Texts of every dialect, and strings that are nearly such texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

VALID = {
    "dfqgp": (
        "cs_rank(ts_corr(close / open, volume, 20)) * -1.5",
        "if_else(close > open and not volume == 0, ts_mean(returns, 5), -returns)",
        "or(close <= low, gt(high, 2.)) or ~(open >= .5e-3)",
        "ts_quantile(group_demean(-returns, industry), 10, 0.25) - clip(turnover, -1, 1e2)",
    ),
    "alpha101": (
        "(rank(Ts_ArgMax(SignedPower(((returns < 0) ? stddev(returns, 20) : close), 2.), 5)) - 0.5)",
        "((close < delay(close, 1)) || (volume == adv20) && !(open >= 1) ? (-1 * 1) : scale(max(low, 3.7), 2)^0.5)",
        "(-1 * ts_rank(correlation(indneutralize(close, IndClass.industry), volume, 3.92795), 5.50322)) != 1",
        "min(sum(high, 2), covariance(rank(open), product(volume, 3), 5))^rank(delta(close, 1.1))",
    ),
    "qlib": (
        "($high-Greater($open, $close))/($high-$low+1e-12)",
        "Mean($close>Ref($close, 5), 5)-Mean($close<Ref($close, 5), 5)",
        "If(And(Gt($close, $open), $volume != 0), Quantile($close, 10, 0.8), IdxMax($high, 5)) ** 2",
        "Resi($close, 5) * ($close > 1 | Not($close == 1)) - WMA($open, 4) / Corr(Log($volume+1), Ref($close,1), 9)",
    ),
    "gplearn": (
        "add(sub(X0, X1), mul(0.500, div(X2, inv(X3))))",
        "max(log(abs(neg(X4))), min(sqrt(X5), sig(-0.123)))",
    ),
}  # fmt: skip

TOKENS = (
    *"()+-*/,<>?:!~&|^$.# \n'\"[]{}=%@\\", "**", "&&", "||", "<=", "==", "!=", "and", "or", "not", "close", "$close",
    "industry", "IndClass.sector", "adv20", "cap", "X0", "X99", "0", "1", "-1", "2.5", ".5", "1e-12", "1e999", "9" * 40,
    "ts_mean", "rank", "Mean", "div", "if_else", "Ref", "min", "scale", "gt", "é", "收盘", "（", "\u0000", "\ud800",
    "((((((((", "not not not ", "------", ".real.real", "**2**2**2", "?:?:", "ts_mean(close, 5)", "close.real",
)  # fmt: skip
"""What an edit puts in: all symbols, words of all dialects, and what breaks careless parsers."""

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


def mutated(text: str, rng: random.Random, edits: int) -> str:
    """The text after random edits of its pieces: one taken out, doubled, replaced or swapped, or a token put in."""
    pieces = _PIECE.findall(text)
    for _ in range(edits):
        place, kind = rng.randrange(len(pieces) + 1), rng.randrange(6)
        there = pieces[place : place + 1]
        if kind == 0:
            pieces[place : place + 1] = []
        elif kind == 1:
            pieces[place:place] = there
        elif kind == 2:
            pieces[place : place + 1] = [rng.choice(TOKENS)]
        elif kind == 3:
            pieces[place:place] = [rng.choice(TOKENS)]
        elif kind == 4:
            pieces[place : place + 2] = reversed(pieces[place : place + 2])
        else:
            end = place + rng.randrange(12)
            pieces[place:place] = pieces[place:end] * rng.randrange(1, 4)
    return "".join(pieces)


def random_string(rng: random.Random) -> str:
    """Tokens, characters of all planes, or both, without order."""
    length = rng.randrange(30)
    if rng.random() < 0.5:
        return "".join(rng.choice(TOKENS) for _ in range(length))
    return "".join(
        chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x110000)))) for _ in range(length)
    )
