"""Rules of cross-sections: the whole universe of the day, and its groups."""

from __future__ import annotations

from dfqgp.expr.rules.rule import Equality, Rule, family

ROUNDING = Equality.ROUNDING

SIGNS = (
    *family("cs_zscore cs_demean cs_scale", "OP(-x)", "-OP(x)"),
    Rule("cs_winsorize(-x, k)", "-cs_winsorize(x, k)", ROUNDING),
    Rule("cs_resid(-x, y)", "-cs_resid(x, y)"),
    Rule("cs_resid(x, -y)", "cs_resid(x, y)"),
    *family("group_demean group_zscore group_mean group_scale", "OP(-x, g)", "-OP(x, g)"),
    Rule("group_std(-x, g)", "group_std(x, g)"),
    Rule("group_std(x - y, g)", "group_std(y - x, g)", when="before(y, x)"),
)

REPEATED = (
    Rule("cs_rank(cs_rank(x))", "cs_rank(x)"),
    Rule("cs_quantile(cs_rank(x), k)", "cs_quantile(x, k)"),
    Rule("group_rank(cs_rank(x), g)", "group_rank(x, g)"),
    Rule("group_rank(group_rank(x, g), g)", "group_rank(x, g)"),
    *family("cs_zscore cs_demean cs_scale", "OP(OP(x))", "OP(x)", ROUNDING),
    Rule("cs_demean(cs_zscore(x))", "cs_zscore(x)", ROUNDING),
    Rule("cs_zscore(cs_demean(x))", "cs_zscore(x)", ROUNDING),
    Rule("cs_zscore(cs_scale(x))", "cs_zscore(x)", ROUNDING),
    *family("group_zscore group_demean group_scale group_mean", "OP(OP(x, g), g)", "OP(x, g)", ROUNDING),
    Rule("group_demean(group_zscore(x, g), g)", "group_zscore(x, g)", ROUNDING),
    Rule("group_zscore(group_demean(x, g), g)", "group_zscore(x, g)", ROUNDING),
    Rule("group_demean(cs_demean(x), g)", "group_demean(x, g)", ROUNDING),
    Rule("group_zscore(cs_zscore(x), g)", "group_zscore(x, g)", ROUNDING),
    Rule("group_zscore(cs_demean(x), g)", "group_zscore(x, g)", ROUNDING),
    Rule("group_std(group_demean(x, g), g)", "group_std(x, g)", ROUNDING),
    Rule("(x - group_mean(x, g)) / group_std(x, g)", "group_zscore(x, g)", ROUNDING),
    Rule("x - group_mean(x, g)", "group_demean(x, g)", ROUNDING),
    Rule("x - group_demean(x, g)", "group_mean(x, g)", ROUNDING),
    Rule("cs_resid(cs_demean(x), y)", "cs_resid(x, y)", ROUNDING),
    Rule("cs_resid(x, cs_demean(y))", "cs_resid(x, y)", ROUNDING),
)

SCALES = (
    *family("cs_rank cs_zscore cs_scale", "OP(x * k)", "OP(x)", ROUNDING, when="k > 0"),
    *family("cs_rank cs_zscore cs_scale", "OP(x / k)", "OP(x)", ROUNDING, when="k > 0"),
    Rule("cs_demean(x * k)", "cs_demean(x) * k", ROUNDING, when="k > 0"),
    Rule("cs_demean(x / k)", "cs_demean(x) / k", ROUNDING, when="k > 0"),
    Rule("cs_quantile(x * k, w)", "cs_quantile(x, w)", ROUNDING, when="k > 0"),
    Rule("cs_quantile(x / k, w)", "cs_quantile(x, w)", ROUNDING, when="k > 0"),
    Rule("cs_winsorize(x * k, w)", "cs_winsorize(x, w) * k", ROUNDING, when="k > 0"),
    Rule("cs_winsorize(x / k, w)", "cs_winsorize(x, w) / k", ROUNDING, when="k > 0"),
    *family("group_rank group_zscore group_scale", "OP(x * k, g)", "OP(x, g)", ROUNDING, when="k > 0"),
    *family("group_rank group_zscore group_scale", "OP(x / k, g)", "OP(x, g)", ROUNDING, when="k > 0"),
    *family("group_demean group_mean group_std", "OP(x * k, g)", "OP(x, g) * k", ROUNDING, when="k > 0"),
    *family("group_demean group_mean group_std", "OP(x / k, g)", "OP(x, g) / k", ROUNDING, when="k > 0"),
    Rule("cs_resid(x * k, y)", "cs_resid(x, y) * k", ROUNDING, when="k > 0"),
    Rule("cs_resid(x / k, y)", "cs_resid(x, y) / k", ROUNDING, when="k > 0"),
    Rule("cs_resid(x, y * k)", "cs_resid(x, y)", ROUNDING, when="k > 0"),
    Rule("cs_resid(x, y / k)", "cs_resid(x, y)", ROUNDING, when="k > 0"),
)

SHIFTS = (
    *family("cs_rank cs_zscore cs_demean", "OP(x + k)", "OP(x)", ROUNDING),
    *family("cs_rank cs_zscore cs_demean", "OP(x - k)", "OP(x)", ROUNDING),
    *family("cs_zscore cs_demean", "OP(k - x)", "-OP(x)", ROUNDING),
    Rule("cs_quantile(x + k, w)", "cs_quantile(x, w)", ROUNDING),
    Rule("cs_quantile(x - k, w)", "cs_quantile(x, w)", ROUNDING),
    Rule("cs_winsorize(x + k, w)", "cs_winsorize(x, w) + k", ROUNDING),
    Rule("cs_winsorize(x - k, w)", "cs_winsorize(x, w) - k", ROUNDING),
    Rule("cs_winsorize(k - x, w)", "k - cs_winsorize(x, w)", ROUNDING),
    *family("group_rank group_zscore group_demean group_std", "OP(x + k, g)", "OP(x, g)", ROUNDING),
    *family("group_rank group_zscore group_demean group_std", "OP(x - k, g)", "OP(x, g)", ROUNDING),
    *family("group_zscore group_demean", "OP(k - x, g)", "-OP(x, g)", ROUNDING),
    Rule("group_std(k - x, g)", "group_std(x, g)", ROUNDING),
    Rule("group_mean(x + k, g)", "group_mean(x, g) + k", ROUNDING),
    Rule("group_mean(x - k, g)", "group_mean(x, g) - k", ROUNDING),
    Rule("group_mean(k - x, g)", "k - group_mean(x, g)", ROUNDING),
    Rule("cs_resid(x + k, y)", "cs_resid(x, y)", ROUNDING),
    Rule("cs_resid(x - k, y)", "cs_resid(x, y)", ROUNDING),
    Rule("cs_resid(k - x, y)", "-cs_resid(x, y)", ROUNDING),
    Rule("cs_resid(x, y + k)", "cs_resid(x, y)", ROUNDING),
    Rule("cs_resid(x, y - k)", "cs_resid(x, y)", ROUNDING),
    Rule("cs_resid(x, k - y)", "cs_resid(x, y)", ROUNDING),
)

RISING = (
    *family("slog1p ssqrt cs_demean cs_scale", "cs_rank(OP(x))", "cs_rank(x)", ROUNDING),
    *family("slog1p ssqrt cs_demean", "group_rank(OP(x), g)", "group_rank(x, g)", ROUNDING),
    *family("slog1p ssqrt cs_demean", "cs_quantile(OP(x), k)", "cs_quantile(x, k)", ROUNDING),
    Rule("group_rank(group_demean(x, g), g)", "group_rank(x, g)", ROUNDING),
    Rule("cs_rank(pow(x, k))", "cs_rank(x)", ROUNDING, when="k > 0"),
    Rule("group_rank(pow(x, k), g)", "group_rank(x, g)", ROUNDING, when="k > 0"),
    Rule("cs_quantile(pow(x, k), w)", "cs_quantile(x, w)", ROUNDING, when="k > 0"),
)

RULES = (*SIGNS, *REPEATED, *SCALES, *SHIFTS, *RISING)
