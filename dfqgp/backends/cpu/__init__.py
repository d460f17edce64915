"""CPU backend: Numba kernels over one slab, shared out over threads."""

from dfqgp.backends.cpu.backend import CpuBackend, kernel_names

__all__ = ["CpuBackend", "kernel_names"]
