"""KunQuant's own list of formulas, said in this language, gives KunQuant's values: docs/kunquant_alpha101.md."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from kunquant_alpha101 import FORMULAS, market
from written import defined

import dfqgp as dq
from dfqgp.expr import Vocabulary, parse

PAGE = Path(__file__).resolve().parents[3] / "docs" / "kunquant_alpha101.md"
PANEL = market()
TREES = {name: parse(text, Vocabulary.of(PANEL), typed=False) for name, text in FORMULAS.items()}
NEEDS_COMPILER = pytest.mark.skipif(shutil.which("g++") is None, reason="KunQuant compiles with g++, which is absent")


def test_every_formula_survives_text():
    for name, tree in TREES.items():
        assert parse(repr(tree), Vocabulary.of(PANEL), typed=False) is tree, name


def test_the_list_is_kunquants():
    alphas = pytest.importorskip("KunQuant.predefined.Alpha101", reason="KunQuant is not installed")
    assert [function.__name__ for function in alphas.all_alpha] == list(FORMULAS)


def theirs():
    """KunQuant's (T, N) values of its whole list, in float64."""
    alphas = pytest.importorskip("KunQuant.predefined.Alpha101", reason="KunQuant is not installed")
    from KunQuant.Driver import KunCompilerConfig  # noqa: PLC0415
    from KunQuant.jit import cfake  # noqa: PLC0415
    from KunQuant.Op import Builder, Input, Output  # noqa: PLC0415
    from KunQuant.runner import KunRunner  # noqa: PLC0415
    from KunQuant.Stage import Function  # noqa: PLC0415

    builder = Builder()
    with builder:
        data = alphas.AllData(**{name: Input(name) for name in PANEL.fields})
        for function in alphas.all_alpha:
            Output(function(data), function.__name__)
    config = KunCompilerConfig(input_layout="TS", output_layout="TS", dtype="double", options={"no_fast_stat": True})
    graph = ("alpha101", Function(builder.ops), config)
    library = cfake.compileit([graph], "alpha101", cfake.CppCompilerConfig(opt_level=1))
    inputs = {name: np.ascontiguousarray(matrix, dtype=np.float64) for name, matrix in PANEL.fields.items()}
    executor = KunRunner.createSingleThreadExecutor()
    return KunRunner.runGraph(executor, library.getModule("alpha101"), inputs, 0, PANEL.shape[0])


def close_to(a, b, scale):
    """Cells that differ by at most a thousandth of the value or of the usual one, or are missing in both."""
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= 1e-3 * np.maximum(np.abs(b), scale)
    return near | (~np.isfinite(a) & ~np.isfinite(b))


def shares(tree, ours, found):
    """Shares of the cells from the lookback on that agree, that rounding decides, that are missing, and of the rest."""
    rows = slice(tree.lookback, None)
    a, b = ours[rows].astype(np.float64), found[rows]
    scale = np.nanstd(b)
    agree, missing = close_to(a, b, scale), ~np.isfinite(a)
    exact = defined(tree, PANEL)[rows]
    noisy = [defined(tree, PANEL, noise=1e-13, seed=seed)[rows] for seed in (1, 2, 3)]
    rounded = ~np.all([close_to(each, exact, scale) for each in noisy], axis=0)
    return agree.mean(), rounded.mean(), missing.mean(), (~agree & ~rounded & ~missing).mean()


def stated():
    """Percentages of the page by formula: agree, decided by rounding, missing here."""
    rows = re.findall(r"^\| (alpha\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", PAGE.read_text(), re.MULTILINE)
    return {name: tuple(float(each) for each in numbers) for name, *numbers in rows}


@pytest.mark.exhaustive
@NEEDS_COMPILER
def test_values_are_kunquants_but_for_what_the_page_says():
    expected, found = stated(), theirs()
    assert len(expected) == 13
    for name, ours in zip(TREES, dq.evaluate(list(TREES.values()), PANEL), strict=True):
        agree, *others, rest = (100 * share for share in shares(TREES[name], ours, found[name]))
        assert rest < 1, name
        if name in expected:
            np.testing.assert_allclose([agree, *others], expected[name], atol=0.5, err_msg=name)
        else:
            assert agree >= 99.9, name
