"""Run the kernels of the GPU backend on a Vulkan device, by other names for what they use of CUDA.

``install()`` comes before anything of ``dfqgp.backends.gpu`` is imported. From then on its modules are read with the
names below replaced, and their ``compile`` module is the one of this file. Kernels, launches and shapes stay theirs.

What differs from a card: shared memory has one fixed size instead of that of the launch, and no product is ever joined
with a sum. Mesa's lavapipe, a Vulkan device on the processor, runs blocks on several threads, and a block's threads a
few at a time in lockstep, from barrier to barrier: what a thread reads without a barrier may not be written yet.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

import numba_vulkan
import numpy as np
from numba.extending import register_jitable

import dfqgp
from dfqgp.backends.symbols import symbol_of
from dfqgp.backends.tuples import tuples_for
from dfqgp.ops.source import functions_of, text_of

PACKAGE = "dfqgp.backends.gpu"
FOLDER = Path(dfqgp.__file__).parent / "backends" / "gpu"
SHARED = 2048
"""Numbers of a block's shared memory: half of what lavapipe has."""

_AXES = {"x": 0, "y": 1, "z": 2}
_PLACES = {"threadIdx": "local_id", "blockIdx": "group_id", "blockDim": "local_size", "gridDim": "num_groups"}
NAMES = {f"cuda.{cuda}.{axis}": f"vk.{vk}({i})" for cuda, vk in _PLACES.items() for axis, i in _AXES.items()} | {
    "cuda.syncthreads()": "vk.barrier()",
    "cuda.shared.array(0,": f"vk.shared.array({SHARED},",
    "cuda.shared.array(": "vk.shared.array(",
    "cuda.atomic.": "vk.atomic.",
    "cuda.fma(": "fma(",
}


def install(without: tuple[str, int] | None = None) -> None:
    """Have modules of the backend read with other names.

    Parameters
    ----------
    without : (str, int), optional
        Name of a module, and which barrier of it to leave out, from 0.
    """
    sys.modules[f"{PACKAGE}.kernels.compile"] = _compile_module()
    sys.meta_path.insert(0, _Finder(without))


class Kernel:
    """As ``dfqgp.backends.gpu.kernels.compile.Kernel``."""

    def __init__(self, function, name, *_):
        self.name, self._compiled = name, numba_vulkan.jit(function)

    def launch(self, grid, threads, *arguments, shared=0):
        assert shared <= 8 * SHARED, f"{self.name} needs {shared} bytes of shared memory, it gets {8 * SHARED}"
        self._compiled[(*grid, 1, 1)[:3], (*threads, 1, 1)[:3]](*arguments)


def fma(a, b, c):
    return a * b + c


def jitable(function, name):
    function.__qualname__ = name
    register_jitable(function)
    return function


def form_functions(op):
    for function in functions_of(op.form):
        jitable(function, symbol_of(function))
    return "\n".join(map(text_of, functions_of(op.form)))


def _compile_module() -> ModuleType:
    module = ModuleType(f"{PACKAGE}.kernels.compile")
    module.FLOAT64, module.INT32, module.NAN = np.float64, np.int32, np.float32(np.nan)
    module.Kernel, module.jitable, module.form_functions = Kernel, jitable, form_functions
    module.register_jitable, module.tuple_of, module.cuda = register_jitable, tuples_for(jitable), numba_vulkan
    module.as_kernel_argument = lambda array: array
    register_jitable(fma)
    return module


class _Finder(MetaPathFinder, Loader):
    def __init__(self, without):
        self._without = without

    def find_spec(self, name, path=None, target=None):
        is_package = (FOLDER / Path(*name.removeprefix(PACKAGE).split("."))).is_dir()
        return spec_from_loader(name, self) if name.startswith(f"{PACKAGE}.") and not is_package else None

    def exec_module(self, module):
        stem = module.__name__.rpartition(".")[2]
        path = (FOLDER / Path(*module.__name__.removeprefix(PACKAGE).split("."))).with_suffix(".py")
        text = path.read_text(encoding="utf-8")
        for name, other in NAMES.items():
            text = text.replace(name, other)
        if self._without and self._without[0] == stem:
            parts, left_out = text.split("vk.barrier()"), self._without[1] + 1
            text = f"{'vk.barrier()'.join(parts[:left_out])}pass{'vk.barrier()'.join(parts[left_out:])}"
        module.__file__ = str(path)
        vars(module).update(vk=numba_vulkan, fma=fma)
        exec(compile(text, str(path), "exec"), vars(module))  # noqa: S102 -- the package's own source
