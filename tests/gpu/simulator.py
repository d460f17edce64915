"""Numba's CUDA simulator made fast and strict.

``install()`` replaces how the simulator runs a kernel, from outside:

1. arguments become arrays that refuse an index outside (``kernel_arrays.py``); a host array is refused;
2. ``cuda`` is what it means inside a kernel, in every module of the GPU backend and in the kernel's own;
3. ``math`` gives NaN and infinities where Python raises (``card_math.py``);
4. blocks, and the threads of a block, run in a chosen order (``threads.py``); ``in_every_order`` tries several;
5. the launch is counted (``stats.py``).

Cells per second beside Numba's own simulator, on two cores with other work: 430,000 to 4,000 with a thread a cell,
510,000 to 90,000 with a thread a column of 80 rows, 90,000 to 2,100 for a sum over 64 threads and seven barriers.

Where this departs from a card: ``x * 0.5`` of a float32 is a float32 (NumPy) and not a float64 (Numba); float32 sums
are never contracted.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from gpu.card_math import card_math
from gpu.kernel_arrays import SHARED_BYTES, KernelArray
from gpu.stats import stats
from numba import cuda
from numba.cuda.core import config
from numba.cuda.errors import normalize_kernel_dimensions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

if not config.ENABLE_CUDASIM:
    raise ImportError("numba was imported without NUMBA_ENABLE_CUDASIM=1 in the environment: set it before")

from gpu.kernel_cuda import KernelCuda
from gpu.threads import backward, forward, ordered, run_grid, shuffled
from numba.cuda.simulator.cudadrv.devicearray import FakeCUDAArray
from numba.cuda.simulator.kernel import FakeCUDAKernel

BACKEND = "dfqgp.backends.gpu"
MOST_THREADS, MOST_BLOCKS = 1024, (2**31 - 1, 65535, 65535)


def install() -> None:
    """Make kernels run as this module says; a second call changes nothing."""
    FakeCUDAKernel.__call__ = _call
    FakeCUDAKernel.__getitem__ = _configured
    cuda.as_cuda_array = as_cuda_array


def in_every_order(run: Callable[[], Any], seeds: tuple[int, ...] = (0, 1)) -> Any:
    """Run with threads and blocks forward, backward and shuffled; the results have to be the same bits.

    Parameters
    ----------
    run : callable
        Launches kernels and returns host arrays: one, or a tuple, list or dict of them.

    Returns
    -------
    object
        The result in forward order.

    Raises
    ------
    AssertionError
        If an order gives other bits: threads race, a barrier is missing.
    """
    with ordered(forward):
        expected = run()
    orders = {"backward": backward} | {f"shuffled by {seed}": shuffled(seed) for seed in seeds}
    for name, order in orders.items():
        with ordered(order):
            _require_same(expected, run(), name)
    return expected


def as_cuda_array(array: Any, sync: bool = True) -> FakeCUDAArray:
    """Return a device array of the array module as one of Numba's: the same memory.

    As on a card, it waits for the stream that the array names, unless ``sync`` is false.
    """
    interface = getattr(array, "__cuda_array_interface__", None)
    if interface is None:
        raise TypeError(f"{type(array).__name__} is no device array: it has no __cuda_array_interface__")
    if sync and interface.get("stream") is not None:
        stats.wait("as_cuda_array(sync=True)")
    return FakeCUDAArray(np.asarray(_Memory(array, interface)))


class _Memory:
    """Device memory for NumPy, and what owns it."""

    def __init__(self, owner: object, interface: dict[str, Any]) -> None:
        self.owner, self.__array_interface__ = owner, {**interface, "version": 3}
        self.__array_interface__.pop("stream", None)


def _configured(kernel: FakeCUDAKernel, configuration: tuple) -> FakeCUDAKernel:
    """Return the kernel with its launch set; nothing of the launch before is kept."""
    kernel.grid_dim, kernel.block_dim = normalize_kernel_dimensions(*configuration[:2])
    kernel.dynshared_size = configuration[3] if len(configuration) > 3 else 0
    return kernel


class _Running:
    """The launch that is under way, and the modules in which ``cuda`` is the kernel's."""

    fake: KernelCuda | None = None
    swapped: list[tuple[dict[str, Any], str]]


def _call(kernel: FakeCUDAKernel, *arguments: Any) -> Any:
    """Launch a kernel, or call a device function from one."""
    if _Running.fake is not None:
        _swap(kernel.fn.__globals__)
        return kernel.fn(*arguments)
    grid, block = normalize_kernel_dimensions(kernel.grid_dim, kernel.block_dim)
    name = kernel.fn.__name__
    _require_launchable(name, grid, block, kernel.dynshared_size)
    names = kernel.fn.__code__.co_varnames
    taken = tuple(_argument(name, *each) for each in zip(names, arguments, strict=False))
    taken += arguments[len(taken) :]
    stats.launch(f"kernel {name}")
    with card_math(), _inside(KernelCuda(grid, block, kernel.dynshared_size), kernel.fn.__globals__) as fake:
        run_grid(fake, kernel.fn, taken)
    return None


@contextmanager
def _inside(fake: KernelCuda, *namespaces: dict[str, Any]) -> Iterator[KernelCuda]:
    """Let ``cuda`` be the kernel's, in these namespaces and in the GPU backend."""
    _Running.fake, _Running.swapped = fake, []
    modules = [module for name, module in sys.modules.items() if name.startswith(BACKEND)]
    for namespace in (*namespaces, *map(vars, modules)):
        _swap(namespace)
    try:
        yield fake
    finally:
        for namespace, name in _Running.swapped:
            namespace[name] = cuda
        _Running.fake = None


def _swap(namespace: dict[str, Any]) -> None:
    for name in [name for name, value in namespace.items() if value is cuda]:
        namespace[name] = _Running.fake
        _Running.swapped.append((namespace, name))


def _argument(kernel: str, name: str, value: Any) -> Any:
    """Return an argument as the kernel gets it."""
    if isinstance(value, FakeCUDAArray):
        return KernelArray(value._ary, name)
    if hasattr(value, "__cuda_array_interface__"):
        return KernelArray(as_cuda_array(value)._ary, name)
    if isinstance(value, tuple):
        return tuple(_argument(kernel, name, each) for each in value)
    if isinstance(value, float) and not isinstance(value, np.generic):
        return np.float64(value)  # which divides by zero as a card does
    if value is None or isinstance(value, bool | int | np.number | np.bool_):
        return value
    raise TypeError(f"kernel {kernel}: argument {name} is a {type(value).__name__}, a device array or number is needed")


def _require_launchable(name: str, grid: tuple[int, ...], block: tuple[int, ...], dynamic: int) -> None:
    """Raise if a card would not take the launch."""
    threads = block[0] * block[1] * block[2]
    if not 1 <= threads <= MOST_THREADS or block[2] > 64:
        raise ValueError(f"kernel {name}: {threads} threads in a block {block}, 1 to {MOST_THREADS} are possible")
    if any(not 1 <= extent <= most for extent, most in zip(grid, MOST_BLOCKS)):
        raise ValueError(f"kernel {name}: a grid {grid}, 1 to {MOST_BLOCKS} blocks are possible")
    if dynamic > SHARED_BYTES:
        raise ValueError(f"kernel {name}: {dynamic} bytes of shared memory, at most {SHARED_BYTES} are possible")


def _require_same(expected: Any, got: Any, order: str, path: str = "result") -> None:
    """Raise unless two results are the same bits."""
    if isinstance(expected, dict):
        expected, got = tuple(expected.items()), tuple(got.items())
    if isinstance(expected, tuple | list):
        assert len(expected) == len(got), f"{path} has {len(got)} items in {order} order, {len(expected)} forward"
        for i, pair in enumerate(zip(expected, got)):
            _require_same(*pair, order, f"{path}[{i}]")
        return
    one, other = np.ascontiguousarray(expected), np.ascontiguousarray(got)
    assert (one.dtype, one.shape) == (other.dtype, other.shape), f"{path}: {other.dtype}{other.shape} in {order} order"
    if one.tobytes() != other.tobytes():
        differ = [index for index in np.ndindex(one.shape) if one[index].tobytes() != other[index].tobytes()]
        raise AssertionError(
            f"{path}{list(differ[0])} is {one[differ[0]]} with threads forward and {other[differ[0]]} {order} "
            f"({len(differ)} differ): threads race, a barrier is missing"
        )
