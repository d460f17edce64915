"""Written pandas and polars code gives what the definitions give."""

import ast

import numpy as np
import pandas as pd
import polars as pl
import pytest
from kunquant_alpha101 import FORMULAS, market
from panels import hard_inputs, random_panel, with_fields
from written import decided, defined, factor_of, literals_of, long_frame, one_of, run_pandas, run_polars, typed_trees

import dfqgp as dq
from dfqgp.expr import call, constant, field, group
from dfqgp.expr.dialects.writers import write
from dfqgp.ops import OPERATORS

PANEL = random_panel(60, 12, seed=5, missing=0.15)
RUN = {
    "pandas": run_pandas,
    "polars": run_polars,
    "polars_lazy": lambda tree, panel: run_polars(tree, panel, "polars_lazy"),
}
INPUTS = ("returns", "turnover", "close")

dialects = pytest.mark.parametrize("dialect", RUN)


def agrees(dialect, tree, panel=PANEL):
    """The same cells have values, and the values are the same."""
    expected, found = defined(tree, panel), RUN[dialect](tree, panel)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected), err_msg=repr(tree))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12, err_msg=repr(tree))


@pytest.mark.parametrize("name", OPERATORS)
@dialects
def test_operator_keeps_its_definition(dialect, name):
    for literals in literals_of(name)[: 1 if dialect == "polars_lazy" else None]:
        agrees(dialect, one_of(name, literals, INPUTS))


@pytest.mark.parametrize("name", sorted(set(OPERATORS) - {"cs_resid"}))  # 1.6e7 + 0 or 1 leaves it no digits
@pytest.mark.parametrize("dialect", ["pandas", "polars"])
def test_operator_keeps_its_definition_on_hard_inputs(dialect, name):
    matrices = [np.where(np.isfinite(x), x, np.nan) for x in (hard_inputs(130, 40, seed) for seed in (1, 2, 3))]
    panel = with_fields(random_panel(130, 40), matrices)
    tree = one_of(name, literals_of(name, (20,))[0])
    expected, found = defined(tree, panel), RUN[dialect](tree, panel)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-10)


@pytest.mark.parametrize("dialect", ["pandas", "polars"])
def test_random_trees_keep_their_values(dialect):
    trees = typed_trees(70, seed=2)
    stable = [tree for tree in trees if decided(tree, PANEL, defined(tree, PANEL))]
    assert len(stable) > 0.8 * len(trees)
    for tree in stable:
        agrees(dialect, tree)


@dialects
def test_numbers_stand_for_panels(dialect):
    x, two = field("close"), constant(2)
    for tree in (
        two,
        call("add", (constant(-2), two)),
        call("div", (two, call("sub", (x, constant(-1.5))))),
        call("ts_mean", (two,), (3,)),
        call("max2", (two, constant(3))),
        call("ts_corr", (x, two), (3,)),
        call("cs_rank", (constant(-1),)),
        call("group_mean", (call("neg", (two,)), group("industry"))),
        call("if_else", (call("lt", (two, x)), two, constant(1))),
    ):
        agrees(dialect, tree)


@dialects
def test_shared_terms_are_computed_once(dialect):
    shared = call("ts_std", (field("close"),), (5,))
    code = write(call("add", (call("cs_rank", (shared,)), call("ts_delay", (shared,), (1,)))), dialect)
    assert code.partition("def factor")[2].count(" _std(") + code.count("=_std(") == 1


@dialects
def test_a_bound_name_hides_no_feature(dialect):
    panel = with_fields(PANEL, [PANEL.field("close"), PANEL.field("returns")], ["v1", "frames"])
    shared = call("ts_std", (field("v1"),), (5,))
    agrees(dialect, call("add", (call("mul", (shared, field("v1"))), call("sub", (shared, field("frames"))))), panel)


@dialects
def test_only_the_helpers_that_are_used_are_written(dialect):
    tree = ast.parse(write(call("ts_mean", (field("close"),), (5,)), dialect))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert "_over_windows" not in names
    assert "_rank" not in names
    assert "import numpy" in write(call("ts_mean", (field("close"),), (5,)), dialect)


@dialects
def test_any_name_of_a_feature_is_text(dialect):
    name = 'a"""\\'
    code = write(call("neg", (field(name),)), dialect)
    panel = with_fields(PANEL, [PANEL.field("close")], [name])
    np.testing.assert_array_equal(RUN[dialect](call("neg", (field(name),)), panel)[0], -PANEL.field("close")[0])
    compile(code, "written", "exec")


def test_pandas_takes_all_cells_without_a_universe():
    frames = {"close": pd.DataFrame(PANEL.field("close").astype(float))}
    found = factor_of(write(call("cs_rank", (field("close"),)), "pandas"))(frames)
    pd.testing.assert_frame_equal(found, frames["close"].rank(axis=1, pct=True))


def test_polars_takes_all_rows_without_a_universe():
    frame = long_frame(PANEL).drop("in_universe")
    found = factor_of(write(call("cs_rank", (field("close"),)), "polars"))(frame)
    close = frame.with_columns(pl.col("close").fill_nan(None)).sort("date", "code")
    expected = close.with_columns(factor=(pl.col("close").rank() / pl.col("close").count()).over("date"))
    both = found.join(expected, on=["date", "code"], how="left", suffix="_expected")
    assert both["factor"].equals(both["factor_expected"])


def test_polars_refuses_two_rows_of_one_code_and_date():
    frame = long_frame(PANEL)
    factor = factor_of(write(field("close"), "polars"))
    with pytest.raises(pl.exceptions.ComputeError, match="1:1"):
        factor(pl.concat([frame, frame.head(1)]))


def test_lazy_code_runs_nothing():
    factor = factor_of(write(call("ts_mean", (field("close"),), (5,)), "polars_lazy"))
    assert isinstance(factor(long_frame(PANEL).lazy()), pl.LazyFrame)


@pytest.mark.real_data
@pytest.mark.parametrize("dialect", ["pandas", "polars"])
def test_real_prices_keep_their_values(dialect, real_frame):
    recent = real_frame[real_frame["date"] >= real_frame["date"].max() - pd.Timedelta(days=250)]
    panel = dq.Panel.from_frame(recent)
    tree = dq.parse(
        "group_zscore(ts_corr(close, log(volume / ts_mean(volume, 20)), 20), industry) - cs_rank(returns)", panel
    )
    expected, found = dq.evaluate(tree, panel), RUN[dialect](tree, panel)
    assert np.isfinite(expected).mean() > 0.7
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.exhaustive
@pytest.mark.parametrize("dialect", ["pandas", "polars"])
def test_known_formulas_keep_their_values(dialect):
    panel = market()
    for name, text in FORMULAS.items():
        tree = dq.parse(text, panel, typed=False)
        expected, found = defined(tree, panel), RUN[dialect](tree, panel)
        near = np.abs(found - expected) <= 1e-6 * np.maximum(np.abs(expected), np.nanstd(expected))
        agree = near | (np.isnan(found) & np.isnan(expected))
        # ranks of ranks of positions: rounding decides
        assert agree.mean() >= {"alpha094": 0.98, "alpha098": 0.9}.get(name, 0.999), name
