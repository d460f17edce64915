"""The simulator finds what a card would not report: races, divergent barriers, reads and writes elsewhere."""

import math
import sys
import types
import warnings

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda and CuPy: pip install 'dfqgp[gpu]'")
from numba import cuda
from numba.cuda.core import config

if not config.ENABLE_CUDASIM:
    pytest.skip("a card is here, so kernels are not simulated", allow_module_level=True)

from gpu.kernel_arrays import OutOfBoundsError, UnwrittenError
from gpu.simulator import BACKEND, in_every_order, install
from gpu.stats import stats
from gpu.threads import DivergentBarrierError

install()
FLOAT = np.dtype(np.float64)


def launched(kernel, *arrays, blocks=1, threads=4, shared=0):
    """Launch on copies of the arrays; return them as they are afterwards."""
    copies = [cuda.to_device(array) for array in arrays]
    kernel[blocks, threads, 0, shared](*copies)
    results = tuple(copy.copy_to_host() for copy in copies)
    return results[0] if len(results) == 1 else results


@cuda.jit
def reversed_in_block(x):
    kept = cuda.shared.array(4, FLOAT)
    i = cuda.threadIdx.x
    kept[i] = x[cuda.grid(1)]
    cuda.syncthreads()
    x[cuda.grid(1)] = kept[cuda.blockDim.x - 1 - i]


def test_threads_exchange_through_shared_memory():
    x = np.arange(8.0)
    got = in_every_order(lambda: launched(reversed_in_block, x, blocks=2))
    np.testing.assert_array_equal(got, [3, 2, 1, 0, 7, 6, 5, 4])


@cuda.jit
def without_barrier(x):
    i = cuda.threadIdx.x
    x[i] = x[(i + 1) % 4]


def test_a_missing_barrier_is_found():
    with pytest.raises(AssertionError, match=r"result\[0\] is 1.0 with threads forward and .* barrier is missing"):
        in_every_order(lambda: launched(without_barrier, np.arange(4.0)))


@cuda.jit
def blocks_race(x):
    if cuda.threadIdx.x == 0:
        x[0] = cuda.blockIdx.x


def test_blocks_that_overwrite_each_other_are_found():
    with pytest.raises(AssertionError, match="barrier is missing"):
        in_every_order(lambda: launched(blocks_race, np.zeros(1), blocks=3))


@cuda.jit
def some_end(x):
    if cuda.threadIdx.x < 3:
        cuda.syncthreads()
    x[0] = 1


@cuda.jit
def two_barriers(x):
    if cuda.threadIdx.x % 2:
        cuda.syncthreads()
    else:
        cuda.syncthreads()


def barrier():
    cuda.syncthreads()


@cuda.jit
def one_helper_from_two_places(x):
    if cuda.threadIdx.x % 2:
        barrier()
    else:
        barrier()


@pytest.mark.parametrize(
    ("kernel", "text"),
    [
        (some_end, r"some_end, block \(0, 0, 0\): of 4 threads 3 wait at .*py:\d+ \(some_end\); 1 have ended"),
        (two_barriers, r"2 wait at .*\(two_barriers\); 2 wait at .*\(two_barriers\)"),
        (one_helper_from_two_places, r"\(barrier\), called from .*; 2 wait at .*\(barrier\), called from"),
    ],
)
def test_a_divergent_barrier_is_found(kernel, text):
    with pytest.raises(DivergentBarrierError, match=text):
        launched(kernel, np.zeros(1))
    launched(reversed_in_block, np.zeros(4))  # nothing of it stays


left: list[int] = []


@cuda.jit
def leaves(x):
    try:
        if cuda.threadIdx.x < 3:
            cuda.syncthreads()
    finally:
        left.append(1)


def test_threads_that_wait_end_with_the_kernel():
    with pytest.raises(DivergentBarrierError) as caught:
        launched(leaves, np.zeros(1))
    assert len(left) == 4
    assert caught.tb is not None  # not since nobody refers to them


@cuda.jit
def reads_unwritten(x):
    kept = cuda.shared.array(4, x.dtype)
    if cuda.threadIdx.x > 0:
        kept[cuda.threadIdx.x] = 1
    cuda.syncthreads()
    x[cuda.threadIdx.x] = kept[cuda.threadIdx.x]


@cuda.jit
def reads_unwritten_dynamic(x):
    kept = cuda.shared.array(0, FLOAT)
    x[0] = kept[cuda.blockIdx.x]
    kept[:] = 1.0


@cuda.jit
def reads_unwritten_local(x):
    x[0] = cuda.local.array(2, FLOAT)[1]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32, np.int64])
def test_a_read_of_shared_memory_that_nobody_wrote_is_found(dtype):
    with pytest.raises(UnwrittenError, match=r"shared array of .*\(reads_unwritten\)\[0\] is read.*\n.*thread \(0"):
        launched(reads_unwritten, np.zeros(4, dtype))


def test_the_block_before_leaves_nothing_in_shared_memory():
    with pytest.raises(UnwrittenError, match=r"\[0\] is read"):
        launched(reads_unwritten_dynamic, np.zeros(1), threads=1, shared=64)
    with pytest.raises(UnwrittenError, match="local array"):
        launched(reads_unwritten_local, np.zeros(1), threads=1)


@cuda.jit
def writes_at(x, index):
    x[0, index] = 1


@cuda.jit
def reads_at(x, index):
    x[0, 0] = x[0][index]


@cuda.jit
def atomic_at(x, index):
    cuda.atomic.add(x, (0, index), 1)


@cuda.jit
def beyond_shared(x, index):
    cuda.shared.array((1, 3), FLOAT)[0, index] = 1


@pytest.mark.parametrize("index", [3, -1, 1.0])
@pytest.mark.parametrize("kernel", [writes_at, reads_at, atomic_at, beyond_shared])
def test_an_index_outside_is_found(kernel, index):
    x = cuda.to_device(np.zeros((1, 3)))
    with pytest.raises(OutOfBoundsError, match=rf"(x|beyond_shared\))\[.*{index}.*\] is outside its shape \(.*3.*\)"):
        kernel[1, 1](x, index)


@cuda.jit
def divides(x, number):
    x[0] = 1.0 / x[1] + number / x[1]
    x[1] = 1.0 / number


def test_division_by_zero_says_nothing():
    with warnings.catch_warnings(action="error"):
        np.testing.assert_array_equal(launched_with(divides, np.zeros(2), 0.0), [np.nan, np.inf])


def launched_with(kernel, array, *numbers):
    device = cuda.to_device(array)
    kernel[1, 1](device, *numbers)
    return device.copy_to_host()


@cuda.jit
def votes(x):
    i = cuda.threadIdx.x
    x[0, i] = cuda.syncthreads_count(i < 3)
    x[1, i] = cuda.syncthreads_or(i == 1)
    x[2, i] = cuda.syncthreads_and(i == 1)


def test_votes():
    got = in_every_order(lambda: launched(votes, np.zeros((3, 4))))
    np.testing.assert_array_equal(got, np.repeat([[3.0], [1.0], [0.0]], 4, axis=1))


@pytest.mark.parametrize(
    ("grid", "threads", "shared", "text"),
    [
        (1, 2048, 0, "2048 threads in a block"),
        (0, 1, 0, r"a grid \(0, 1, 1\)"),
        ((1, 70000), 1, 0, r"a grid \(1, 70000, 1\)"),
        (1, 1, 50_000, "50000 bytes of shared memory"),
    ],
)
def test_a_launch_that_no_card_takes_is_refused(grid, threads, shared, text):
    with pytest.raises(ValueError, match=text):
        launched(reversed_in_block, np.zeros(4), blocks=grid, threads=threads, shared=shared)


@cuda.jit
def much_shared(x):
    cuda.shared.array(5_000, FLOAT)
    cuda.shared.array(5_000, FLOAT)


def test_too_much_static_shared_memory_is_refused():
    with pytest.raises(MemoryError, match="the block has 80000 bytes, at most 49152 fit"):
        launched(much_shared, np.zeros(1))


def test_a_host_array_is_refused():
    with pytest.raises(TypeError, match="kernel reads_at: argument x is a ndarray, a device array or number is needed"):
        reads_at[1, 1](np.zeros((1, 3)), 0)


def test_launches_are_counted():
    stats.reset()
    launched(reversed_in_block, np.zeros(4))
    assert stats.launches == stats.names["kernel reversed_in_block"] == 1


def test_outside_a_kernel_cuda_is_the_module_again():
    with pytest.raises(OutOfBoundsError):
        writes_at[1, 1](cuda.to_device(np.zeros((1, 3))), 7)
    assert globals()["cuda"].__name__ == "numba.cuda"


def test_helpers_in_modules_of_the_backend_see_the_cuda_of_the_kernel(monkeypatch):
    """Also those that a kernel of another module calls; afterwards they have the module again."""
    helpers = types.ModuleType(f"{BACKEND}.helpers")
    helpers.cuda = cuda
    exec("def rank(): return cuda.threadIdx.x", vars(helpers))  # noqa: S102 -- a module that is in no file
    monkeypatch.setitem(sys.modules, helpers.__name__, helpers)

    @cuda.jit
    def kernel(x):
        x[cuda.threadIdx.x] = helpers.rank() + device_function(cuda.blockDim.x)

    np.testing.assert_array_equal(launched(kernel, np.zeros(4)), [4, 5, 6, 7])
    assert helpers.cuda is cuda


@cuda.jit(device=True)
def device_function(number):
    return number if cuda.threadIdx.x >= 0 else -1


@cuda.jit
def powers_of(x):
    i = cuda.grid(1)
    x[i] = math.pow(x[i], -2.0) if i < 2 else math.sqrt(x[i])


def test_functions_of_math_give_what_a_card_gives_and_raise_again_afterwards():
    result = launched(powers_of, np.array([0.0, 1e-200, -1.0, 4.0]))
    np.testing.assert_array_equal(result, [np.inf, np.inf, np.nan, 2.0])
    with pytest.raises(ValueError, match="domain"):
        math.sqrt(-1.0)
