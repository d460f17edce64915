"""GPU backend: Numba-CUDA kernels over one slab of device memory, launched behind the caller."""

from dfqgp.backends.gpu.backend import GpuBackend
from dfqgp.backends.gpu.session import GpuSession

__all__ = ["GpuBackend", "GpuSession"]
