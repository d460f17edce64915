"""The compilation gate of GPU kernels, and its page: compiled anew for one architecture, without a device."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace

import pytest
from gpu_gate import ARCHITECTURES, UNIVERSES, Figures, find_ptxas, measure, opening, section, sources_of, versions
from gpu_gate.measure import EXCUSED
from gpu_gate.occupancy import LIMITS, resident_warps
from gpu_gate.toolkit import Usage, usage_of

from dfqgp.ops import OPERATORS, Elementwise
from dfqgp.ops.families import family_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "gpu_kernels.md"
ARCHITECTURE = 90
"""Compiled by the tests: a data-centre card of today. All others: ``python scripts/gpu_kernels.py``."""

_LOCAL_MEMORY = """
.version 7.8
.target sm_80
.address_size 64
.visible .entry hungry(.param .u64 out, .param .u32 at)
{
    .local .align 4 .b8 own[400];
    .reg .b32 %r<4>;
    .reg .b64 %d<6>;
    ld.param.u64 %d1, [out];
    ld.param.u32 %r1, [at];
    mov.u64 %d2, own;
    mul.wide.u32 %d3, %r1, 4;
    add.s64 %d4, %d2, %d3;
    st.local.u32 [%d4], %r1;
    ld.local.u32 %r2, [own+40];
    st.global.u32 [%d1], %r2;
    ret;
}
"""


def needs(distribution):
    try:
        version(distribution)
    except PackageNotFoundError:
        pytest.skip(f"{distribution} is not installed: pip install 'dfqgp[gpu]'")


@pytest.fixture(scope="module")
def fresh():
    """What the compilers say now, None if the page was made of the same sources by the same compilers.

    In a process of its own, as the suite may run under the simulator.
    """
    needs("numba-cuda")
    if PAGE.read_text(encoding="utf-8").startswith(opening(versions(find_ptxas()), sources_of(kernels()))):
        return None
    outside = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    command = [sys.executable, ROOT / "scripts" / "gpu_kernels.py", "--json", "--architectures", str(ARCHITECTURE)]
    done = subprocess.run(command, env=outside | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return said["versions"], [Figures(*each) for each in said["figures"]]


def kernels():
    """A launch of every kernel."""
    return importlib.import_module("dfqgp.backends.gpu.inventory").all_kernels(UNIVERSES[0])


def on_page(architecture):
    """The figures of the page, resident warps in percent."""
    text = PAGE.read_text(encoding="utf-8").split(f"## sm_{architecture}\n")[1].split("\n## ")[0]
    for line in text.splitlines():
        if "`" in line:
            name, registers, spills, stack, static, *warps = (cell.strip(" `%") for cell in line.strip("|").split("|"))
            numbers = map(int, (registers, stack, spills, static))
            yield Figures(name, architecture, *numbers, (), (), tuple(map(int, warps)))


def test_every_kernel_compiles_without_spills(fresh):
    said = [each for architecture in ARCHITECTURES for each in on_page(architecture)] + (fresh[1] if fresh else [])
    assert [each.complaint for each in said if each.complaint] == []


def test_page_on_disk_is_what_the_compilers_say(fresh):
    if fresh is None:
        return
    text, named = PAGE.read_text(encoding="utf-8"), ", ".join(f"{name} {number}" for name, number in fresh[0].items())
    if f"Compiled with {named}." not in text:
        pytest.skip(f"docs/gpu_kernels.md is of other versions than {named}, with other registers")
    stale = "docs/gpu_kernels.md is stale: run `python scripts/gpu_kernels.py` and commit it"
    assert section(fresh[1], ARCHITECTURE) in text, stale


def test_page_names_every_kernel_on_every_architecture():
    needs("numba-cuda")
    names = [each.kernel.name for each in kernels()]
    assert all([each.kernel for each in on_page(architecture)] == names for architecture in ARCHITECTURES)


def test_the_digest_of_the_sources_changes_with_any_kernel():
    needs("numba-cuda")
    launches = list(kernels())
    assert sources_of(launches) == sources_of(kernels())
    other = SimpleNamespace(kernel=SimpleNamespace(symbol=launches[-1].kernel.symbol + "x"))
    assert sources_of([*launches[:-1], other]) != sources_of(launches)


def test_inventory_lists_every_kernel_that_a_module_of_the_backend_has():
    """Of operators it lists the families of the registry, by their first member; the others are constants."""
    needs("numba-cuda")
    paths = sorted((ROOT / "dfqgp" / "backends" / "gpu").rglob("*.py"))
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths if path.stem != "__init__"]
    named = [vars(importlib.import_module(module)) for module in modules]
    constants = {each.name for names in named for each in names.values() if type(each).__name__ == "Kernel"}
    operators = (op for op in OPERATORS.values() if op.form and not isinstance(op.form, Elementwise))
    families = {family_of(op)[0].name for op in operators}
    assert {each.kernel.name for each in kernels()} == constants | families | {"chain"}


def fake(usage, threads=(32,), shared=0):
    """Measure one kernel with an assembler that says ``usage``."""
    launch = SimpleNamespace(kernel=SimpleNamespace(name="toy"), arguments=(), threads=threads, shared=shared)
    ptxas = SimpleNamespace(assemble=lambda *_: usage)
    (figures,) = measure(lambda _: [launch], lambda *_: "", ptxas, [80])
    return figures


@pytest.mark.parametrize("usage", [Usage(32, 0, 8, 0), Usage(32, 16, 0, 0)])
def test_spills_and_local_memory_need_a_reason(usage, monkeypatch):
    assert "expected none" in fake(usage).complaint
    monkeypatch.setitem(EXCUSED, "toy", "a reason")
    assert fake(usage).complaint is None


def test_a_block_that_fits_nowhere_is_refused():
    assert "no block fits" in fake(Usage(255, 0, 0, 0), threads=(512,)).complaint
    assert "no block fits" in fake(Usage(32, 0, 0, 0), shared=164 << 10).complaint
    assert fake(Usage(32, 0, 0, 0), shared=163 << 10).complaint is None


def test_ptxas_says_when_a_thread_has_memory_of_its_own():
    needs("nvidia-cuda-nvcc-cu12")
    assert find_ptxas().assemble(_LOCAL_MEMORY, 80).stack == 400


def test_ptxas_errors_name_the_line():
    needs("nvidia-cuda-nvcc-cu12")
    with pytest.raises(ValueError, match=r"line 14"):
        find_ptxas().assemble(_LOCAL_MEMORY.replace("add.s64", "plus.s64"), 80)


def test_a_report_without_registers_is_no_report():
    with pytest.raises(ValueError, match="no registers"):
        usage_of("ptxas info    : 0 bytes gmem")


@pytest.mark.parametrize("architecture", LIMITS)
def test_occupancy_never_grows_with_what_a_block_takes(architecture):
    for threads in (32, 96, 128, 256, 1024):
        by_registers = [resident_warps(architecture, threads, registers, 0) for registers in range(16, 256)]
        by_shared = [resident_warps(architecture, threads, 32, shared) for shared in range(0, 98 << 10, 512)]
        assert by_registers == sorted(by_registers, reverse=True)
        assert by_shared == sorted(by_shared, reverse=True)
        assert max(by_registers) <= LIMITS[architecture].warps
