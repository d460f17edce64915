"""Choosing a backend: what it lacks is known when it is opened, and nothing falls back in silence."""

import os
import subprocess
import sys
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from panels import random_panel

from dfqgp.backends import BackendSettings, Room, open_backend, requirements
from dfqgp.backends.cpu import CpuBackend
from dfqgp.backends.cpu.threads import Threads
from dfqgp.backends.memory import default_budget
from dfqgp.backends.requirements import require_cuda
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


class _DriverError(RuntimeError):
    """Stands for CuPy's CUDARuntimeError."""


@pytest.fixture
def fake_cupy(monkeypatch):
    """Put a stand-in for CuPy in place; what the machine answers is its arguments."""

    def answer(value):
        def call(*_):
            if isinstance(value, Exception):
                raise value
            return value

        return call

    def put(*, runtime=12090, driver=12080, count=3, capability="80", nvrtc=(12, 9), cublas=None):
        cuda = SimpleNamespace(
            runtime=SimpleNamespace(
                CUDARuntimeError=_DriverError,
                runtimeGetVersion=answer(runtime),
                driverGetVersion=answer(driver),
                getDeviceCount=answer(count),
            ),
            Device=lambda _: SimpleNamespace(compute_capability=capability),
            nvrtc=SimpleNamespace(getVersion=answer(nvrtc)),
            cublas=cublas or SimpleNamespace(create=None),
        )
        monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(cuda=cuda))
        numba_cuda = ModuleType("numba_cuda")
        numba_cuda.__spec__ = ModuleSpec("numba_cuda", None)
        monkeypatch.setitem(sys.modules, "numba_cuda", numba_cuda)

    return put


@pytest.fixture(autouse=True)
def _one_cupy_package(monkeypatch):
    """Say that one CuPy package is installed, whatever this machine has."""
    monkeypatch.setattr(requirements, "CUPY_PACKAGES", ("pytest",))


class _WithoutLibraries:
    """A module of CuPy whose library is looked for at first use, and is not there."""

    def __getattr__(self, name):
        raise ImportError('\nFailure finding "libcublas.so.12"\n more lines')


NO_DRIVER = _DriverError("cudaErrorInsufficientDriver: CUDA driver version is insufficient")
MACHINES = {
    "no driver": (
        {"driver": 0, "count": NO_DRIVER},
        r"no NVIDIA driver \(libcuda\.so\.1\) was found; install one, or run with backend=cpu$",
    ),
    "old driver": ({"driver": 11080}, r"driver runs CUDA 11\.8 at most, expected 12\.0 or newer; update the driver"),
    "CuPy for a newer CUDA": (
        {"runtime": 13000},
        r"made for CUDA 13\.0, but the driver runs CUDA 12\.8 at most; update the driver, or.*'dfqgp\[gpu\]'",
    ),
    "CuPy for an old CUDA": (
        {"runtime": 11020, "driver": 13010},
        r"made for CUDA 11\.2, expected 12 or 13;.*pip install 'dfqgp\[gpu13\]'",
    ),
    "no device": ({"count": _DriverError("cudaErrorNoDevice: none")}, r"a driver but no CUDA device.*check nvidia-smi"),
    "no device, said by a count": ({"count": 0}, r"a driver but no CUDA device"),
    "a driver that fails": (
        {"count": _DriverError("cudaErrorSystemDriverMismatch: no")},
        r"does not answer \(cudaErrorSystemDriverMismatch: no\); see what nvidia-smi says",
    ),
    "no such device": ({"count": 2}, r"backend\.device=2, expected 0\.\.1; set backend\.device"),
    "old device": (
        {"capability": "61"},
        r"device 2 has compute capability 6\.1, expected 7\.0 or higher; choose another with backend\.device, or",
    ),
    "a device that CUDA 13 left behind": (
        {"capability": "70", "runtime": 13000, "driver": 13000},
        r"capability 7\.0, expected 7\.5 or higher;.*install 'dfqgp\[gpu\]' \(CUDA 12\)",
    ),
    "no compiler": (
        {"nvrtc": RuntimeError("no libnvrtc")},
        r"without libraries of CUDA 12 \(no libnvrtc\);.*pip install 'cupy-cuda12x\[ctk\]'",
    ),
    "no cuBLAS": ({"cublas": _WithoutLibraries()}, r'without libraries of CUDA 12 \(Failure finding "libcublas'),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_without_what_cuda_kernels_need_is_refused_in_one_line(fake_cupy, machine):
    answers, message = MACHINES[machine]
    fake_cupy(**answers)
    _assert_refused(message)


@pytest.mark.parametrize(
    "answers",
    [{}, {"capability": "70"}, {"capability": "120"}, {"driver": 13010}, {"runtime": 13000, "driver": 13000}],
    ids=str,
)
def test_a_driver_runs_its_own_major_version_and_older_ones(fake_cupy, answers):
    fake_cupy(**{"runtime": 12090, "driver": 12020} | answers)
    require_cuda(2)


def test_where_nothing_is_missing_the_backend_is_opened_on_the_device(fake_cupy, monkeypatch, caplog):
    fake_cupy()
    opened = SimpleNamespace(GpuBackend=lambda device, *, strict: (device, strict))
    monkeypatch.setitem(sys.modules, "dfqgp.backends.gpu.backend", opened)
    with caplog.at_level("INFO", logger="dfqgp.backends"):
        assert open_backend(BackendSettings(name="gpu", device=2, strict=False)) == (2, False)
    assert caplog.messages == ["backend gpu: CUDA kernels on device 2"]


def _assert_refused(message):
    with pytest.raises(BackendError, match=message) as caught:
        open_backend(BackendSettings(name="gpu", device=2))
    assert str(caught.value).startswith("backend=gpu: ")
    assert "\n" not in str(caught.value)


def test_gpu_without_cupy_says_what_to_install(monkeypatch):
    monkeypatch.setattr(requirements, "CUPY_PACKAGES", ("no-such-package",))
    monkeypatch.setitem(sys.modules, "cupy", None)
    _assert_refused(
        r"CuPy is not installed; install it with: pip install 'dfqgp\[gpu\]' \(CUDA 12\) or 'dfqgp\[gpu13\]'"
    )


def test_a_cupy_that_cannot_be_imported_is_told_from_none(monkeypatch, tmp_path):
    (tmp_path / "cupy.py").write_text("raise ImportError('''\n=====\nno libcudart.so''')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    _assert_refused(r"CuPy cannot be imported \(no libcudart\.so\); install it again")


def test_gpu_without_numba_cuda_says_what_to_install(fake_cupy, monkeypatch):
    fake_cupy()
    monkeypatch.setitem(sys.modules, "numba_cuda", None)
    _assert_refused(r"numba-cuda is not installed; install it with: pip install 'dfqgp\[gpu\]'")


def test_two_cupy_packages_at_once_are_refused_before_either_is_imported(monkeypatch, tmp_path):
    for name in ("cupy_cuda12x", "cupy_cuda13x"):
        folder = tmp_path / f"{name}-14.0.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 14.0.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(requirements, "CUPY_PACKAGES", ("cupy-cuda11x", "cupy-cuda12x", "cupy-cuda13x"))
    monkeypatch.setitem(sys.modules, "cupy", None)
    _assert_refused(r"cupy-cuda12x and cupy-cuda13x are installed together.*pip uninstall cupy-cuda12x cupy-cuda13x,")


ON_THE_CPU = """
import sys
from panels import random_panel
import dfqgp as dq
from dfqgp.config import load
from dfqgp.mine import mine_one

dq.score("-ts_std(returns, 20)", random_panel(40, 60))
mine_one(load(sys.argv[1:]))
print([name for name in sys.modules if name.split(".")[0] in {"cupy", "cudf", "numba_cuda"} or name == "numba.cuda"])
"""


def test_nothing_of_the_cpu_path_imports_what_the_gpu_needs(tmp_path):
    """In a process of its own, since others here may have imported it."""
    small = ["source.assets=40", "source.days=150", "gp.population=12", "gp.generations=1", "gp.rounds=1",
             "gp.elites=2", "gp.max_depth=2", "label.delay=0", "backend.threads=1", "fitness.min_assets=10",
             *(f"paths.{name}={tmp_path / name}" for name in ("out", "state", "data"))]  # fmt: skip
    tests = Path(__file__).resolve().parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests)])}
    done = subprocess.run(
        [sys.executable, "-c", ON_THE_CPU, *small], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


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
    with pytest.raises(BudgetError, match=r"100 bytes fit.*set engine\.budget to at least \d+ bytes") as caught:
        any_backend.open(PANEL, room=Room(100))
    needed = int(str(caught.value).rsplit(maxsplit=2)[1])
    assert any_backend.open(PANEL, room=Room(needed)).slots == 1
    with pytest.raises(BudgetError, match=f"at least {needed + 1000} bytes"):
        any_backend.open(PANEL, room=Room(needed, reserve=1000))


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
