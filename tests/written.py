"""Running what the writers write, and what the definitions say about it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl

from dfqgp.errors import WriteError
from dfqgp.expr import Call, Constant, Group, Node, call, constant, field, group
from dfqgp.expr.dialects.writers import write
from dfqgp.ops import OPERATORS, Kind, Role

if TYPE_CHECKING:
    from dfqgp.panel import Panel


LARGEST = np.finfo(np.float32).max

EXACT = {"ts_delay", "ts_min", "ts_max", "ts_argmin", "ts_argmax", "ts_backfill", "ts_count", "max2", "min2", "neg"}
EXACT |= {"abs", "sign", "clip", "if_else"} | {name for name, op in OPERATORS.items() if op.boolean}
"""Operators whose results are not rounded."""


def one_of(name: str, literals=(), inputs="xyz") -> Node:
    """The operator over plain features, comparisons where it wants booleans."""
    op, names = OPERATORS[name], iter(inputs * 2)
    args = []
    for each in op.arguments:
        if each.role is Role.GROUP:
            args.append(group("industry"))
        elif each.role is Role.BOOLEAN:
            args.append(call("gt", (field(next(names)), field(next(names))), ()))
        elif not each.is_literal:
            args.append(field(next(names)))
    return call(name, tuple(args), tuple(literals))


def literals_of(name: str, windows=(2, 3, 7, 20)) -> list[tuple[float, ...]]:
    """Literals of every argument that are legal together."""
    op = OPERATORS[name]
    several = product(*([v for v in each.draws or windows if each.accepts(v)] for each in op.literals))
    return [literals for literals in several if not op.problem(literals)]


def is_written(tree: Node, dialect: str) -> bool:
    """Whether a dialect has words for the whole tree."""
    try:
        write(tree, dialect)
    except WriteError:
        return False
    return True


def typed_trees(count: int, *, seed: int, depth: int = 4, names=tuple(OPERATORS)) -> list[Node]:
    """Trees of any operators among ``names``, with booleans where they belong and units as they come."""
    rng = np.random.default_rng(seed)
    literals = {name: literals_of(name, (2, 3, 5, 8)) for name in names}
    kinds = {truth: [name for name in names if OPERATORS[name].boolean is truth] for truth in (False, True)}

    def draw(depth: int, role: Role) -> Node:
        if role is Role.GROUP:
            return group("industry")
        if role is Role.PANEL and (depth <= 0 or rng.random() < 0.15):
            number = constant(np.float32(rng.choice([2, -1, rng.normal()])))
            return number if rng.random() < 0.15 else field(str(rng.choice(["open", "close", "volume", "returns"])))
        name = str(rng.choice(kinds[role is Role.BOOLEAN]))
        args = [draw(depth - 1, each.role) for each in OPERATORS[name].arguments if not each.is_literal]
        return call(name, tuple(args), literals[name][rng.integers(len(literals[name]))])

    return [draw(int(rng.integers(1, depth + 1)), Role.PANEL) for _ in range(count)]


def defined(root: Node, panel: Panel, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """A tree's (T, N) value by the operators' definitions in float64 all the way, each result off by some noise."""
    values: dict[Node, np.ndarray] = {}
    rng = np.random.default_rng(seed)

    def value(node: Node) -> np.ndarray:
        if node not in values:
            found = _apply(node, panel, value) if isinstance(node, Call) else _leaf(node, panel)
            rounded = noise and isinstance(node, Call) and node.op.name not in EXACT
            values[node] = found * (1 + noise * rng.standard_normal(found.shape)) if rounded else found
        return values[node]

    out = value(root).astype(np.float64)
    out[: root.lookback] = np.nan
    return out


def complete(root: Node, panel: Panel) -> bool:
    """Whether no term has a missing value from its lookback on, as where KunQuant and qlib agree."""
    return all(np.isfinite(defined(node, panel)[node.lookback :]).all() for node in set(root.walk()))


def decided(root: Node, panel: Panel, expected: np.ndarray) -> bool:
    """Whether rounding in the last places changes nothing; it decides the ranks of numbers that are nearly equal."""
    noisy = (defined(root, panel, noise=1e-14, seed=seed) for seed in (1, 2))
    return all(np.allclose(each, expected, rtol=1e-8, atol=0.0, equal_nan=True) for each in noisy)


def _leaf(node: Node, panel: Panel) -> np.ndarray:
    if isinstance(node, Constant):
        return np.full(panel.shape, node.value)
    return panel.group(node.name) if isinstance(node, Group) else _finite(panel.field(node.name).astype(np.float64))


def _apply(node: Call, panel: Panel, value) -> np.ndarray:
    args, literals = iter(node.args), iter(node.literals)
    given = [next(literals) if each.is_literal else value(next(args)) for each in node.op.arguments]
    extra = (panel.universe,) if node.op.kind is Kind.CROSS else ()
    with np.errstate(all="ignore"):
        return _finite(np.asarray(node.op.reference(*given, *extra), dtype=np.float64))


def _finite(matrix: np.ndarray) -> np.ndarray:
    return np.where(np.abs(matrix) <= LARGEST, matrix, np.nan)


def factor_of(code: str):
    """The function that written code defines."""
    names: dict[str, object] = {}
    exec(compile(code, "written", "exec"), names)  # noqa: S102 -- code that the tests have written themselves
    return names["factor"]


def run_pandas(root: Node, panel: Panel) -> np.ndarray:
    """A tree's value by the pandas code."""

    def wide(matrix):
        return pd.DataFrame(matrix, index=panel.dates, columns=panel.codes)

    frames = {name: wide(matrix.astype(np.float64)) for name, matrix in panel.fields.items()}
    frames |= {name: wide(codes).where(codes >= 0) for name, codes in panel.groups.items()}
    frames["in_universe"] = wide(panel.universe)
    return factor_of(write(root, "pandas"))(frames).to_numpy()


def long_frame(panel: Panel) -> pl.DataFrame:
    """The panel as a long table in no order, without the rows of which nothing is known."""
    rows, columns = panel.shape
    known = {name: matrix.ravel().astype(np.float64) for name, matrix in panel.fields.items()}
    frame = pl.DataFrame(
        {
            "date": np.repeat(panel.dates, columns), "code": np.tile(panel.codes, rows),
            "in_universe": panel.universe.ravel(), **known,
            **{name: codes.ravel() for name, codes in panel.groups.items()},
        }
    )  # fmt: skip
    frame = frame.with_columns(pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in panel.groups)
    there = pl.any_horizontal(pl.col(name).is_not_nan() for name in panel.fields)
    corner = (pl.col("date") == panel.dates[0]) | (pl.col("code") == panel.codes[0])  # so that no axis gets shorter
    return frame.filter(there | corner).sample(fraction=1.0, shuffle=True, seed=1)


def run_polars(root: Node, panel: Panel, dialect: str = "polars") -> np.ndarray:
    """A tree's value by the polars code."""
    found = factor_of(write(root, dialect))(long_frame(panel))
    found = found.collect() if dialect == "polars_lazy" else found
    assert found.columns == ["date", "code", "factor"]
    return found.sort("date", "code")["factor"].fill_null(np.nan).to_numpy().reshape(panel.shape)
