"""CPU backend: Numba kernels over one slab, shared out over threads."""

from dfqgp.backends.cpu.session import CpuBackend, CpuSession

__all__ = ["CpuBackend", "CpuSession"]
