"""Expressions that are the same number wherever they have a value, or noise about it."""

from __future__ import annotations

CONSTANT = (
    "x - x",
    "x / x",
    "x < x",
    "x <= x",
    "x == x",
    "p and not p",
    "p or not p",
    "ts_rank(x, 1)",
    "ts_argmin(x, 1)",
    "ts_argmax(x, 1)",
    "ts_range(x, 1)",
    "ts_mad(x, 1)",
    "ts_corr(x, x, w)",
    "ts_beta(x, x, w)",
    "ts_alpha(x, x, w)",
    "ts_resid(x, x, w)",
    "ts_partial_corr(x, x, z, w)",
    "ts_partial_corr(x, z, x, w)",
    "ts_partial_corr(z, x, x, w)",
    "cs_resid(x, x)",
    "group_mean(group_demean(x, g), g)",
    "group_mean(group_zscore(x, g), g)",
    "group_demean(group_mean(x, g), g)",
    "group_demean(group_std(x, g), g)",
    "group_std(group_mean(x, g), g)",
    "group_std(group_std(x, g), g)",
    "group_std(group_zscore(x, g), g)",
    "group_zscore(group_mean(x, g), g)",
    "group_zscore(group_std(x, g), g)",
)
"""Patterns of a part that says nothing; the names are those of the rules."""
