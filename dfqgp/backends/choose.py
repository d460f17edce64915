"""Choosing a backend: once, by name, with a line in the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from dfqgp.backends.reference import ReferenceBackend
from dfqgp.backends.requirements import require_cuda

if TYPE_CHECKING:
    from dfqgp.backends.base import Backend
    from dfqgp.backends.settings import BackendSettings

_log = logging.getLogger(__name__)


def open_backend(settings: BackendSettings) -> Backend:
    """Return the backend that the settings name; it is logged, and never replaced by another.

    Raises
    ------
    BackendError
        If it cannot run here, with what is missing and what to do.

    Examples
    --------
    >>> from dfqgp.backends import BackendSettings
    >>> open_backend(BackendSettings(name="reference")).name
    'reference'
    """
    backend: Backend
    if settings.name == "gpu":
        require_cuda(settings.device)
        from dfqgp.backends.gpu.backend import GpuBackend  # noqa: PLC0415 -- it imports CuPy and numba-cuda

        backend = GpuBackend(settings.device, strict=settings.strict)
        _log.info("backend gpu: CUDA kernels on device %d", settings.device)
    elif settings.name == "reference":
        backend = ReferenceBackend()
        _log.info("backend reference: NumPy float64 definitions, one thread")
    else:
        from dfqgp.backends.cpu import CpuBackend  # noqa: PLC0415 -- Numba takes a second to import

        backend = CpuBackend(settings.threads, strict=settings.strict)
        _log.info("backend cpu: Numba kernels on %d threads", backend.threads.number)
    return backend
