"""A whole mining run on the GPU backend gives the library of the reference, and so do a user's operators."""

import json
from dataclasses import replace

import numpy as np
import pytest
from panels import random_panel, random_trees
from runs import config, labels_of, market

import dfqgp as dq
from dfqgp.backends import BackendSettings
from dfqgp.engine import Engine, EngineSettings
from dfqgp.fitness import FitnessSettings, every, make_target
from dfqgp.gp import GpSettings
from dfqgp.mining import loop
from dfqgp.ops import OPERATORS, unregister

pytestmark = pytest.mark.gpu

GP = GpSettings(population=16, generations=2, rounds=1, elites=4, windows=(3, 5, 10), max_lookback=60)


def mean_add(s, x, age):
    there = x == x
    return s[0] + (1.0 if there else 0.0), s[1] + (abs(x) if there else 0.0)


def mean_merge(a, b):
    return a[0] + b[0], a[1] + b[1]


def mean_value(s, x, age, w):
    return s[1] / s[0]


@pytest.fixture
def own_operators():
    """A windowed and an element-wise operator, as a user declares them."""

    @dq.operator(form=dq.ops.Elementwise(lambda x, y: (x - y) / (abs(x) + abs(y))))
    def imbalance(x: dq.ops.Numeric, y: dq.ops.Numeric) -> dq.ops.Numeric:
        """Difference over the sum of absolute values."""
        return (x - y) / (abs(x) + abs(y))

    @dq.operator(form=dq.ops.Rolling((0.0, 0.0), mean_add, mean_merge, mean_value))
    def ts_mean_size(x: dq.ops.Numeric, w: dq.ops.Window) -> dq.ops.Numeric:
        """Mean absolute value of w days."""
        return OPERATORS["ts_mean"].reference(np.abs(x), w)

    names = ("imbalance", "ts_mean_size")
    yield names
    for name in names:
        unregister(name)


def mine(folder, backend, monkeypatch, operators):
    """Return the members of the library that a small run leaves."""
    panel, segments = market(80, 40)
    bounds = replace(GP, operators=operators)
    settings = config(folder, segments, gp=bounds, backend=BackendSettings(name="reference"), seed=5)
    with monkeypatch.context() as patch:
        patch.setattr(loop, "open_backend", lambda _: backend)
        path = loop.mine(panel, labels_of(panel), settings)
    return json.loads(path.read_text(encoding="utf-8"))["members"]


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(False, id="a user's operators and some"),
        pytest.param(True, id="every operator", marks=pytest.mark.exhaustive),  # each has laws of its own
    ],
)
def test_a_run_gives_the_library_of_the_reference(whole, tmp_path, gpu_backend, reference, monkeypatch, own_operators):
    some = (*own_operators, "ts_mean", "ts_corr", "cs_rank", "group_demean", "sub", "div", "ts_delta")
    found, expected = (
        mine(tmp_path / each.name, each, monkeypatch, () if whole else some) for each in (gpu_backend, reference)
    )
    assert len(expected) > 3
    assert whole or any(name in member["expression"] for name in own_operators for member in expected)
    for one, other in zip(found, expected, strict=True):
        assert (one["expression"], one["orientation"]) == (other["expression"], other["orientation"])
        for part in ("train", "valid"):
            assert one[part] == pytest.approx(other[part], rel=1e-6, abs=1e-9, nan_ok=True)


def test_scores_and_ranks_of_a_population_are_those_of_the_reference(gpu_backend, reference):
    panel = random_panel(60, 40)
    target = make_target(panel, panel.field("returns"), range(20, 55), FitnessSettings(min_assets=10), horizon=5)
    keep = every(panel, target.rows, 5)
    trees = random_trees(panel, 12, seed=3)
    engines = [Engine(panel, each, EngineSettings(block=5), targets=[target]) for each in (gpu_backend, reference)]
    (found,), (expected,) = (engine.score(trees, keep=keep) for engine in engines)
    np.testing.assert_array_equal(found.state, expected.state)
    np.testing.assert_array_equal(found.assets, expected.assets)
    for name in ("ic", "r2", "turnover"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-5, atol=1e-7)
    ranks = engines[0].session.fetch_ranks(found.ranks)
    np.testing.assert_array_equal(np.stack(ranks), np.stack(expected.ranks))
