"""KunQuant: a function that builds the graph of one output named ``factor``."""

from __future__ import annotations

import re

from dfqgp.errors import WriteError
from dfqgp.expr.dialects.writers.compose import Style, compose, leaves_of, number
from dfqgp.expr.dialects.writers.functions import function_text, identifiers, quoted
from dfqgp.expr.dialects.writers.rules import (
    AND,
    COMPARE,
    OR,
    PRODUCT,
    SUM,
    UNARY,
    Rule,
    Table,
    calls,
    infix,
    refusals,
    short,
)
from dfqgp.expr.node import Call, Constant, Node, is_boolean
from dfqgp.ops import Kind

BETA = "WindowedCovariance({y}, {w}, {x}) / WindowedVar({x}, {w})"

RULES: Table = {
    **infix({"add": "{x} + {y}", "sub": "{x} - {y}"}, SUM),
    **infix({"mul": "{x} * {y}", "div": "{x} / {y}"}, PRODUCT),
    # KunQuant makes a / b > c to a > b * c, which is wrong for a negative b; a difference it leaves alone
    **{
        name: Rule(f"{{x}} - {{y}} {symbol} 0", COMPARE, numbers=True, inner=SUM)
        for name, symbol in {"gt": ">", "lt": "<", "ge": ">=", "le": "<="}.items()
    },
    "neg": Rule("0 - {x}", SUM),
    "inv": Rule("1 / {x}", PRODUCT),
    "square": Rule("{x} * {x}", PRODUCT),
    "and": Rule("{x} & {y}", AND),
    "or": Rule("{x} | {y}", OR),
    "not": Rule("~{x}", UNARY),
    **calls(
        {
            "eq": "Equals({x}, {y})",
            # Max and Min of KunQuant may take the other number where one is missing
            "max2": "Select({x} - {y} >= 0, {x}, Select({x} - {y} < 0, {y}, {x} + {y}))",
            "min2": "Select({x} - {y} <= 0, {x}, Select({x} - {y} > 0, {y}, {x} + {y}))",
            "if_else": "Select({c}, {x}, {y})",
            "abs": "Abs({x})",
            "sign": "Sign({x})",
            "log": "Log({x})",
            "slog1p": "(Sign({x}) * Log(Abs({x}) + 1))",
            "sqrt": "Sqrt({x})",
            "ssqrt": "(Sign({x}) * Sqrt(Abs({x})))",
            # exp of what is not positive cannot overflow
            "tanh": "(Sign({x}) * (1 - Exp(Abs({x}) * -2)) / (1 + Exp(Abs({x}) * -2)))",
            "sigmoid": "(1 / (Exp(0 - {x}) + 1))",
            "pow": "(Sign({x}) * Pow(Abs({x}), ConstantOp({k})))",
            "power": "(Sign({x}) * Pow(Abs({x}), {y}))",
            "clip": "Select({x} - {hi} > 0, ConstantOp({hi}), Select({x} - {lo} < 0, ConstantOp({lo}), {x}))",
            "ts_delay": "BackRef({x}, {d})",
            "ts_delta": "({x} - BackRef({x}, {d}))",
            "ts_pct": "({x} / BackRef({x}, {d}) - 1)",
            "ts_mean": "WindowedAvg({x}, {w})",
            "ts_sum": "WindowedSum({x}, {w})",
            "ts_count": "WindowedSum(Select({c}, ConstantOp(1), ConstantOp(0)), {w})",
            "ts_product": "WindowedProduct({x}, {w})",
            "ts_std": "WindowedStddev({x}, {w})",
            "ts_var": "WindowedVar({x}, {w})",
            "ts_zscore": "(({x} - WindowedAvg({x}, {w})) / WindowedStddev({x}, {w}))",
            "ts_skew": "WindowedSkew({x}, {w})",
            "ts_kurt": "WindowedKurt({x}, {w})",
            "ts_min": "WindowedMin({x}, {w})",
            "ts_max": "WindowedMax({x}, {w})",
            "ts_range": "(WindowedMax({x}, {w}) - WindowedMin({x}, {w}))",
            "ts_rank": "(TsRank({x}, {w}) / {w})",
            "ts_median": "WindowedQuantile({x}, {w}, 0.5)",
            "ts_quantile": "WindowedQuantile({x}, {w}, {q})",
            "ts_decay_linear": "DecayLinear({x}, {w})",
            "ts_cov": "WindowedCovariance({x}, {w}, {y})",
            "ts_corr": "WindowedCorrelation({x}, {w}, {y})",
            "ts_beta": f"({BETA})",
            "ts_alpha": f"(WindowedAvg({{y}}, {{w}}) - {BETA} * WindowedAvg({{x}}, {{w}}))",
            "ts_resid": f"({{y}} - WindowedAvg({{y}}, {{w}}) - {BETA} * ({{x}} - WindowedAvg({{x}}, {{w}})))",
            "ts_slope": "WindowedLinearRegressionSlope({x}, {w})",
            "ts_rsquare": "WindowedLinearRegressionRSqaure({x}, {w})",
            "ts_detrend": "WindowedLinearRegressionResi({x}, {w})",
            "cs_rank": "Rank({x})",
            "cs_scale": "Scale({x})",
        }
    ),
    **refusals("TsArgMax and TsArgMin take the earliest of equal days, not the most recent", "ts_argmax ts_argmin"),
    **refusals("ExpMovingAvg never forgets, while ts_ema reads 4w days", "ts_ema"),
    **refusals("KunQuant has no fill of missing days", "ts_backfill"),
    **refusals("KunQuant has no mean of the day's stocks", "cs_demean cs_zscore cs_resid"),
    **refusals("KunQuant has no quantiles of the day's stocks", "cs_winsorize cs_quantile"),
    **refusals("KunQuant has no groups", "group_rank group_zscore group_demean group_mean group_std group_scale"),
}

_RESERVED = frozenset({"factor", "builder"})
_OF_OP = ("Builder", "ConstantOp", "Input", "Output", "Rank", "Scale")
"""Names that KunQuant.Op holds; all others are in KunQuant.ops."""
_LONGEST = 80


def write_kunquant(root: Node) -> str:
    """Write a tree as a function that returns a graph of KunQuant; see docs/writing_code.md."""
    fields, _ = leaves_of(root)
    names = identifiers(fields, _RESERVED)
    style = Style(
        "kunquant", RULES,
        leaf=lambda node: names[node.name],  # type: ignore[attr-defined]
        panel=_constant,
        binds=lambda _, uses, text: uses > 1 or len(text) > _LONGEST,
    )  # fmt: skip
    found = compose(root, style, _RESERVED | set(names.values()))
    value = f"Select({found.root}, ConstantOp(1), ConstantOp(0))" if is_boolean(root) else found.root
    inner = [f"{names[name]} = Input({quoted(name)})" for name in fields]
    inner += [f"{name} = {text}" for name, text in found.statements]
    inner.append(f'Output({value}, "factor")')
    used = set(re.findall(r"\b[A-Z]\w+(?=\()", "\n".join(inner)))
    imports = [
        f"from KunQuant.Op import {', '.join(name for name in _OF_OP if name in used | {'Builder'})}",
        f"from KunQuant.ops import {', '.join(sorted(used - set(_OF_OP)))}",
        "from KunQuant.Stage import Function",
    ]
    return function_text(
        head="def factor():",
        tree=root,
        doc=f"Returns the graph from inputs {', '.join(fields)} to the output factor.",
        lines=[
            "builder = Builder()",
            "with builder:",
            *(f"    {line}" for line in inner),
            "return Function(builder.ops)",
        ],
        imports=[line for line in imports if not line.endswith("import ")],
        helpers=[],
    )


def _constant(value: float, node: Node) -> str:
    """Return a number beside a feature in an element-wise operator; KunQuant takes none elsewhere."""
    numbers = not isinstance(node, Call) or all(isinstance(arg, Constant) for arg in node.args)
    if numbers or (isinstance(node, Call) and node.op.kind is not Kind.ELEMENT):
        operator = node.op.signature() if isinstance(node, Call) else "a number alone"
        reason = f"KunQuant takes no number such as {value:g} here"
        raise WriteError(dialect="kunquant", operator=operator, text=short(node), reason=reason)
    return f"ConstantOp({number(value)})"
