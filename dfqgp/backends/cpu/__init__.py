"""CPU backend: Numba kernels over one slab, shared out over threads."""

from dfqgp.backends.cpu.backend import CpuBackend

__all__ = ["CpuBackend"]
