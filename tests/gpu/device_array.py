"""The array of the stand-in: memory of the pretended device, its copies and its indices."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from gpu import copies
from gpu.device_memory import Memory
from gpu.signatures import StrictError, like
from gpu.stats import stats
from gpu.streams import current_stream

_TYPES = "?bBhHiIlLqQefdFD"


class ndarray:  # noqa: N801 -- CuPy's name
    """An array in device memory.

    Parameters
    ----------
    values : ndarray
        The memory, as NumPy sees it.
    memory : Memory, optional
        What it is a view of; a new piece by default.
    """

    __slots__ = ("_memory", "_values")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, values: np.ndarray, memory: Memory | None = None) -> None:
        if values.dtype.char not in _TYPES:
            raise StrictError(f"CuPy has no arrays of {values.dtype}")
        self._values = values
        self._memory = memory or Memory(values.nbytes)

    shape = property(lambda self: self._values.shape)
    dtype = property(lambda self: self._values.dtype)
    ndim = property(lambda self: self._values.ndim)
    size = property(lambda self: self._values.size)
    nbytes = property(lambda self: self._values.nbytes)
    itemsize = property(lambda self: self._values.itemsize)
    strides = property(lambda self: self._values.strides)
    T = property(lambda self: ndarray(self._values.T, self._memory))
    data = property(lambda self: SimpleNamespace(ptr=self._values.ctypes.data, mem=self._memory))

    @property
    def flags(self):
        """Its layout."""
        flags = self._values.flags
        return SimpleNamespace(c_contiguous=flags.c_contiguous, f_contiguous=flags.f_contiguous, owndata=flags.owndata)

    @property
    def __cuda_array_interface__(self):
        interface = self._values.__array_interface__
        kept = {key: interface[key] for key in ("shape", "typestr", "descr", "strides", "data")}
        return {**kept, "version": 3, "stream": 1}  # CuPy names its current stream, the default one

    @like("ndarray.get")
    def get(self, stream=None, order="C", out=None, blocking=True):
        """Copy to the host; with ``blocking=False`` the values are there once the stream was waited for."""
        number = (stream or current_stream()).number
        stats.download("ndarray.get", self.nbytes)
        if out is not None:
            _require_alike("ndarray.get", self, out)
        if blocking:
            stats.wait("ndarray.get")
            copies.finish(copies.under_way(number))
            out = np.empty(self.shape, self.dtype, order) if out is None else out
            out[...] = self._values
        elif out is None or copies.pinned(out) is None:
            raise StrictError("ndarray.get(blocking=False): without out in page-locked memory, it waits all the same")
        else:
            copies.start_download(self._values.copy(), out, number)
        return out

    @like("ndarray.set")
    def set(self, arr, stream=None):
        """Copy from the host; page-locked memory has to stay as it is until the stream was waited for."""
        _require_alike("ndarray.set", self, arr)
        if not (self._values.flags.c_contiguous or self._values.flags.f_contiguous):
            raise StrictError("ndarray.set: the array is not contiguous")
        stats.upload("ndarray.set", self.nbytes)
        if copies.pinned(arr) is None:
            stats.wait("ndarray.set")  # the driver copies pageable memory away before it returns
        elif not (arr.flags.c_contiguous if self._values.flags.c_contiguous else arr.flags.f_contiguous):
            raise StrictError("ndarray.set: CuPy copies from a temporary array, not from the page-locked one")
        else:
            copies.start_upload(arr, (stream or current_stream()).number, "ndarray.set")
        self._values[...] = arr

    @like("ndarray.fill")
    def fill(self, value):
        """Set all elements to a number."""
        stats.launch("ndarray.fill")
        self._values.fill(unwrap("ndarray.fill", value))

    @like("ndarray.sort")
    def sort(self, axis=-1, kind=None):
        """Sort in place."""
        stats.launch("ndarray.sort")
        self._values.sort(axis)

    @like("ndarray.item")
    def item(self):
        """Return the only element, by a copy that waits."""
        return self.get().item()

    @like("ndarray.tolist")
    def tolist(self):
        """Return lists, by a copy that waits."""
        return self.get().tolist()

    def __len__(self):
        return len(self._values)

    def __repr__(self):
        return f"device array {self.shape} {self.dtype}"

    def __bool__(self):
        return bool(self.item())

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __iter__(self):
        raise StrictError("iteration over a device array: a launch and an array for each item")

    def __array__(self, *_, **__):
        raise StrictError("implicit conversion of a device array to a NumPy array: use .get()")

    def __array_ufunc__(self, ufunc, *_, **__):
        raise StrictError(f"numpy.{ufunc.__name__} on a device array: use the array module's")

    def __array_function__(self, function, *_):
        raise StrictError(f"numpy.{function.__name__} on a device array: use the array module's")

    def __getitem__(self, index):
        return self._same_or_new(self._values[self._index(index)], "ndarray.__getitem__")

    def __setitem__(self, index, value):
        places = self._index(index)
        _require_distinct(places)
        stats.launch("ndarray.__setitem__")
        self._values[places] = unwrap("ndarray.__setitem__", value)

    def _same_or_new(self, values, name):
        """Return a view of this array's memory, or a new array made by a launch."""
        if isinstance(values, np.ndarray) and (not values.size or np.may_share_memory(values, self._values)):
            return ndarray(values, self._memory)
        stats.launch(name)
        if isinstance(values, np.generic):  # CuPy gives a view of one element where NumPy gives a number
            values = np.asarray(values)
        return ndarray(values)

    def _index(self, index):
        """Return an index for NumPy; what CuPy wraps around, copies or waits for is refused or counted."""
        parts = index if isinstance(index, tuple) else (index,)
        if any(isinstance(part, list | np.ndarray) for part in parts):
            raise StrictError("a host array or list as index of a device array: a copy each time")
        places = tuple(unwrap("ndarray.__getitem__", part) for part in parts)
        for axis, (part, values) in enumerate(zip(parts, places, strict=True)):
            if isinstance(part, ndarray) and part.dtype == bool:
                stats.wait("boolean index")
            elif isinstance(part, ndarray) and values.size and not -1 < values.min() <= values.max() < self.shape[axis]:
                raise StrictError(f"index {values} outside {self.shape}: CuPy wraps it around in silence")
        if all(isinstance(part, int | np.integer) for part in places) and len(places) == self.ndim:
            return (*places, ...)  # a view of one element, no number
        return places


def _require_alike(name: str, device: ndarray, host: Any) -> None:
    if not isinstance(host, np.ndarray) or (host.dtype, host.shape) != (device.dtype, device.shape):
        what = f"{host.dtype} {host.shape}" if isinstance(host, np.ndarray) else type(host).__name__
        raise StrictError(f"{name}: {what} on the host, {device.dtype} {device.shape} on the device")


def _require_distinct(places: tuple) -> None:
    arrays = [part for part in places if isinstance(part, np.ndarray) and part.dtype != bool]
    if len(arrays) == 1 and len(np.unique(arrays[0])) != arrays[0].size:
        raise StrictError("an element is assigned to twice: CuPy does not say which value it keeps")


def unwrap(name: str, value: Any) -> Any:
    """Return what NumPy takes for what CuPy takes; a host array is refused."""
    if isinstance(value, ndarray):
        return value._values
    if isinstance(value, np.ndarray):
        raise StrictError(f"{name}: a NumPy array where CuPy takes arrays of the device only")
    if isinstance(value, tuple | list):
        return type(value)(unwrap(name, each) for each in value)
    return value


def on_device(value: Any) -> bool:
    """Return whether there is a device array in an argument."""
    return isinstance(value, ndarray) or (isinstance(value, tuple | list) and any(map(on_device, value)))


def computed(name: str, function: Any, arguments: tuple, keywords: dict[str, Any]) -> Any:
    """Return what a function of NumPy makes of device arrays, as a launch; it writes into ``out`` where given."""
    if not (any(map(on_device, arguments)) or any(map(on_device, keywords.values()))):
        raise StrictError(f"cupy.{name}: no array of the device among the arguments")
    out = keywords.get("out")
    given = [unwrap(name, each) for each in arguments]
    stats.launch(f"cupy.{name}")
    with np.errstate(all="ignore"):
        result = function(*given, **{key: unwrap(name, value) for key, value in keywords.items()})
    return out if out is not None else ndarray(np.asarray(result))
