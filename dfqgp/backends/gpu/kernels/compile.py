"""The one module that knows numba-cuda: what kernels are written with, and how a function becomes a kernel.

Kernels are plain functions over device arrays. The scalar functions of an operator's form, which the CPU backend
compiles into its loops, are compiled into them too. All work runs on the default stream, which CuPy uses as well: what
is launched later sees what was launched before.
"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numba_cuda  # noqa: F401 -- without it, numba.cuda is a target that no longer compiles
import numpy as np
from numba import cuda
from numba.cuda import dispatcher, types
from numba.cuda.extending import register_jitable  # type: ignore[attr-defined]

from dfqgp.backends.symbols import digest, symbol_of
from dfqgp.backends.tuples import tuples_for
from dfqgp.ops.source import functions_of, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends.tuples import Function
    from dfqgp.ops import Operator

__all__ = ["FLOAT64", "INT32", "NAN", "Kernel", "as_kernel_argument", "cuda", "register_jitable", "tuple_of"]

# A small panel makes small grids; numba warns of each.
warnings.filterwarnings("ignore", message=r"Grid size \d+ will likely result in GPU under-utilization")

FLOAT64, INT32 = types.float64, types.int32  # type: ignore[attr-defined]
"""Types of shared arrays."""

NAN = np.float32(np.nan)


def jitable(function: Function, name: str) -> Function:
    """Let kernels call a function under a name that no other function has."""
    function.__qualname__ = name
    register_jitable(function)
    return function


tuple_of = tuples_for(jitable)


def form_functions(op: Operator) -> str:
    """Let kernels call the functions of an operator's form; return their text, for the name of the kernel."""
    functions = list(functions_of(op.form))
    for function in functions:
        jitable(function, symbol_of(function))
    return "\n".join(text_of(each) for each in functions)


class Kernel:
    """A kernel, compiled at its first launch and cached on disk.

    Parameters
    ----------
    function : callable
        Plain function over device arrays and numbers; it returns nothing.
    name : str
        Name in profiles and in the table of kernels.
    *parts : str
        Texts that decide what it computes, beside this package: they are in its symbol, and so in the cache's key.

    Attributes
    ----------
    symbol : str
        Name in compiled code; it changes with every source that the kernel is made of.
    """

    def __init__(self, function: Function, name: str, *parts: str) -> None:
        self.name = name
        self.function = function
        self.symbol = f"{name}_{digest(_package(), *parts)}"
        function.__qualname__ = function.__name__ = self.symbol
        self._compiled = cuda.jit(function, cache=True)

    def launch(self, grid: tuple[int, ...], threads: tuple[int, ...], *arguments: Any, shared: int = 0) -> None:
        """Enqueue the kernel over ``grid`` blocks of ``threads``, with ``shared`` bytes of dynamic shared memory."""
        self._compiled[grid, threads, 0, shared](*arguments)


_READ = "chain_code.py", "instructions.py", "tuples.py"
"""What kernels read of the folder above."""


@cache
def _package() -> str:
    """Return the source of all kernels, and of the columns of plans that they read.

    Numba's cache looks at the file of a kernel, not at those that it calls.
    """
    folder = Path(__file__).parents[1]
    paths = [*sorted(folder.rglob("*.py")), *(folder.parent / name for name in _READ)]
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def as_kernel_argument(array: object) -> Any:
    """Return a device array as what kernels take at least cost: converting it at each launch takes microseconds.

    ``sync=False``: numba would wait for CuPy's stream, which is the one that kernels are launched on.
    """
    return cuda.as_cuda_array(array, sync=False)


def use_device(number: int) -> None:
    """Make a device the current one of this thread."""
    cuda.select_device(number)


def ptx_of(kernel: Kernel, arguments: Sequence[Any], capability: tuple[int, int]) -> str:
    """Compile a kernel for a device that need not be there.

    Parameters
    ----------
    kernel : Kernel
        What to compile.
    arguments : sequence
        Arguments as of a launch; of arrays only dtype and number of axes count.
    capability : (int, int)
        Compute capability of the device.

    Returns
    -------
    str
        PTX.
    """
    module: Any = dispatcher
    asked = module.get_current_device
    # The functions that a kernel calls are compiled for the current device, which numba-cuda asks the driver for.
    module.get_current_device = lambda: SimpleNamespace(compute_capability=capability)
    try:
        ptx, _ = cuda.compile_ptx(kernel.function, tuple(map(_type_of, arguments)), cc=capability)  # type: ignore[attr-defined]
    finally:
        module.get_current_device = asked
    return str(ptx)


def _type_of(argument: Any) -> Any:
    known: Any = types
    for number, kind in ((bool, known.boolean), (int, known.int64), (float, known.float64)):
        if isinstance(argument, number):
            return kind
    return known.Array(getattr(known, argument.dtype.name.replace("bool", "boolean")), argument.ndim, "C")
