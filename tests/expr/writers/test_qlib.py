"""Written expressions run in qlib's own engine and give what the definitions give on full windows.

qlib pins other versions of what this package uses, so it has a Python of its own: name it with DFQGP_QLIB_PYTHON.
"""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from panels import random_panel
from written import complete, decided, defined, is_written, literals_of, one_of, typed_trees

from dfqgp.expr.dialects.writers import write
from dfqgp.expr.dialects.writers.qlib import RULES
from dfqgp.expr.dialects.writers.rules import Rule

PANEL = random_panel(90, 6, seed=5, missing=0.0)
WRITTEN = [name for name, rule in RULES.items() if isinstance(rule, Rule)]

pytestmark = pytest.mark.exhaustive


@pytest.fixture
def run(tmp_path):
    """A function that computes texts in qlib."""
    python = os.environ.get("DFQGP_QLIB_PYTHON")
    if python is None:
        pytest.skip("no qlib: name a Python that has pyqlib with DFQGP_QLIB_PYTHON")

    def compute(texts):
        inputs, names, output = (tmp_path / name for name in ("inputs.npz", "texts.json", "output.npz"))
        np.savez(inputs, **{name: matrix.astype(np.float64) for name, matrix in PANEL.fields.items()})
        names.write_text(json.dumps(texts))
        engine = Path(__file__).parent / "qlib_engine.py"
        subprocess.run([python, "-W", "ignore", engine, inputs, names, output], check=True)
        found = np.load(output)
        return [found[str(index)] for index in range(len(texts))]

    return compute


def agree(run, trees):
    """From the lookback on, values are the same; before it qlib takes the days that there are."""
    for tree, found in zip(trees, run([write(tree, "qlib") for tree in trees]), strict=True):
        expected, rows = defined(tree, PANEL), slice(tree.lookback, None)
        np.testing.assert_allclose(found[rows], expected[rows], rtol=1e-6, atol=1e-10, err_msg=repr(tree))


def test_every_written_operator_keeps_its_definition(run):
    inputs = ("returns", "turnover", "close")
    agree(run, [one_of(name, given, inputs) for name in WRITTEN for given in literals_of(name, (3, 20))])


def test_random_trees_keep_their_values(run):
    # Corr and Rsquare of qlib are missing where a standard deviation is below 2e-5
    names = tuple(name for name in WRITTEN if name not in {"ts_corr", "ts_rsquare"})
    trees = [tree for tree in typed_trees(400, seed=3, names=names) if is_written(tree, "qlib")]
    stable = [tree for tree in trees if decided(tree, PANEL, defined(tree, PANEL))]
    finite = [tree for tree in stable if complete(tree, PANEL)]
    assert len(finite) > 50
    agree(run, finite)
