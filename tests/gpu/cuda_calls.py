"""Devices, the runtime's calls and the namespace ``cuda`` of the stand-in."""

from __future__ import annotations

from types import SimpleNamespace

from gpu import copies
from gpu.device_memory import machine, pool
from gpu.signatures import like, real
from gpu.stats import stats
from gpu.streams import Event, Stream, get_current_stream


def _require_device(number: int) -> None:
    if number >= machine.devices:
        raise real("cuda.runtime.CUDARuntimeError")(100 if not machine.devices else 101)


class Device:
    """A device that is pretended to be there."""

    _current = 0

    @like("cuda.Device")
    def __init__(self, device=None):
        self.id = Device._current if device is None else int(device)
        self._before: list[int] = []

    @like("cuda.Device.use")
    def use(self):
        """Make it the current device."""
        _require_device(self.id)
        Device._current = self.id

    @like("cuda.Device.synchronize")
    def synchronize(self):
        """Wait for all streams."""
        stats.wait("Device.synchronize")
        copies.finish_all()

    @property
    def compute_capability(self):
        """Its compute capability, without a point."""
        _require_device(self.id)
        return machine.compute_capability

    @property
    def attributes(self):
        """What CUDA tells of it; figures of an H100, but for the number of processors."""
        _require_device(self.id)
        return {**ATTRIBUTES, "MultiProcessorCount": machine.processors}

    @property
    def mem_info(self):
        """Bytes free and in all."""
        return runtime.memGetInfo()

    def __enter__(self):
        self._before.append(Device._current)
        self.use()
        return self

    def __exit__(self, *_):
        Device._current = self._before.pop()


ATTRIBUTES = {
    "MaxThreadsPerBlock": 1024, "MaxThreadsPerMultiProcessor": 2048,
    "MaxSharedMemoryPerBlock": 49152, "MaxSharedMemoryPerBlockOptin": 232448,
    "MaxSharedMemoryPerMultiprocessor": 233472, "MaxRegistersPerBlock": 65536, "MaxRegistersPerMultiprocessor": 65536,
    "MaxBlocksPerMultiprocessor": 32, "WarpSize": 32, "L2CacheSize": 52428800, "ClockRate": 1980000,
    "MemoryClockRate": 2619000, "GlobalMemoryBusWidth": 5120,
}  # fmt: skip


class runtime:  # noqa: N801 -- CuPy's name
    """Calls of CUDA's runtime."""

    CUDARuntimeError = real("cuda.runtime.CUDARuntimeError")

    @staticmethod
    @like("cuda.runtime.getDeviceCount")
    def getDeviceCount():
        """Return how many devices there are."""
        _require_device(0)
        return machine.devices

    @staticmethod
    @like("cuda.runtime.memGetInfo")
    def memGetInfo():
        """Return bytes free and in all."""
        _require_device(Device._current)
        return machine.total - pool.total_bytes(), machine.total

    @staticmethod
    @like("cuda.runtime.driverGetVersion")
    def driverGetVersion():
        """Return the newest CUDA that the driver knows, 0 without a driver."""
        return machine.driver

    @staticmethod
    @like("cuda.runtime.runtimeGetVersion")
    def runtimeGetVersion():
        """Return the CUDA that CuPy is for."""
        return machine.runtime

    @staticmethod
    @like("cuda.runtime.getDevice")
    def getDevice():
        """Return the current device."""
        return Device._current

    @staticmethod
    @like("cuda.runtime.getDeviceProperties")
    def getDeviceProperties(device):
        """Return a name and the memory."""
        _require_device(device)
        return {"name": b"pretended device", "totalGlobalMem": machine.total, "multiProcessorCount": machine.processors}

    @staticmethod
    @like("cuda.runtime.deviceSynchronize")
    def deviceSynchronize():
        """Wait for all streams."""
        Device().synchronize()


cuda = SimpleNamespace(
    Device=Device, Stream=Stream, Event=Event, get_current_stream=get_current_stream, runtime=runtime,
    alloc_pinned_memory=copies.alloc_pinned_memory,
    memory=SimpleNamespace(OutOfMemoryError=real("cuda.memory.OutOfMemoryError")),
)  # fmt: skip
