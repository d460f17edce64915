"""GPU backend: Numba-CUDA kernels over one slab of device memory, launched behind the caller.

Nothing is imported here: ``cost_model`` needs no numba-cuda, all else does. The backend is ``backend.GpuBackend``.
"""
