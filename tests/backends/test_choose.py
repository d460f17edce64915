"""Choosing a backend: what it lacks is known when it is opened, and nothing falls back in silence."""

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
from panels import random_panel

from dfqgp.backends import BackendSettings, Room, open_backend
from dfqgp.backends.cpu import CpuBackend
from dfqgp.backends.cpu.threads import Threads
from dfqgp.backends.memory import default_budget
from dfqgp.engine import Engine
from dfqgp.errors import BackendError, BudgetError, KernelMissingError
from dfqgp.expr import call, field
from dfqgp.ops import OPERATORS, operator, unregister
from dfqgp.ops.arguments import Numeric
from dfqgp.ops.units import SAME

PANEL = random_panel(10, 70)


def half(x: Numeric) -> Numeric:
    """Half of it, without a kernel."""
    return x / 2


@pytest.mark.skipif(importlib.util.find_spec("cupy") is not None, reason="CuPy is installed here")
def test_gpu_without_cupy_says_what_to_install():
    with pytest.raises(BackendError, match=r"CuPy cannot be imported.*pip install 'dfqgp\[gpu\]'") as caught:
        open_backend(BackendSettings(name="gpu"))
    assert "\n" not in str(caught.value)


def test_every_builtin_operator_has_a_kernel():
    CpuBackend(1).open(PANEL)


def test_a_missing_kernel_is_an_error_when_the_backend_is_opened_or_one_line_in_the_log(caplog):
    operator(unit=SAME)(half)
    try:
        with pytest.raises(KernelMissingError, match=r"no kernel for operator half.*backend\.strict=false"):
            CpuBackend(1).open(PANEL)
        CpuBackend(1).open(PANEL, operators=[OPERATORS["neg"]])  # what is not going to be used may be missing
        engine = Engine(PANEL, CpuBackend(1, strict=False))
        for _ in range(3):
            value = engine.evaluate([call("half", (field("close"),))])
        np.testing.assert_array_equal(value[0], PANEL.field("close") / 2)
        assert [record.message for record in caplog.records].count(
            "backend cpu has no kernel for half: computed by the definition, slowly"
        ) == 1
    finally:
        unregister("half")


def test_an_operator_that_was_declared_anew_is_compiled_anew():
    """Running a notebook cell again gives the new kernel, not the old one of the same name."""
    values = []
    for factor in (3.0, 5.0):
        changed = replace(OPERATORS["neg"], form=replace(OPERATORS["neg"].form, cell=_times(factor)), builtin=False)
        values.append(_run(changed))
    np.testing.assert_array_equal(values[0], PANEL.field("close") * np.float32(3))
    np.testing.assert_array_equal(values[1], PANEL.field("close") * np.float32(5))


def _times(factor):
    return (lambda x: x * np.float32(3.0)) if factor == 3.0 else (lambda x: x * np.float32(5.0))


def _run(op):
    session = CpuBackend(1).open(PANEL)
    session.slab[0] = PANEL.field("close")
    session.launch(op, np.array([[1, -1, 1, 1, 0, 0]]), np.zeros((1, 1)), np.zeros((1, 1)))
    return session.fetch(1)


def test_a_budget_that_holds_no_panel_is_refused(any_backend):
    with pytest.raises(BudgetError, match=r"100 bytes fit.*set engine\.budget to at least 2800 bytes"):
        any_backend.open(PANEL, room=Room(100))
    assert any_backend.open(PANEL, room=Room(2800)).slots == 1
    with pytest.raises(BudgetError, match="at least 3800 bytes"):
        any_backend.open(PANEL, room=Room(2800, reserve=1000))


@pytest.mark.parametrize(
    "files", [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")]
)
def test_the_default_budget_keeps_within_a_container(tmp_path, files):
    whole = default_budget(tmp_path)
    for name, text in zip(files, ("8000000", "2000000"), strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert default_budget(tmp_path) == 1_500_000
    (tmp_path / files[1]).write_text("7900000\n")
    assert default_budget(tmp_path) == 500_000
    (tmp_path / files[0]).write_text("max\n")
    assert default_budget(tmp_path) == pytest.approx(whole, rel=0.2)


def test_an_error_in_a_thread_reaches_the_caller():
    def fail(first, last):
        raise ZeroDivisionError(f"{first}:{last}")

    with pytest.raises(ZeroDivisionError):
        Threads(2).share_out(fail, 10)


def test_pieces_are_shared_out_once_each():
    seen = []
    Threads(3).share_out(lambda first, last: seen.extend(range(first, last)), 101)
    assert sorted(seen) == list(range(101))
