"""DolphinDB: a function of matrices, dates x codes, one per feature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dfqgp.errors import WriteError
from dfqgp.expr.dialects.writers.compose import Style, compose, leaves_of, number, terms_of
from dfqgp.expr.dialects.writers.rules import PRODUCT, SUM, Entry, Refusal, Rule, Table, calls, infix, refusals, short
from dfqgp.expr.node import Call, Node
from dfqgp.ops import Kind, Role

if TYPE_CHECKING:
    from typing import NoReturn

LONGEST_WEIGHTS = 1024
"""Weights that ``mavg`` takes."""

INSIDE = "iif(inUniverse, {x}, 00F)"
RANK = 'rowRank(X={x}, ascending=true, ignoreNA=true, tiesMethod="average", percent={percent})'
PAIRED_Y, PAIRED_X = "iif(isNull({x}), 00F, {y})", "iif(isNull({y}), 00F, {x})"
ALPHA = f"mavg({PAIRED_Y}, {{w}}, {{need}}) - mbeta({{y}}, {{x}}, {{w}}, {{need}}) * mavg({PAIRED_X}, {{w}}, {{need}})"


def _weighted(weights: str, rows: int) -> Entry:
    if rows > LONGEST_WEIGHTS:
        return Refusal(f"mavg takes at most {LONGEST_WEIGHTS} weights, not {rows}")
    return Rule(f"iif(mcount({{x}}, {rows}) >= {{need}}, mavg({{x}}, {weights}), 00F)")


def _decay(node: Call) -> Entry:
    w = int(node.literals[0])
    return _weighted(f"1..{w}", w)


def _ema(node: Call) -> Entry:
    w = int(node.literals[0])
    return _weighted(f"pow({1 - 2 / (w + 1)!r}, {4 * w - 1}..0)", 4 * w)


def _percentile(node: Call) -> Entry:
    return Rule(f"mpercentile({{x}}, {number(100 * node.literals[1])}, {{w}}, `linear, {{need}})")


RULES: Table = {
    **infix({"add": "{x} + {y}", "sub": "{x} - {y}"}, SUM),
    **infix({"mul": "{x} * {y}", "div": "{x} \\ {y}"}, PRODUCT),
    "inv": Rule("1 \\ {x}", PRODUCT),
    **calls(
        {name: f"nullCompare({symbol}, {{x}}, {{y}})" for name, symbol in
         {"gt": ">", "lt": "<", "ge": ">=", "le": "<="}.items()},
        numbers=True,
    ),
    **calls(
        {
            "eq": "(nullCompare(<=, {x}, {y}) && nullCompare(>=, {x}, {y}))",
            "max2": "iif(nullCompare(>=, {x}, {y}), {x}, {y})",
            "min2": "iif(nullCompare(<=, {x}, {y}), {x}, {y})",
            "if_else": "iif({c}, {x}, {y})",
        },
        numbers=True,
    ),
    **calls(
        {
            "and": "iif({x} == false || {y} == false, false, {x} && {y})",
            "or": "iif({x} == true || {y} == true, true, {x} && {y})",
            "not": "iif({x}, false, true)",
            "neg": "neg({x})",
            "abs": "abs({x})",
            "square": "square({x})",
            "sign": "signum({x})",
            "log": "log({x})",
            "slog1p": "(signum({x}) * log1p(abs({x})))",
            "sqrt": "sqrt({x})",
            "ssqrt": "(signum({x}) * sqrt(abs({x})))",
            "tanh": "tanh({x})",
            "sigmoid": "(1 \\ (1 + exp(neg({x}))))",
            "pow": "(signum({x}) * pow(abs({x}), {k}))",
            "power": "(signum({x}) * pow(abs({x}), {y}))",
            "clip": "iif(nullCompare(<, {x}, {lo}), {lo}, iif(nullCompare(>, {x}, {hi}), {hi}, {x}))",
            "ts_delay": "move({x}, {d})",
            "ts_delta": "({x} - move({x}, {d}))",
            "ts_pct": "({x} \\ move({x}, {d}) - 1)",
            "ts_mean": "mavg({x}, {w}, {need})",
            "ts_sum": "msum({x}, {w}, {need})",
            "ts_count": "msum(iif({c}, 1.0, 0.0), {w}, {need})",
            "ts_product": "mprod({x}, {w}, {need})",
            "ts_std": "mstd({x}, {w}, {need})",
            "ts_var": "mvar({x}, {w}, {need})",
            "ts_zscore": "(({x} - mavg({x}, {w}, {need})) \\ mstd({x}, {w}, {need}))",
            "ts_skew": "mskew({x}, {w}, false, {need})",
            "ts_kurt": "(mkurtosis({x}, {w}, false, {need}) - 3)",
            "ts_min": "mmin({x}, {w}, {need})",
            "ts_max": "mmax({x}, {w}, {need})",
            "ts_range": "(mmax({x}, {w}, {need}) - mmin({x}, {w}, {need}))",
            "ts_argmax": "({rows} - mimaxLast({x}, {w}, {need}))",
            "ts_argmin": "({rows} - mimaxLast(neg({x}), {w}, {need}))",
            "ts_rank": "mrank({x}, true, {w}, true, `average, true, {need})",
            "ts_median": "mmed({x}, {w}, {need})",
            "ts_mad": "mmad({x}, {w}, false, {need})",
            "ts_cov": "mcovar({x}, {y}, {w}, {need})",
            "ts_corr": "mcorr({x}, {y}, {w}, {need})",
            "ts_beta": "mbeta({y}, {x}, {w}, {need})",
            "ts_alpha": f"({ALPHA})",
            "ts_resid": f"({{y}} - mbeta({{y}}, {{x}}, {{w}}, {{need}}) * {{x}} - ({ALPHA}))",
            "ts_backfill": "ffill({x}, {rows})",
            "cs_rank": RANK.format(x=INSIDE, percent="true"),
            "cs_demean": f"({INSIDE} - rowAvg({INSIDE}))",
            "cs_zscore": f"(({INSIDE} - rowAvg({INSIDE})) \\ rowStdp({INSIDE}))",
            "cs_scale": f"({INSIDE} \\ rowSum(abs({INSIDE})))",
            "cs_quantile": f"(ceil(({RANK.format(x=INSIDE, percent='false')} + 1) * {{k}} \\ rowCount({INSIDE})) - 1)",
        }
    ),
    "ts_decay_linear": _decay,
    "ts_ema": _ema,
    "ts_quantile": _percentile,
    **refusals("the m-functions have no regression on the day's number", "ts_slope ts_rsquare ts_detrend"),
    **refusals("the m-functions have no partial correlation", "ts_partial_corr"),
    **refusals(
        "mavgTopN takes what there is, also where fewer than k days have values", "ts_top_mean ts_bottom_mean"
    ),
    **refusals("the m-functions have no entropy", "ts_entropy"),
    **refusals("the row functions return one number a day, which iif cannot compare with a matrix", "cs_winsorize"),
    **refusals("the row functions take all stocks, not those that have both features", "cs_resid"),
    **refusals(
        "the row functions know no groups", "group_rank group_zscore group_demean group_mean group_std group_scale"
    ),
}  # fmt: skip

_LONGEST = 80
_WORDS = frozenset({
    "def", "if", "else", "for", "in", "do", "while", "return", "true", "false", "and", "or", "not", "select", "from",
    "where", "factor", "inUniverse",
})  # fmt: skip


def write_dolphindb(root: Node) -> str:
    """Write a tree as a function of DolphinDB; see docs/writing_code.md."""
    fields, _ = leaves_of(root)
    _check_windows(root)
    style = Style("dolphindb", RULES, leaf=_feature, panel=_no_panel, binds=_binds, number=_number)
    found = compose(root, style, frozenset(fields))
    crosses = any(isinstance(node, Call) and node.op.kind is Kind.CROSS for node in terms_of(root))
    arguments = ", ".join([*fields, "inUniverse"] if crosses else fields)
    value = f"move(move({found.root}, -{root.lookback}), {root.lookback})" if root.lookback else found.root
    lines = [*(f"{name} = {text}" for name, text in found.statements), f"return {value}"]
    body = "\n".join(f"    {line}" for line in lines)
    return f"// {short(root, 2_000)}\ndef factor({arguments}) {{\n{body}\n}}\n"


def _binds(_: Call, uses: int, text: str) -> bool:
    return uses > 1 or len(text) > _LONGEST


def _number(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _check_windows(root: Node) -> None:
    """Refuse windows of one day, which the m-functions do not have."""
    for node in terms_of(root):
        if isinstance(node, Call) and any(
            each.role is Role.WINDOW and value < 2 for each, value in zip(node.op.literals, node.literals, strict=True)
        ):
            _refuse(node, "windows have at least 2 days there")


def _feature(node: Node) -> str:
    name: str = node.name  # type: ignore[attr-defined]
    if not re.fullmatch(r"[a-zA-Z]\w*", name, re.ASCII) or name in _WORDS:
        _refuse(node, "it is no name of a variable there")
    return name


def _no_panel(value: float, node: Node) -> NoReturn:
    _refuse(node, f"{value:g} is no matrix there")


def _refuse(node: Node, reason: str) -> NoReturn:
    operator = node.op.signature() if isinstance(node, Call) else f"'{short(node)}'"
    raise WriteError(dialect="dolphindb", operator=operator, text=short(node), reason=reason)
