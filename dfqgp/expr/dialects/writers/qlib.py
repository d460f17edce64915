"""qlib: one expression of its expression engine, features as ``$name``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dfqgp.errors import WriteError
from dfqgp.expr.dialects.writers.compose import Style, compose
from dfqgp.expr.dialects.writers.rules import (
    AND,
    COMPARE,
    OR,
    PRODUCT,
    SUM,
    Rule,
    Table,
    calls,
    infix,
    refusals,
    short,
)
from dfqgp.expr.node import Call, Constant, Node

if TYPE_CHECKING:
    from typing import NoReturn

# exp of what is not positive cannot overflow
DECAY = "Power(2.718281828459045, 0 - {}Abs({{x}}))"
TWICE = DECAY.format("2 * ")
BETA = "Cov({y}, {x}, {w}) / Var({x}, {w})"

RULES: Table = {
    **infix({"add": "{x} + {y}", "sub": "{x} - {y}"}, SUM),
    **infix({"mul": "{x} * {y}", "div": "{x} / {y}"}, PRODUCT),
    **infix(
        {"gt": "{x} > {y}", "lt": "{x} < {y}", "ge": "{x} >= {y}", "le": "{x} <= {y}", "eq": "{x} == {y}"}, COMPARE
    ),
    "neg": Rule("0 - {x}", SUM),
    "inv": Rule("1 / {x}", PRODUCT),
    "and": Rule("{x} & {y}", AND),
    "or": Rule("{x} | {y}", OR),
    **calls({"max2": "Greater({x}, {y})", "min2": "Less({x}, {y})", "if_else": "If({c}, {x}, {y})"}, numbers=True),
    **calls(
        {
            "abs": "Abs({x})",
            "square": "Power({x}, 2)",
            "sign": "Sign({x})",
            "log": "Log({x})",
            "slog1p": "(Sign({x}) * Log(1 + Abs({x})))",
            "sqrt": "Power({x}, 0.5)",
            "ssqrt": "(Sign({x}) * Power(Abs({x}), 0.5))",
            "tanh": f"(Sign({{x}}) * (1 - {TWICE}) / (1 + {TWICE}))",
            "sigmoid": f"(If({{x}} >= 0, 1, {DECAY.format('')}) / (1 + {DECAY.format('')}))",
            "pow": "(Sign({x}) * Power(Abs({x}), {k}))",
            "power": "(Sign({x}) * Power(Abs({x}), {y}))",
            "clip": "Less(Greater({x}, {lo}), {hi})",
            "not": "Not({x})",
            "ts_delay": "Ref({x}, {d})",
            "ts_delta": "Delta({x}, {d})",
            "ts_pct": "({x} / Ref({x}, {d}) - 1)",
            "ts_mean": "Mean({x}, {w})",
            "ts_sum": "Sum({x}, {w})",
            "ts_count": "Sum({c}, {w})",
            "ts_std": "Std({x}, {w})",
            "ts_var": "Var({x}, {w})",
            "ts_skew": "Skew({x}, {w})",
            "ts_kurt": "Kurt({x}, {w})",
            "ts_zscore": "(({x} - Mean({x}, {w})) / Std({x}, {w}))",
            "ts_min": "Min({x}, {w})",
            "ts_max": "Max({x}, {w})",
            "ts_range": "(Max({x}, {w}) - Min({x}, {w}))",
            "ts_rank": "Rank({x}, {w})",
            "ts_median": "Med({x}, {w})",
            "ts_quantile": "Quantile({x}, {w}, {q})",
            "ts_mad": "Mad({x}, {w})",
            # WMA is the mean of the weighted values over the window, w times too small
            "ts_decay_linear": "(WMA({x}, {w}) * {w})",
            "ts_cov": "Cov({x}, {y}, {w})",
            "ts_corr": "Corr({x}, {y}, {w})",
            "ts_beta": f"({BETA})",
            "ts_alpha": f"(Mean({{y}}, {{w}}) - {BETA} * Mean({{x}}, {{w}}))",
            "ts_resid": f"({{y}} - Mean({{y}}, {{w}}) - {BETA} * ({{x}} - Mean({{x}}, {{w}})))",
            "ts_slope": "Slope({x}, {w})",
            "ts_rsquare": "Rsquare({x}, {w})",
            "ts_detrend": "Resi({x}, {w})",
        }
    ),
    **refusals("IdxMax and IdxMin take the earliest of equal days, not the most recent", "ts_argmax ts_argmin"),
    **refusals("EMA never forgets, while ts_ema reads 4w days", "ts_ema"),
    **refusals("qlib has no product of a window", "ts_product"),
    **refusals("qlib has no partial correlation", "ts_partial_corr"),
    **refusals("qlib cannot select days of a window by another feature", "ts_top_mean ts_bottom_mean"),
    **refusals("qlib has no fill of missing days", "ts_backfill"),
    **refusals("qlib has no entropy", "ts_entropy"),
    **refusals(
        "an expression of qlib sees one instrument at a time",
        "cs_rank cs_zscore cs_demean cs_scale cs_winsorize cs_quantile cs_resid "
        "group_rank group_zscore group_demean group_mean group_std group_scale",
    ),
}


def write_qlib(root: Node) -> str:
    """Write a tree as an expression of qlib; see docs/writing_code.md."""
    if isinstance(root, Constant):
        _no_panel(root.value, root)
    return compose(root, Style("qlib", RULES, leaf=_feature, panel=_no_panel)).root


def _feature(node: Node) -> str:
    name: str = node.name  # type: ignore[attr-defined]
    if not re.fullmatch(r"[a-zA-Z_]\w*", name, re.ASCII):
        raise WriteError(
            dialect="qlib", operator=f"feature '{name}'", text=name, reason="qlib takes letters and digits"
        )
    return f"${name}"


def _no_panel(value: float, node: Node) -> NoReturn:
    operator = node.op.signature() if isinstance(node, Call) else "a number alone"
    raise WriteError(dialect="qlib", operator=operator, text=short(node), reason=f"{value:g} is no feature to qlib")
