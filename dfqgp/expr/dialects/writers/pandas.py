"""pandas: a function of wide frames, dates x codes, one per feature."""

from __future__ import annotations

from dfqgp.expr.dialects.writers.compose import Style, compose, leaves_of, number, terms_of
from dfqgp.expr.dialects.writers.functions import function_text, identifiers, quoted
from dfqgp.expr.dialects.writers.helpers import needed_helpers
from dfqgp.expr.dialects.writers.numpy_source import NUMPY, WINDOWS
from dfqgp.expr.dialects.writers.pandas_source import PANDAS
from dfqgp.expr.dialects.writers.rules import PRODUCT, SUM, UNARY, Rule, Table, calls, infix
from dfqgp.expr.node import Call, Node
from dfqgp.ops import Kind

ROLLING = "{{x}}.rolling({{w}}, min_periods={{need}}).{}"
RULES: Table = {
    **infix({"add": "{x} + {y}", "sub": "{x} - {y}"}, SUM),
    "neg": Rule("-{x}", UNARY),
    **calls({"mul": "_finite({x} * {y})", "div": "_finite({x} / {y})"}, numbers=True, inner=PRODUCT),
    **calls({"max2": "np.maximum({x}, {y})", "min2": "np.minimum({x}, {y})"}, numbers=True),
    **calls(
        {
            "abs": "{x}.abs()",
            "inv": "_finite(1 / {x})",
            "square": "_finite({x} ** 2)",
            "sign": "np.sign({x})",
            "log": "np.log({x}.where({x} > 0))",
            "slog1p": "(np.sign({x}) * np.log1p({x}.abs()))",
            "sqrt": "np.sqrt({x}.where({x} >= 0))",
            "ssqrt": "(np.sign({x}) * np.sqrt({x}.abs()))",
            "tanh": "np.tanh({x})",
            "sigmoid": "_sigmoid({x})",
            "pow": "_finite(np.sign({x}) * {x}.abs() ** {k})",
            "power": "_finite(np.sign({x}) * {x}.abs() ** {y}).where({y}.notna())",
            "clip": "{x}.clip({lo}, {hi})",
        }
    ),
    **calls(
        {
            name: f"_truth({{x}} {symbol} {{y}}, {{x}} + {{y}})"
            for name, symbol in {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "=="}.items()
        },
        numbers=True,
        inner=PRODUCT,
    ),
    **calls(
        {
            "and": "np.fmin({x}, {y}).where(({x} + {y}).notna() | ({x} == 0) | ({y} == 0))",
            "or": "np.fmax({x}, {y}).where(({x} + {y}).notna() | ({x} == 1) | ({y} == 1))",
            "not": "(1 - {x})",
        }
    ),
    "if_else": Rule("{c}.mask({c} == 1, {x}).mask({c} == 0, {y})", numbers=True),
    **calls(
        {
            "ts_delay": "{x}.shift({d})",
            "ts_delta": "({x} - {x}.shift({d}))",
            "ts_pct": "_finite({x} / {x}.shift({d}) - 1)",
            "ts_mean": ROLLING.format("mean()"),
            "ts_sum": f"_finite({ROLLING.format('sum()')})",
            "ts_count": "{c}.rolling({w}, min_periods={need}).sum()",
            "ts_std": "_std({x}, {w}, {need})",
            "ts_var": "_finite(_std({x}, {w}, {need}) ** 2)",
            "ts_zscore": f"_finite(({{x}} - {ROLLING.format('mean()')}) / _std({{x}}, {{w}}, {{need}}))",
            "ts_min": ROLLING.format("min()"),
            "ts_max": ROLLING.format("max()"),
            "ts_range": f"({ROLLING.format('max()')} - {ROLLING.format('min()')})",
            "ts_rank": ROLLING.format("rank(pct=True)"),
            "ts_median": ROLLING.format("median()"),
            "ts_quantile": ROLLING.format("quantile({q})"),
            **WINDOWS,
        }
    ),
    "ts_backfill": lambda node: Rule("{x}.ffill(limit={rows})" if node.literals[0] > 1 else "{x}.copy()"),
    **calls(
        {
            "cs_rank": "_rank({x}.where(in_universe))",
            "cs_zscore": "_zscore({x}.where(in_universe))",
            "cs_demean": "_demean({x}.where(in_universe))",
            "cs_scale": "_scale({x}.where(in_universe))",
            "cs_winsorize": "_winsorize({x}.where(in_universe), {p})",
            "cs_quantile": "_bucket({x}.where(in_universe), {k})",
            "cs_resid": "_residual({y}.where(in_universe), {x})",
        }
    ),
    **calls(
        {
            f"group_{name}": f"_in_groups({function}, {{x}}.where(in_universe), {{g}})"
            for name, function in {
                "rank": "_rank", "zscore": "_zscore", "demean": "_demean", "mean": "_group_mean",
                "std": "_group_std", "scale": "_scale",
            }.items()
        }
    ),
}  # fmt: skip

_LONGEST = 80
_RESERVED = frozenset({"frames", "in_universe", "np", "pd", "factor"})


def write_pandas(root: Node) -> str:
    """Write a tree as a pandas function ``factor(frames)``; see docs/writing_code.md."""
    fields, groups = leaves_of(root)
    names = identifiers([*fields, *groups], _RESERVED)
    style = Style(
        "pandas", RULES,
        leaf=lambda node: names[node.name],  # type: ignore[attr-defined]
        panel=lambda value, _: f"_full({number(value)}, next(iter(frames.values())))",
        binds=lambda _, uses, text: uses > 1 or len(text) > _LONGEST,
    )  # fmt: skip
    found = compose(root, style, _RESERVED | set(names.values()))
    lines = [f"{names[name]} = _feature(frames, {quoted(name)})" for name in fields]
    lines += [f"{names[name]} = frames[{quoted(name)}]" for name in groups]
    if any(isinstance(node, Call) and node.op.kind is Kind.CROSS for node in terms_of(root)):
        lines.append("in_universe = _universe(frames)")
    lines += [f"{name} = {text}" for name, text in found.statements]
    lines.append(f"return _from_row({found.root}, {root.lookback})")
    return function_text(
        head="def factor(frames):",
        tree=root,
        doc=f"Takes frames of dates x codes by name: {', '.join([*fields, *groups])}. Returns such a frame.",
        lines=lines,
        imports=["import numpy as np", "import pandas as pd"],
        helpers=needed_helpers("\n".join(lines), PANDAS, NUMPY),
    )
