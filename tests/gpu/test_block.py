"""What the threads of one block do together."""

import numpy as np
import pytest

pytest.importorskip("numba_cuda", reason="needs numba-cuda and CuPy: pip install 'dfqgp[gpu]'")
from gpu.orders import device, in_every_order
from scipy.stats import rankdata

from dfqgp.backends.gpu.kernels.block import count_below, count_upto, least2, sort_keys, sum2, sum_before
from dfqgp.backends.gpu.kernels.compile import FLOAT64, INT32, Kernel, as_kernel_argument, cuda
from dfqgp.backends.gpu.kernels.quantiles import BINS, quantiles

pytestmark = pytest.mark.gpu


def _sort(x, length, sort, ranks):
    keys = cuda.shared.array(0, FLOAT64)
    for i in range(cuda.threadIdx.x, length, cuda.blockDim.x):
        keys[i] = x[i]
    sort_keys(keys, length)
    for i in range(cuda.threadIdx.x, length, cuda.blockDim.x):
        sort[i] = keys[i]
        ranks[i] = 1 + count_below(keys, length, x[i]) + count_upto(keys, length, x[i])


def _reduce(x, results, before):
    buffer, i = cuda.shared.array(0, FLOAT64), cuda.threadIdx.x
    results[0, i], results[1, i] = sum2(buffer, x[i], 2 * x[i])
    results[2, i], results[3, i] = least2(buffer, x[i], -x[i])
    before[i] = sum_before(buffer, x[i])


def _bounds(x, n, share, found):
    buffer = cuda.shared.array(0, FLOAT64)
    bins = cuda.shared.array(BINS, INT32)
    low, high = quantiles(x, x.shape[0], n, share, bins, buffer)
    found[0, cuda.threadIdx.x], found[1, cuda.threadIdx.x] = low, high


sort, reduce, bounds = Kernel(_sort, "sort"), Kernel(_reduce, "reduce"), Kernel(_bounds, "bounds")


def launched(kernel, threads, shared, inputs, *outputs):
    """Return the outputs of a launch of one block."""
    here = device()
    given = [as_kernel_argument(here.upload(each)) if isinstance(each, np.ndarray) else each for each in inputs]
    results = [here.upload(np.full(shape, np.nan)) for shape in outputs]
    kernel.launch((1,), (threads,), *given, *map(as_kernel_argument, results), shared=shared)
    return tuple(np.array(here.download(each)) for each in results)


@pytest.mark.parametrize("threads", [32, 128])
@pytest.mark.parametrize("length", [1, 2, 4, 64, 512])
def test_keys_are_sorted_and_counted_whatever_the_number_of_threads(length, threads):
    x = np.round(np.random.default_rng(length).standard_normal(length) * length / 8)
    x[::7] = np.inf
    got, ranks = in_every_order(lambda: launched(sort, threads, 8 * length, (x, length), length, length))
    np.testing.assert_array_equal(got, np.sort(x))
    np.testing.assert_array_equal(ranks, 2 * rankdata(x))


@pytest.mark.parametrize("threads", [32, 64, 256])
def test_every_thread_gets_sums_and_minima_over_all(threads):
    x = np.random.default_rng(0).integers(-99, 99, threads).astype(np.float64)
    results, before = in_every_order(lambda: launched(reduce, threads, 16 * threads, (x,), (4, threads), threads))
    expected = np.array([x.sum(), 2 * x.sum(), x.min(), -x.max()])
    np.testing.assert_array_equal(results, np.broadcast_to(expected[:, None], results.shape))
    np.testing.assert_array_equal(before, np.cumsum(x) - x)


def test_quantiles_of_one_value_are_this_value():
    (got,) = launched(bounds, 32, 512, (np.array([np.nan, -3.5]), 1, 0.3), (2, 32))
    assert (got == -3.5).all()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.25, 0.49])
@pytest.mark.parametrize("seed", range(4))
def test_quantiles_are_those_of_numpy(share, seed):
    """Signs, ties, huge and tiny values, gaps."""
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal(90) * 10.0 ** rng.integers(-30, 30, 90)).astype(np.float32)
    if seed % 2:
        x = np.round(rng.standard_normal(90)).astype(np.float32) + np.float32(0.0)
    x[rng.random(90) < 0.2] = np.nan
    held = x[np.isfinite(x)].astype(np.float64)
    x = np.where(x == 0, 0, x).astype(np.float64)
    (got,) = in_every_order(lambda: launched(bounds, 32, 512, (x, len(held), share), (2, 32)))
    expected = np.quantile(held, [share, 1 - share])
    np.testing.assert_allclose(got, np.broadcast_to(expected[:, None], (2, 32)), rtol=1e-14)
