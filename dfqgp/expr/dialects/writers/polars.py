"""polars: a function of a long frame, eager or lazy, that returns date, code and factor."""

from __future__ import annotations

from dfqgp.expr.dialects.writers.compose import Style, compose, leaves_of
from dfqgp.expr.dialects.writers.functions import function_text, quoted
from dfqgp.expr.dialects.writers.helpers import needed_helpers
from dfqgp.expr.dialects.writers.numpy_source import NUMPY, WINDOWS
from dfqgp.expr.dialects.writers.rules import AND, COMPARE, OR, PRODUCT, SUM, UNARY, Rule, Table, calls, infix
from dfqgp.expr.node import Call, Field, Node
from dfqgp.ops import Kind

HELPERS = '''
def _grid(frame, *columns):
    """Every code on every date, so that a window counts dates; a row that was not there is outside the universe."""
    if "in_universe" not in frame.collect_schema().names():
        frame = frame.with_columns(in_universe=pl.lit(True))
    dates, codes = (frame.select(pl.col(name).unique().sort()) for name in ("date", "code"))
    rows = frame.select("date", "code", "in_universe", *columns)
    grid = dates.join(codes, how="cross").join(rows, on=["date", "code"], how="left", validate="1:1")
    return grid.sort("date", "code").with_columns(pl.col("in_universe").fill_null(False))

def _finite(x):
    """Missing where a number is not finite in single precision."""
    return pl.when(x.abs() <= np.finfo(np.float32).max).then(x)

def _feature(name):
    """A feature in double precision; what is not finite is missing."""
    return _finite(pl.col(name).cast(pl.Float64)).alias(name)

def _full(value):
    return pl.repeat(value, pl.len())

def _from_row(x, row):
    """Missing before the lookback."""
    return pl.when(pl.int_range(pl.len()).over("code") >= row).then(_finite(x.cast(pl.Float64)))

def _is_constant(x, w):
    return x.rolling_max(w, min_samples=1) == x.rolling_min(w, min_samples=1)

def _std(x, w, need):
    """Exactly 0 for a constant window."""
    std = x.rolling_std(w, min_samples=need)
    return pl.when(std.is_not_null()).then(pl.when(_is_constant(x, w)).then(0.0).otherwise(std))

def _windows(function, rows, need, *columns):
    """Apply a function of (rows, codes) windows; the frame holds every code on every date, in this order."""
    def apply(given):
        days = given[0].n_unique()
        panels = np.stack([each.to_numpy().reshape(days, -1) for each in given[1:]])
        return pl.Series(_over_windows(function, rows, need, panels).ravel()).fill_nan(None)
    return pl.map_batches([pl.col("date"), *columns], apply, return_dtype=pl.Float64)

def _inside(x, *groups):
    """Missing outside the universe and where a group is."""
    known = [pl.col(each).is_not_null() for each in groups]
    return pl.when(pl.all_horizontal(pl.col("in_universe"), *known)).then(x)

def _rank(x, *groups):
    x = _inside(x, *groups)
    return (x.rank("average") / x.count()).over("date", *groups)

def _mean(x):
    """Exactly the common value where all are equal."""
    return pl.when(x.min() < x.max()).then(x.mean()).otherwise(x.min())

def _deviation(x):
    return ((x - _mean(x)) ** 2).mean().sqrt()

def _demean(x, *groups):
    x = _inside(x, *groups)
    return (x - _mean(x)).over("date", *groups)

def _zscore(x, *groups):
    x = _inside(x, *groups)
    return _finite((x - _mean(x)) / _deviation(x)).over("date", *groups)

def _scale(x, *groups):
    x = _inside(x, *groups)
    return _finite(x / x.abs().sum()).over("date", *groups)

def _group_mean(x, *groups):
    x = _inside(x, *groups)
    return pl.when(x.is_not_null()).then(_mean(x)).over("date", *groups)

def _group_std(x, *groups):
    x = _inside(x, *groups)
    return pl.when(x.is_not_null()).then(_deviation(x)).over("date", *groups)

def _winsorize(x, p):
    x = _inside(x)
    return x.clip(x.quantile(p, "linear"), x.quantile(1 - p, "linear")).over("date")

def _bucket(x, k):
    x = _inside(x)
    return ((x.rank("average") * k / x.count()).ceil() - 1).over("date")

def _residual(y, x):
    known = y.is_not_null() & x.is_not_null()
    y, x = _inside(pl.when(known).then(y)), _inside(pl.when(known).then(x))
    y, x = y - _mean(y), x - _mean(x)
    return _finite(y - (y * x).sum() / (x**2).sum() * x).over("date")
'''

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
        helpers=needed_helpers("\n".join(lines), HELPERS, NUMPY),
    )


def _binds(node: Call, uses: int, text: str) -> bool:
    """Windows over stocks and over days cannot stand inside each other, so each becomes a column."""
    return node.op.kind is not Kind.ELEMENT or uses > 1 or len(text) > _LONGEST
