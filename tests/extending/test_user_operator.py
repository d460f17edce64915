"""A user's operator: declared in a notebook cell, or in a file that a run names; part of the run's identity."""

import shutil
import sys
from pathlib import Path

import numpy as np
import operator_laws as laws
import pytest
from panels import random_panel

import dfqgp as dq
from dfqgp.config import load
from dfqgp.errors import ConfigError, ExpressionError, OperatorError
from dfqgp.library import read_snapshot
from dfqgp.mine import mine_one
from dfqgp.ops import OPERATORS, unregister, use_operators, user_operators

FILE = Path(__file__).with_name("user_operator.py")
PANEL = random_panel(60, 30)
TINY = ["source.assets=40", "source.days=200", "gp.population=12", "gp.generations=1", "gp.rounds=1", "gp.elites=2",
        "gp.max_depth=3", "gp.operators=[imbalance,neg]", "backend.threads=1", "library.min_score=0",
        "fitness.min_assets=10"]  # fmt: skip


@pytest.fixture(autouse=True)
def _forgotten():
    yield
    use_operators([])


def cell(text):
    """Run a cell as a notebook does: the source is kept where tracebacks look for it."""
    import linecache  # noqa: PLC0415

    name = f"<cell {hash(text)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), {"dq": dq, "__name__": "__main__"})  # noqa: S102 -- what a notebook does


CELL = """
@dq.operator(form=dq.ops.Elementwise(lambda x: {kernel}))
def squared(x: dq.ops.Numeric) -> dq.ops.Numeric:
    \"\"\"Square of x, or its opposite.\"\"\"
    return {kernel}
"""


def test_a_notebook_cell_declares_it_and_may_be_run_again(backend, reference):
    hashes, close = set(), PANEL.field("close")
    for kernel, expected in (("x * x", close * close), ("-x * x", -close * close)):
        cell(CELL.format(kernel=kernel))
        np.testing.assert_array_equal(dq.evaluate("squared(close)", PANEL), expected)
        laws.check_all(OPERATORS["squared"], backend, reference, exact=True)
        hashes.add(user_operators()["squared"])
    assert len(hashes) == 2
    unregister("squared")
    with pytest.raises(ExpressionError, match="unknown operator 'squared'"):
        dq.parse("squared(close)", PANEL)


def test_a_wrong_kernel_is_refused_in_the_cell():
    with pytest.raises(OperatorError, match="its kernel is not its definition"):
        cell(CELL.format(kernel="x * x").replace("return x * x", "return x * x + 1"))
    assert "squared" not in OPERATORS


@pytest.fixture
def run(tmp_path):
    """Mine with a copy of the file, from the command line's configuration on."""

    def mined(text):
        file = tmp_path / "my_ops.py"
        file.write_text(text)
        paths = [f"paths.{name}={tmp_path / name}" for name in ("out", "state", "data")]
        return read_snapshot(mine_one(load([*TINY, f"operators=[{file}]", *paths])))

    return mined


def test_a_run_names_its_file_and_carries_its_hash(run, capsys):
    text = FILE.read_text()
    first = run(text)
    assert any("imbalance(" in member.expression for member in first.members)
    assert set(first.operators) == {"imbalance"}
    other = run(text.replace("abs(x) + abs(y)", "2.0 * (abs(x) + abs(y))"))
    assert other.run_id != first.run_id
    assert other.operators != first.operators
    assert run(text).run_id == first.run_id  # the same content is the same run, wherever the file lies
    assert "imbalance" in capsys.readouterr().out


def test_a_run_without_the_file_knows_nothing_of_it(run):
    run(FILE.read_text())
    with pytest.raises(ConfigError, match=r"gp\.operators: got 'imbalance'"):
        load([*TINY])
    assert "imbalance" not in OPERATORS


def test_reading_a_snapshot_loads_no_code(run, tmp_path):
    run(FILE.read_text())
    use_operators([])
    (tmp_path / "my_ops.py").write_text("raise SystemExit")
    assert read_snapshot(tmp_path / "out" / "libraries" / "latest.json").operators
    assert user_operators() == {}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, ConfigError, "expected a Python file that declares operators"),
        ("x = 1", ConfigError, "expected at least one operator; decorate a function"),
        (FILE.read_text().replace("return (x - y)", "return (y - x)"), OperatorError, "kernel is not its definition"),
        (FILE.read_text().replace("def imbalance", "def add"), OperatorError, "the name is taken"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(tmp_path, text, error, message):
    file = tmp_path / "broken_ops.py"
    if text is not None:
        file.write_text(text)
    with pytest.raises(error, match=message):
        load([f"operators=[{file}]"])
    assert user_operators() == {}
    shutil.rmtree(tmp_path)


def test_a_file_that_fails_half_way_leaves_nothing_behind(tmp_path):
    """What it declared before the failure is forgotten, and what stood there before stands again."""
    file = tmp_path / "half_ops.py"
    use_operators([FILE])
    before, modules = dict(OPERATORS), set(sys.modules)
    text = FILE.read_text()
    file.write_text(f"{text.replace('abs(x) + abs(y)', '2.0')}\n{text.replace('imbalance', 'late')}\n1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        use_operators([file])
    assert dict(OPERATORS) == before
    assert set(sys.modules) == modules


def test_files_of_the_same_name_are_modules_of_their_own(tmp_path):
    """The source of a function is looked for in its module, so each file needs one."""
    files = []
    for name in ("first", "second"):
        files.append(tmp_path / name / "my_ops.py")
        files[-1].parent.mkdir()
        files[-1].write_text(FILE.read_text().replace("imbalance", name))
    use_operators(files)
    modules = [sys.modules[OPERATORS[name].reference.__module__] for name in ("first", "second")]
    assert [module.__file__ for module in modules] == [str(file) for file in files]
