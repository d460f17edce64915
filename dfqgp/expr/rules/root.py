"""Rules of the root: what a score cannot see.

A day's factor is winsorized, z-scored, taken free of industry and size, and ranked; so a factor times a number, plus a
number, or with its sign turned scores as it did, day by day. Of two factors that are equal so far, the one that loses
fewer digits is on the right.
"""

from __future__ import annotations

from dfqgp.expr.rules.rule import Equality, Rule

FITNESS = Equality.FITNESS

RULES = (
    Rule("-x", "x", FITNESS, turn="-1"),
    Rule("x + k", "x", FITNESS),
    Rule("x - k", "x", FITNESS),
    Rule("k - x", "x", FITNESS, turn="-1"),
    Rule("x * k", "x", FITNESS, when="k != 0", turn="k"),
    Rule("x / k", "x", FITNESS, when="k != 0", turn="k"),
    Rule("k / x", "inv(x)", FITNESS, when="k != 0", turn="k"),
    Rule("cs_demean(x)", "x", FITNESS),
    Rule("cs_zscore(x)", "x", FITNESS),
    Rule("cs_scale(x)", "x", FITNESS),
    Rule("cs_rank(-x)", "cs_rank(x)", FITNESS, turn="-1"),
    Rule("cs_rank(k - x)", "cs_rank(x)", FITNESS, turn="-1"),
    Rule("sigmoid(-x)", "sigmoid(x)", FITNESS, turn="-1"),
    Rule("x / ts_delay(x, a)", "ts_pct(x, a)", FITNESS),
)
