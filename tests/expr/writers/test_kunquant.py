"""Written graphs run in KunQuant and give what the definitions give on panels without gaps."""

import shutil

import numpy as np
import pytest
from panels import random_panel
from written import complete, decided, defined, factor_of, is_written, literals_of, one_of, typed_trees

from dfqgp.expr import parse
from dfqgp.expr.dialects.writers import write
from dfqgp.expr.dialects.writers.kunquant import RULES
from dfqgp.expr.dialects.writers.rules import Rule
from dfqgp.expr.vocabulary import Vocabulary

cfake = pytest.importorskip("KunQuant.jit.cfake", reason="KunQuant is not installed: pip install kunquant")
from KunQuant.Driver import KunCompilerConfig  # noqa: E402
from KunQuant.runner import KunRunner  # noqa: E402

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="KunQuant compiles with g++, which is absent")

PANEL = random_panel(90, 16, seed=5, missing=0.0)
PANEL.universe[:] = True
WRITTEN = [name for name, rule in RULES.items() if isinstance(rule, Rule)]


def run(trees):
    """The (T, N) values of several trees, each a module of one library."""
    settings = {"input_layout": "TS", "output_layout": "TS", "dtype": "double", "options": {"no_fast_stat": True}}
    graphs = [factor_of(write(tree, "kunquant"))() for tree in trees]
    modules = [(f"m{index}", graph, KunCompilerConfig(**settings)) for index, graph in enumerate(graphs)]
    library = cfake.compileit(modules, "written", cfake.CppCompilerConfig(opt_level=0))
    executor = KunRunner.createSingleThreadExecutor()
    inputs = {name: np.ascontiguousarray(matrix, dtype=np.float64) for name, matrix in PANEL.fields.items()}
    for (name, graph, _), _tree in zip(modules, trees, strict=True):
        wanted = {op.attrs["name"]: inputs[op.attrs["name"]] for op in graph.ops if type(op).__name__ == "Input"}
        yield KunRunner.runGraph(executor, library.getModule(name), wanted, 0, PANEL.shape[0])["factor"]


def agree(trees):
    """From the lookback on, values are the same; before it KunQuant leaves what a regression had so far."""
    for tree, found in zip(trees, run(trees), strict=True):
        expected, rows = defined(tree, PANEL), slice(tree.lookback, None)
        np.testing.assert_allclose(found[rows], expected[rows], rtol=1e-6, atol=1e-10, err_msg=repr(tree))


def test_a_graph_gives_the_defined_values():
    words = Vocabulary.of(PANEL)
    agree([parse("cs_rank(ts_corr(close / open, ts_delay(turnover, 1), 6)) - ts_rank(returns, 7) * 2", words)])


def test_a_ratio_with_a_negative_denominator_is_compared():
    words = Vocabulary.of(PANEL)
    agree([parse("max2(turnover / returns, returns / returns)", words)])


@pytest.mark.exhaustive
def test_every_written_operator_keeps_its_definition():
    inputs = ("returns", "turnover", "close")
    agree([one_of(name, given, inputs) for name in WRITTEN for given in literals_of(name, (3, 20, 60))])


@pytest.mark.exhaustive
def test_random_trees_keep_their_values():
    # KunQuant's logarithm and exponential have about 7 digits
    approximate = {"log", "slog1p", "tanh", "sigmoid", "pow", "power"}
    trees = typed_trees(150, seed=3, names=tuple(name for name in WRITTEN if name not in approximate))
    written = [tree for tree in trees if is_written(tree, "kunquant") and decided(tree, PANEL, defined(tree, PANEL))]
    whole = [tree for tree in written if complete(tree, PANEL)]
    assert len(whole) > 50
    agree(whole)
