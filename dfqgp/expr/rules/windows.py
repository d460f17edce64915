"""Rules of windows and delays.

A window over delayed rows is the delayed window; backends that sum in an order fixed by the calendar sum it in another
order, so that this holds up to rounding for sums, and exactly for extrema, ranks and counts.
"""

from __future__ import annotations

from dfqgp.expr.rules.rule import Equality, Rule, family

ROUNDING = Equality.ROUNDING

ONE_DAY = (
    *family("ts_mean ts_min ts_max ts_sum ts_median ts_product ts_decay_linear ts_backfill", "OP(x, 1)", "x"),
    Rule("ts_quantile(x, 1, k)", "x"),
)

DELAYS = (
    Rule("ts_delay(ts_delay(x, a), b)", "ts_delay(x, a + b)"),
    Rule("x - ts_delay(x, a)", "ts_delta(x, a)"),
    Rule("ts_delay(x, a) - x", "-ts_delta(x, a)"),
    Rule("x / ts_delay(x, a) - 1", "ts_pct(x, a)", ROUNDING),
    Rule("ts_delta(x, a) / ts_delay(x, a)", "ts_pct(x, a)", ROUNDING),
    *family("abs sign inv square log sqrt slog1p ssqrt tanh sigmoid", "OP(ts_delay(x, a))", "ts_delay(OP(x), a)"),
    Rule("pow(ts_delay(x, a), k)", "ts_delay(pow(x, k), a)"),
    Rule("clip(ts_delay(x, a), b, k)", "ts_delay(clip(x, b, k), a)"),
    *family("add sub mul div max2 min2 power", "OP(ts_delay(x, a), ts_delay(y, a))", "ts_delay(OP(x, y), a)"),
    *family("max2 min2", "OP(ts_delay(x, a), k)", "ts_delay(OP(x, k), a)"),
    Rule("k / ts_delay(x, a)", "ts_delay(k / x, a)"),
    *family("ts_delta ts_pct ts_min ts_max ts_range ts_argmin ts_argmax ts_rank ts_median ts_backfill",
            "OP(ts_delay(x, a), w)", "ts_delay(OP(x, w), a)"),
    *family("ts_mean ts_sum ts_std ts_var ts_skew ts_kurt ts_zscore ts_mad ts_product ts_decay_linear ts_ema ts_slope "
            "ts_rsquare ts_detrend", "OP(ts_delay(x, a), w)", "ts_delay(OP(x, w), a)", ROUNDING),
    Rule("ts_quantile(ts_delay(x, a), w, k)", "ts_delay(ts_quantile(x, w, k), a)"),
    *family("ts_corr ts_cov ts_beta ts_alpha ts_resid",
            "OP(ts_delay(x, a), ts_delay(y, a), w)", "ts_delay(OP(x, y, w), a)", ROUNDING),
)  # fmt: skip

SIGNS = (
    *family("ts_delay ts_delta ts_mean ts_sum ts_median ts_decay_linear ts_ema ts_backfill ts_zscore ts_skew ts_slope "
            "ts_detrend", "OP(-x, w)", "-OP(x, w)"),
    *family("ts_std ts_var ts_range ts_mad ts_rsquare ts_pct", "OP(-x, w)", "OP(x, w)"),
    Rule("ts_kurt(-x, w)", "ts_kurt(x, w)", ROUNDING),
    *family("ts_std ts_var ts_range ts_mad ts_rsquare", "OP(x - y, w)", "OP(y - x, w)", when="before(y, x)"),
    Rule("ts_kurt(x - y, w)", "ts_kurt(y - x, w)", ROUNDING, when="before(y, x)"),
    Rule("ts_max(-x, w)", "-ts_min(x, w)"),
    Rule("ts_min(-x, w)", "-ts_max(x, w)"),
    Rule("ts_argmax(-x, w)", "ts_argmin(x, w)"),
    Rule("ts_argmin(-x, w)", "ts_argmax(x, w)"),
    *family("ts_corr ts_cov ts_beta ts_alpha ts_resid", "OP(-x, y, w)", "-OP(x, y, w)"),
    Rule("ts_beta(x, -y, w)", "-ts_beta(x, y, w)"),
    *family("ts_alpha ts_resid", "OP(x, -y, w)", "OP(x, y, w)"),
    Rule("ts_partial_corr(-x, y, z, w)", "-ts_partial_corr(x, y, z, w)"),
    Rule("ts_partial_corr(x, -y, z, w)", "-ts_partial_corr(x, y, z, w)"),
    Rule("ts_partial_corr(x, y, -z, w)", "ts_partial_corr(x, y, z, w)"),
    Rule("ts_partial_corr(x, y, z, w)", "ts_partial_corr(y, x, z, w)", when="before(y, x)"),
    *family("ts_top_mean ts_bottom_mean", "OP(-x, y, w, k)", "-OP(x, y, w, k)"),
    Rule("ts_top_mean(x, -y, w, k)", "ts_bottom_mean(x, y, w, k)"),
    Rule("ts_bottom_mean(x, -y, w, k)", "ts_top_mean(x, y, w, k)"),
)  # fmt: skip

LINEAR = (
    "ts_delta ts_mean ts_sum ts_median ts_decay_linear ts_ema ts_backfill ts_std ts_range ts_mad ts_slope ts_detrend "
    "ts_min ts_max"
)
"""Operators that a positive factor passes through."""

FREE = "ts_pct ts_zscore ts_skew ts_kurt ts_rank ts_argmin ts_argmax ts_rsquare"
"""Operators that a positive factor does not change."""

SCALES = (
    Rule("ts_delay(x * k, w)", "ts_delay(x, w) * k"),
    Rule("ts_delay(x / k, w)", "ts_delay(x, w) / k"),
    *family(LINEAR, "OP(x * k, w)", "OP(x, w) * k", ROUNDING, when="k > 0"),
    *family(LINEAR, "OP(x / k, w)", "OP(x, w) / k", ROUNDING, when="k > 0"),
    *family(FREE, "OP(x * k, w)", "OP(x, w)", ROUNDING, when="k > 0"),
    *family(FREE, "OP(x / k, w)", "OP(x, w)", ROUNDING, when="k > 0"),
    Rule("ts_quantile(x * k, w, a)", "ts_quantile(x, w, a) * k", ROUNDING, when="k > 0"),
    Rule("ts_quantile(x / k, w, a)", "ts_quantile(x, w, a) / k", ROUNDING, when="k > 0"),
    Rule("ts_corr(x * k, y, w)", "ts_corr(x, y, w)", ROUNDING, when="k > 0"),
    Rule("ts_corr(x / k, y, w)", "ts_corr(x, y, w)", ROUNDING, when="k > 0"),
    *family("ts_cov ts_beta ts_alpha ts_resid", "OP(x * k, y, w)", "OP(x, y, w) * k", ROUNDING, when="k > 0"),
    *family("ts_cov ts_beta ts_alpha ts_resid", "OP(x / k, y, w)", "OP(x, y, w) / k", ROUNDING, when="k > 0"),
    *family("ts_alpha ts_resid", "OP(x, y * k, w)", "OP(x, y, w)", ROUNDING, when="k > 0"),
    *family("ts_alpha ts_resid", "OP(x, y / k, w)", "OP(x, y, w)", ROUNDING, when="k > 0"),
    Rule("ts_beta(x, y * k, w)", "ts_beta(x, y, w) / k", ROUNDING, when="k > 0"),
    Rule("ts_beta(x, y / k, w)", "ts_beta(x, y, w) * k", ROUNDING, when="k > 0"),
    *family("ts_top_mean ts_bottom_mean", "OP(x * k, y, w, a)", "OP(x, y, w, a) * k", ROUNDING, when="k > 0"),
    *family("ts_top_mean ts_bottom_mean", "OP(x, y * k, w, a)", "OP(x, y, w, a)", ROUNDING, when="k > 0"),
)

SHIFTED = "ts_mean ts_decay_linear ts_ema ts_median"
UNMOVED = "ts_std ts_var ts_kurt ts_range ts_mad ts_rsquare"
TURNED = "ts_delta ts_zscore ts_skew ts_slope ts_detrend"

SHIFTS = (
    *family("ts_delay ts_min ts_max ts_backfill", "OP(x + k, w)", "OP(x, w) + k"),
    *family("ts_delay ts_min ts_max ts_backfill", "OP(x - k, w)", "OP(x, w) - k"),
    *family("ts_delay ts_backfill", "OP(k - x, w)", "k - OP(x, w)"),
    Rule("ts_max(k - x, w)", "k - ts_min(x, w)"),
    Rule("ts_min(k - x, w)", "k - ts_max(x, w)"),
    *family(SHIFTED, "OP(x + k, w)", "OP(x, w) + k", ROUNDING),
    *family(SHIFTED, "OP(x - k, w)", "OP(x, w) - k", ROUNDING),
    *family(SHIFTED, "OP(k - x, w)", "k - OP(x, w)", ROUNDING),
    Rule("ts_quantile(x + k, w, a)", "ts_quantile(x, w, a) + k", ROUNDING),
    Rule("ts_quantile(x - k, w, a)", "ts_quantile(x, w, a) - k", ROUNDING),
    *family(f"{UNMOVED} {TURNED} ts_rank ts_argmin ts_argmax", "OP(x + k, w)", "OP(x, w)", ROUNDING),
    *family(f"{UNMOVED} {TURNED} ts_rank ts_argmin ts_argmax", "OP(x - k, w)", "OP(x, w)", ROUNDING),
    *family(UNMOVED, "OP(k - x, w)", "OP(x, w)", ROUNDING),
    *family(TURNED, "OP(k - x, w)", "-OP(x, w)", ROUNDING),
    Rule("ts_argmax(k - x, w)", "ts_argmin(x, w)", ROUNDING),
    Rule("ts_argmin(k - x, w)", "ts_argmax(x, w)", ROUNDING),
    *family("ts_corr ts_cov ts_beta ts_resid", "OP(x + k, y, w)", "OP(x, y, w)", ROUNDING),
    *family("ts_corr ts_cov ts_beta ts_resid", "OP(x - k, y, w)", "OP(x, y, w)", ROUNDING),
    *family("ts_corr ts_cov ts_beta ts_resid", "OP(k - x, y, w)", "-OP(x, y, w)", ROUNDING),
    *family("ts_beta ts_resid", "OP(x, y + k, w)", "OP(x, y, w)", ROUNDING),
    *family("ts_beta ts_resid", "OP(x, y - k, w)", "OP(x, y, w)", ROUNDING),
    Rule("ts_beta(x, k - y, w)", "-ts_beta(x, y, w)", ROUNDING),
    Rule("ts_resid(x, k - y, w)", "ts_resid(x, y, w)", ROUNDING),
    Rule("ts_alpha(x + k, y, w)", "ts_alpha(x, y, w) + k", ROUNDING),
    Rule("ts_alpha(x - k, y, w)", "ts_alpha(x, y, w) - k", ROUNDING),
)

RISING = (
    *family("slog1p ssqrt", "ts_rank(OP(x), w)", "ts_rank(x, w)", ROUNDING),
    *family("slog1p ssqrt", "ts_argmax(OP(x), w)", "ts_argmax(x, w)", ROUNDING),
    *family("slog1p ssqrt", "ts_argmin(OP(x), w)", "ts_argmin(x, w)", ROUNDING),
    *family("ts_rank ts_argmax ts_argmin", "OP(pow(x, k), w)", "OP(x, w)", ROUNDING, when="k > 0"),
    *family("slog1p ssqrt", "ts_top_mean(x, OP(y), w, k)", "ts_top_mean(x, y, w, k)", ROUNDING),
    *family("slog1p ssqrt", "ts_bottom_mean(x, OP(y), w, k)", "ts_bottom_mean(x, y, w, k)", ROUNDING),
    *family("slog1p ssqrt tanh sigmoid", "ts_max(OP(x), w)", "OP(ts_max(x, w))", ROUNDING),
    *family("slog1p ssqrt tanh sigmoid", "ts_min(OP(x), w)", "OP(ts_min(x, w))", ROUNDING),
    Rule("ts_max(clip(x, a, b), w)", "clip(ts_max(x, w), a, b)"),
    Rule("ts_min(clip(x, a, b), w)", "clip(ts_min(x, w), a, b)"),
    *family("ts_max ts_min", "OP(max2(x, k), w)", "max2(OP(x, w), k)"),
    *family("ts_max ts_min", "OP(min2(x, k), w)", "min2(OP(x, w), k)"),
)

COMPOSED = (
    Rule("ts_max(x, w) - ts_min(x, w)", "ts_range(x, w)"),
    Rule("ts_min(x, w) - ts_max(x, w)", "-ts_range(x, w)"),
    Rule("square(ts_std(x, w))", "ts_var(x, w)", ROUNDING),
    Rule("ts_cov(x, x, w)", "ts_var(x, w)", ROUNDING),
    Rule("sqrt(ts_var(x, w))", "ts_std(x, w)", ROUNDING),
    Rule("(x - ts_mean(x, w)) / ts_std(x, w)", "ts_zscore(x, w)", ROUNDING),
    Rule("ts_quantile(x, w, 0.5)", "ts_median(x, w)"),
)

RULES = (*ONE_DAY, *DELAYS, *SIGNS, *SCALES, *SHIFTS, *RISING, *COMPOSED)
