"""polars: a function of a long frame, eager or lazy, that returns date, code and factor."""

from __future__ import annotations

from dfqgp.expr.dialects.writers.compose import Style, compose, leaves_of
from dfqgp.expr.dialects.writers.functions import function_text, quoted
from dfqgp.expr.dialects.writers.helpers import needed_helpers
from dfqgp.expr.dialects.writers.numpy_source import NUMPY, WINDOWS
from dfqgp.expr.dialects.writers.polars_source import POLARS
from dfqgp.expr.dialects.writers.rules import AND, COMPARE, OR, PRODUCT, SUM, UNARY, Rule, Table, calls, infix
from dfqgp.expr.node import Call, Field, Node
from dfqgp.ops import Kind

OVER = '.over("code")'
ROLLING = "{{x}}.rolling_{}({{w}}, min_samples={{need}})"
RULES: Table = {
    **infix({"add": "{x} + {y}", "sub": "{x} - {y}"}, SUM),
    "neg": Rule("-{x}", UNARY),
    **calls({"mul": "_finite({x} * {y})", "div": "_finite({x} / {y})"}, numbers=True, inner=PRODUCT),
    **calls(
        {
            "max2": "pl.when({x} >= {y}).then({x}).when({x} < {y}).then({y})",
            "min2": "pl.when({x} <= {y}).then({x}).when({x} > {y}).then({y})",
            "if_else": "pl.when({c}).then({x}).when(~{c}).then({y})",
        },
        numbers=True,
    ),
    **calls(
        {
            "abs": "{x}.abs()",
            "inv": "_finite(1 / {x})",
            "square": "_finite({x} ** 2)",
            "sign": "{x}.sign()",
            "log": "_finite({x}.log())",
            "slog1p": "({x}.sign() * {x}.abs().log1p())",
            "sqrt": "_finite({x}.sqrt())",
            "ssqrt": "({x}.sign() * {x}.abs().sqrt())",
            "tanh": "{x}.tanh()",
            "sigmoid": "(1 / (1 + (-{x}).exp()))",
            "pow": "_finite({x}.sign() * {x}.abs() ** {k})",
            "power": "_finite({x}.sign() * {x}.abs() ** {y})",
            "clip": "{x}.clip({lo}, {hi})",
        }
    ),
    **infix(
        {"gt": "{x} > {y}", "lt": "{x} < {y}", "ge": "{x} >= {y}", "le": "{x} <= {y}", "eq": "{x} == {y}"}, COMPARE
    ),
    "and": Rule("{x} & {y}", AND),
    "or": Rule("{x} | {y}", OR),
    "not": Rule("~{x}", UNARY),
    **calls(
        {
            "ts_delay": f"{{x}}.shift({{d}}){OVER}",
            "ts_delta": f"({{x}} - {{x}}.shift({{d}})){OVER}",
            "ts_pct": f"_finite({{x}} / {{x}}.shift({{d}}) - 1){OVER}",
            "ts_mean": f"{ROLLING.format('mean')}{OVER}",
            "ts_sum": f"_finite({ROLLING.format('sum')}){OVER}",
            "ts_count": f"{{c}}.cast(pl.Float64).rolling_sum({{w}}, min_samples={{need}}){OVER}",
            "ts_std": f"_std({{x}}, {{w}}, {{need}}){OVER}",
            "ts_var": f"_finite(_std({{x}}, {{w}}, {{need}}) ** 2){OVER}",
            "ts_zscore": f"_finite(({{x}} - {ROLLING.format('mean')}) / _std({{x}}, {{w}}, {{need}})){OVER}",
            "ts_min": f"{ROLLING.format('min')}{OVER}",
            "ts_max": f"{ROLLING.format('max')}{OVER}",
            "ts_range": f"({ROLLING.format('max')} - {ROLLING.format('min')}){OVER}",
            "ts_rank": "_windows(_last_rank, {w}, {need}, {x})",
            "ts_median": f"{ROLLING.format('median')}{OVER}",
            "ts_quantile": (f'{{x}}.rolling_quantile({{q}}, "linear", window_size={{w}}, min_samples={{need}}){OVER}'),
            **WINDOWS,
        }
    ),
    "ts_backfill": lambda node: Rule(f"{{x}}.forward_fill(limit={{rows}}){OVER}" if node.literals[0] > 1 else "{x}"),
    **calls(
        {
            "cs_rank": "_rank({x})",
            "cs_zscore": "_zscore({x})",
            "cs_demean": "_demean({x})",
            "cs_scale": "_scale({x})",
            "cs_winsorize": "_winsorize({x}, {p})",
            "cs_quantile": "_bucket({x}, {k})",
            "cs_resid": "_residual({y}, {x})",
            "group_rank": "_rank({x}, {g})",
            "group_zscore": "_zscore({x}, {g})",
            "group_demean": "_demean({x}, {g})",
            "group_mean": "_group_mean({x}, {g})",
            "group_std": "_group_std({x}, {g})",
            "group_scale": "_scale({x}, {g})",
        }
    ),
}

_LONGEST = 80


def write_polars(root: Node) -> str:
    """Write a tree as a polars function of a DataFrame; see docs/writing_code.md."""
    return _written(root, "polars", "pl.DataFrame", [])


def write_polars_lazy(root: Node) -> str:
    """Write a tree as a polars function that adds to a query plan; see docs/writing_code.md."""
    return _written(root, "polars_lazy", "pl.LazyFrame", ["frame = frame.lazy()"])


def _written(root: Node, dialect: str, kind: str, first: list[str]) -> str:
    fields, groups = leaves_of(root)
    style = Style(
        dialect, RULES,
        leaf=lambda node: f"pl.col({quoted(node.name)})" if isinstance(node, Field) else quoted(node.name),  # type: ignore[attr-defined]
        panel=lambda value, _: f"_full({value!r})",
        number=repr,
        binds=_binds,
        reference=lambda name: f"pl.col({quoted(name)})",
    )  # fmt: skip
    found = compose(root, style, frozenset([*fields, *groups]))
    lines = [*first, f"frame = _grid(frame, {', '.join(map(quoted, [*fields, *groups]))})"]
    lines += [f"frame = frame.with_columns({', '.join(f'_feature({quoted(name)})' for name in fields)})"]
    lines += [f"frame = frame.with_columns({name}={text})" for name, text in found.statements]
    lines.append(f'return frame.select("date", "code", factor=_from_row({found.root}, {root.lookback}))')
    return function_text(
        head=f"def factor(frame: {kind}) -> {kind}:",
        tree=root,
        doc=f"Takes columns date, code, {', '.join([*fields, *groups])}. Returns date, code, factor.",
        lines=lines,
        imports=["import numpy as np", "import polars as pl"],
        helpers=needed_helpers("\n".join(lines), POLARS, NUMPY),
    )


def _binds(node: Call, uses: int, text: str) -> bool:
    """Windows over stocks and over days cannot stand inside each other, so each becomes a column."""
    return node.op.kind is not Kind.ELEMENT or uses > 1 or len(text) > _LONGEST
