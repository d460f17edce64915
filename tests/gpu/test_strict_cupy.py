"""The stand-in for CuPy takes what the installed CuPy takes, and refuses what would copy or wait unseen."""

import gc
import inspect

import numpy as np
import pytest

pytest.importorskip("cupy", reason="needs numba-cuda and CuPy: pip install 'dfqgp[gpu]'")
pytest.importorskip("numba_cuda", reason="needs numba-cuda and CuPy: pip install 'dfqgp[gpu]'")
import cupy
from numba import cuda
from numba.cuda.core import config

if not config.ENABLE_CUDASIM:
    pytest.skip("a card is here, so nothing stands in for it", allow_module_level=True)

from gpu.copies import StaleError
from gpu.cuda_calls import ATTRIBUTES
from gpu.operations import FUNCTIONS
from gpu.signatures import ADMITTED, StrictError, real, signature_of, ufunc_takes
from gpu.simulator import install
from gpu.stats import HotError
from gpu.strict_cupy import machine, stats, xp

install()
HOST = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture(autouse=True)
def counts():
    stats.reset()
    return stats


@pytest.fixture
def x(counts):
    array = xp.asarray(HOST)
    counts.reset()
    return array


def pinned(shape, dtype=np.float32):
    count = int(np.prod(shape))
    return np.frombuffer(xp.cuda.alloc_pinned_memory(count * np.dtype(dtype).itemsize), dtype, count).reshape(shape)


@pytest.mark.parametrize("path", sorted(ADMITTED))
def test_signatures_are_those_of_the_installed_cupy(path):
    mine = list(inspect.signature(ADMITTED[path]).parameters.values())
    theirs = list(signature_of(path).parameters.values())
    if inspect.isclass(real(path)):
        mine = mine[1:]  # self
    assert [(p.name, p.kind, p.default is p.empty) for p in mine] == [
        (p.name, p.kind, p.default is p.empty) for p in theirs
    ]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_are_there_and_say_what_they_take(name):
    assert callable(getattr(np, name))
    assert signature_of(name).parameters
    assert getattr(xp, name).__name__ == name


def test_device_attributes_are_names_that_cuda_has():
    missing = [
        name for name in (*ATTRIBUTES, "MultiProcessorCount") if not hasattr(cupy.cuda.runtime, f"cudaDevAttr{name}")
    ]
    assert missing == []


def test_keywords_of_ufuncs_are_asked_of_the_installed_cupy():
    assert ufunc_takes("sqrt", "dtype")
    assert ufunc_takes("sqrt", "out")
    assert not ufunc_takes("sqrt", "order")


@pytest.mark.parametrize(
    "function",
    [
        lambda m, x: x + 1,
        lambda m, x: 2 - x,
        lambda m, x: -x / 0,
        lambda m, x: m.sqrt(x, dtype=np.float64),
        lambda m, x: m.where(x > 3, x, 0.0),
        lambda m, x: m.maximum(x, 5),
        lambda m, x: m.max(x, axis=1),
        lambda m, x: m.abs(x - 5).max(axis=0, keepdims=True),
        lambda m, x: m.concatenate([x[:1], x[2:]], axis=0),
        lambda m, x: m.matmul(x, x.T),
        lambda m, x: (x @ x.T).astype(np.int32),
        lambda m, x: x.view(np.int32).reshape(4, 3)[1:, ::2].copy(),
        lambda m, x: m.arange(5) + m.zeros(5) + m.full((5,), 2),
    ],
)
def test_values_are_those_of_numpy(function, x):
    with np.errstate(all="ignore"):
        expected = function(np, HOST)
    with stats.hot():
        got = function(xp, x)
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got.get(), expected)


def test_views_share_memory_and_launch_nothing(x, counts):
    part = x[1:, 2]
    part.reshape(2, 1).view(np.int32)
    assert counts.launches == 0
    part.fill(7)
    assert x.get()[1:, 2].tolist() == [7, 7]
    assert part.data.ptr == x.data.ptr + 6 * 4
    assert x[1, 1].shape == ()


def test_fresh_memory_is_poison():
    assert np.isnan(xp.empty(3).get()).all()
    assert (xp.empty((2, 2), np.int32).get() < 0).all()


REFUSED = {
    r"CuPy [\d.]+ has no nanquantile": [lambda x: xp.nanquantile(x, 0.5)],
    "has no attribute": [lambda x: xp.cuda.gpu, lambda x: x.anything],
    "cupy.sqrt takes no where": [lambda x: xp.sqrt(x, where=x > 0)],
    "got an unexpected keyword argument": [
        lambda x: xp.sum(x, where=x > 0),
        lambda x: xp.max(x, initial=0),
        lambda x: x.max(where=x > 0),
        lambda x: x.get(wait=True),
        lambda x: xp.cuda.Stream(blocking=True),
    ],
    "too many positional arguments": [lambda x: xp.cuda.get_current_stream(0, 1), lambda x: x.fill(1, 2)],
    "a NumPy array where CuPy takes": [
        lambda x: x + HOST,
        lambda x: x.__iadd__(HOST),
        lambda x: xp.where(HOST > 0, x, x),
        lambda x: xp.concatenate([x, HOST]),
        lambda x: xp.matmul(x, HOST.T),
        lambda x: x.__setitem__(slice(0, 1), HOST[:1]),
        lambda x: x.fill(HOST),
    ],
    "no array of the device among": [lambda x: xp.sqrt(HOST), lambda x: xp.sqrt(2.0)],
    r"numpy\.\w+ on a device array": [lambda x: HOST + x, lambda x: np.add(HOST, x), lambda x: np.mean(x)],
    "implicit conversion": [lambda x: np.asarray(x)],
    "a host array or list as index": [lambda x: x[np.arange(3)], lambda x: x[[0, 1]]],
    "iteration over a device array": [lambda x: list(x)],
    "cannot be interpreted as an integer": [lambda x: range(x.astype(np.int64)[0, 0])],
    "wraps it around": [lambda x: x[xp.asarray(np.array([99]))]],
    "assigned to twice": [lambda x: x.__setitem__(xp.asarray(np.array([0, 0])), 1.0)],
    "ndarray.set: .* on the host, float32": [
        lambda x: x.set(HOST.astype(np.float64)),
        lambda x: x.set(HOST[:2]),
        lambda x: x.set([1.0]),
    ],
    "the array is not contiguous": [lambda x: x[:, 1:].set(HOST[:, 1:])],
    "without out in page-locked memory": [
        lambda x: x.get(blocking=False),
        lambda x: x.get(out=np.empty_like(HOST), blocking=False),
    ],
    "a list of device arrays": [lambda x: xp.asarray([x, x])],
    "CuPy has no arrays of <U4": [lambda x: xp.asarray(["text"])],
    "the stand-in has no fft, though CuPy has": [lambda x: xp.fft],
}


@pytest.mark.parametrize(("text", "use"), [(text, use) for text, uses in REFUSED.items() for use in uses])
def test_refused(text, use, x):
    with pytest.raises((StrictError, AttributeError, TypeError), match=text):
        use(x)


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x.get(),
        lambda x: float(x.max()),
        lambda x: bool(x[0, 0] > 0),
        lambda x: x.tolist(),
        lambda x: x[x > 3],
        lambda x: xp.asnumpy(x),
        lambda x: xp.asarray(HOST),
        lambda x: x.set(HOST),
        lambda x: xp.cuda.Stream.null.synchronize(),
        lambda x: xp.cuda.Event().synchronize(),
        lambda x: xp.cuda.Device(0).synchronize(),
        lambda x: xp.cuda.runtime.deviceSynchronize(),
        cuda.as_cuda_array,
    ],
)
def test_copies_and_waits_are_counted_and_kept_out_of_hot_regions(use, x, counts):
    with counts.hot(), pytest.raises(HotError, match=r"one more of (uploads|downloads|waits) than was announced"):
        use(x)
    counts.reset()
    with counts.hot(uploads=1, downloads=1, waits=2):
        use(x)
    assert 1 <= counts.uploads + counts.downloads + counts.waits <= 2


@pytest.mark.parametrize("by", ["stream", "event", "device", "get"])
def test_a_download_is_poison_until_it_was_waited_for(by, x, counts):
    host, event = pinned((3, 4)), xp.cuda.Event(disable_timing=True)
    x.get(stream=xp.cuda.Stream.null, out=host, blocking=False)
    event.record(xp.cuda.Stream.null)
    x.fill(0)  # comes after the copy
    assert np.isnan(host).all()
    assert (counts.downloads, counts.download_bytes, counts.waits) == (1, 48, 0)
    waits = {
        "stream": xp.cuda.get_current_stream().synchronize,
        "event": event.synchronize,
        "device": xp.cuda.Device(0).synchronize,
        "get": x.get,
    }
    waits[by]()
    np.testing.assert_array_equal(host, HOST)
    assert counts.waits == 1


def test_an_event_recorded_before_a_copy_does_not_wait_for_it(x):
    host, event = pinned((3, 4)), xp.cuda.Event()
    event.record()
    x.get(out=host, blocking=False)
    event.synchronize()
    assert np.isnan(host).all()
    xp.cuda.Stream.null.synchronize()


def test_a_stream_is_not_waited_for_by_waiting_for_another(x):
    host, stream = pinned((3, 4)), xp.cuda.Stream(non_blocking=True)
    with stream:
        x.get(out=host, blocking=False)
    xp.cuda.get_current_stream().synchronize()
    assert np.isnan(host).all()
    stream.synchronize()
    np.testing.assert_array_equal(host, HOST)


def test_an_upload_from_pageable_memory_is_a_wait(x, counts):
    x.set(HOST)
    assert (counts.uploads, counts.waits) == (1, 1)


def test_an_upload_whose_memory_is_overwritten_too_early_is_found(x, counts):
    host = pinned((3, 4))
    host[...] = 1
    x.set(host, stream=xp.cuda.Stream.null)
    assert (counts.uploads, counts.upload_bytes, counts.waits) == (1, 48, 0)
    host[0, 0] = 2
    with pytest.raises(StaleError, match="overwritten"):
        xp.cuda.Stream.null.synchronize()
    host[...] = 3
    x.set(host)
    xp.cuda.Stream.null.synchronize()
    host[...] = 4
    assert (x.get() == 3).all()


def test_an_upload_whose_memory_is_freed_too_early_is_found(x):
    host = pinned((3, 4))
    host[...] = 1
    x.set(host)
    del host
    with pytest.raises(StaleError, match="freed"):
        xp.cuda.Stream.null.synchronize()


def test_page_locked_memory_is_larger_than_asked_for():
    assert len(np.frombuffer(xp.cuda.alloc_pinned_memory(1200), np.uint8)) == 2048


def test_memory_runs_out_by_cupys_own_error(monkeypatch):
    pool = xp.get_default_memory_pool()
    used = pool.used_bytes()
    monkeypatch.setattr(machine, "total", used + 4096)
    kept = xp.empty(4096, np.uint8)
    assert pool.used_bytes() == used + 4096
    with pytest.raises(xp.cuda.memory.OutOfMemoryError, match="Out of memory allocating 4,096 bytes"):
        kept + 1
    del kept
    pool.free_all_blocks()
    assert xp.cuda.runtime.memGetInfo() == (4096, used + 4096)
    pool.set_limit(size=used + 1024)
    with pytest.raises(xp.cuda.memory.OutOfMemoryError, match="limit set to"):
        xp.empty(1025, np.uint8)
    pool.set_limit()


def test_views_keep_memory_and_the_last_one_frees_it(x):
    pool = xp.get_default_memory_pool()
    used = pool.used_bytes()
    y = xp.empty(1000, np.uint8)
    part = y[10:20]
    del y
    assert pool.used_bytes() == used + 1024
    del part
    assert pool.used_bytes() == used


def test_a_machine_without_a_device_raises_as_cupy_does(monkeypatch):
    assert xp.cuda.runtime.getDeviceCount() == 1
    with pytest.raises(xp.cuda.runtime.CUDARuntimeError, match="cudaErrorInvalidDevice"):
        xp.cuda.Device(3).use()
    monkeypatch.setattr(machine, "devices", 0)
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError, match="cudaErrorNoDevice"):
        xp.cuda.runtime.getDeviceCount()


def test_devices_are_contexts():
    with xp.cuda.Device(0) as device:
        assert device.compute_capability == machine.compute_capability
        assert device.attributes["MultiProcessorCount"] == machine.processors
        assert xp.cuda.runtime.driverGetVersion() == machine.driver


@cuda.jit
def doubled(x, y):
    i = cuda.grid(1)
    if i < x.shape[0]:
        y[i, 0] = 2 * x[i, 1]


def test_kernels_take_arrays_of_the_stand_in_without_copies(x, counts):
    y = xp.zeros((3, 1), np.float32)
    counts.reset()
    with counts.hot():
        doubled[1, 32](cuda.as_cuda_array(x, sync=False), cuda.as_cuda_array(y[:, :], sync=False))
    assert counts.launches == 1
    np.testing.assert_array_equal(y.get()[:, 0], 2 * HOST[:, 1])


def test_a_launch_keeps_no_memory():
    gc.disable()
    try:
        used = xp.get_default_memory_pool().used_bytes()
        array = xp.zeros((3, 4), np.float32)
        doubled[1, 32](array, array)
        del array
        assert xp.get_default_memory_pool().used_bytes() == used
    finally:
        gc.enable()


def test_an_array_that_a_kernel_has_to_convert_is_a_wait(x, counts):
    doubled[1, 32](x, x)
    assert counts.waits == 2


def test_a_host_array_is_no_kernel_argument():
    with pytest.raises(TypeError, match="no device array"):
        cuda.as_cuda_array(HOST)
