"""Panels, inputs and trees that the tests share."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np

from dfqgp.expr import Node, Vocabulary
from dfqgp.gp.generate import Generator
from dfqgp.gp.settings import GpSettings
from dfqgp.panel import Panel

UNITS = {
    "open": "price", "high": "price", "low": "price", "close": "price", "volume": "shares", "amount": "currency",
    "returns": "ratio", "turnover": "ratio",
}  # fmt: skip


def random_panel(rows=90, columns=40, *, seed=0, origin=0, missing=0.05, groups=5) -> Panel:
    """A panel with prices, gaps, a partial universe, unknown groups and sizes."""
    rng = np.random.default_rng(seed)
    shape = (rows, columns)
    close = 20.0 * np.exp(np.cumsum(rng.standard_t(4, shape) * 0.01, axis=0)) * rng.lognormal(size=columns)
    volume = rng.lognormal(12, 1, shape)
    fields = {
        "open": close * (1 + rng.normal(0, 0.01, shape)), "high": close * 1.02, "low": close * 0.98, "close": close,
        "volume": volume, "amount": volume * close, "returns": rng.standard_t(4, shape) * 0.02,
        "turnover": rng.lognormal(-4, 1, shape),
    }  # fmt: skip
    gaps = rng.random(shape) < missing
    fields = {name: np.where(gaps, np.nan, values).astype(np.float32) for name, values in fields.items()}
    codes = rng.integers(-1, groups, columns).astype(np.int16)
    return Panel(
        dates=np.datetime64("2020-01-01") + np.arange(origin, origin + rows),
        codes=np.array([f"{i:06d}" for i in range(columns)]),
        fields=fields,
        units=UNITS,
        groups={"industry": np.tile(codes, (rows, 1))},
        universe=(rng.random(shape) < 0.9) & ~gaps,
        buyable=~gaps,
        sellable=~gaps,
        size=(24 + rng.normal(0, 1, columns) + rng.normal(0, 0.01, shape)).astype(np.float32),
        origin=origin,
    )


def hard_inputs(rows: int, columns: int, seed: int) -> np.ndarray:
    """A (rows, columns) matrix whose columns hold what breaks careless kernels."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    x[rng.random(x.shape) < 0.05] = np.nan
    x[:, 0] = np.nan
    x[:, 1] = 3000 + rng.uniform(-0.5, 0.5, rows)
    x[rows // 2, 2] = 1e4
    x[:, 3] = 7
    x[rows // 3, 4], x[rows // 3 + 1, 4], x[rows // 3 + 2, 4] = 1e30, np.inf, -np.inf
    x[:, 5] = np.round(x[:, 5])
    x[rows // 2, 6] = -1e30
    x[rows // 2 : rows // 2 + 30, 7] = 0.1
    x[:, 8] = np.round(rng.standard_normal(rows)) / 10
    x[:, 9] = 1e-30 * rng.standard_normal(rows)
    x[rows // 4 :, 10] = np.nan
    x[::2, 11] = np.nan
    x[:, 12] = 1.6e7 + rng.integers(0, 2, rows)  # sums of squares about 0 would lose the variance
    return x


def with_fields(panel: Panel, matrices, names="xyz") -> Panel:
    """The panel with other fields, unchecked: kernels have to handle infinities, which a panel refuses."""
    changed = copy.copy(panel)
    fields = dict(zip(names, matrices, strict=False))
    object.__setattr__(changed, "fields", fields)
    object.__setattr__(changed, "units", dict.fromkeys(fields, "ratio"))
    return changed


def random_trees(panel: Panel, count: int, *, seed: int = 0, **settings) -> list[Node]:
    """Distinct trees such as the search draws."""
    bounds = GpSettings(windows=(3, 5, 10), delays=(1, 2, 5), **settings)
    generator = Generator.of(Vocabulary.of(panel), bounds)
    rng = np.random.default_rng(seed)
    trees: dict[Node, None] = {}
    for index in range(count * 50):
        trees.setdefault(generator.ramped(rng, index))
        if len(trees) == count:
            return list(trees)
    raise AssertionError(f"only {len(trees)} trees of {count}")


def permuted(panel: Panel, order: np.ndarray) -> Panel:
    """The panel with its columns in another order, under the codes that were there."""

    def take(matrix: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(matrix[:, order])

    return replace(
        panel,
        fields={name: take(matrix) for name, matrix in panel.fields.items()},
        groups={name: take(matrix) for name, matrix in panel.groups.items()},
        universe=take(panel.universe),
        buyable=take(panel.buyable),
        sellable=take(panel.sellable),
        size=take(panel.size),
    )
