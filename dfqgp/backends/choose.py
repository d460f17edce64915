"""Choosing a backend: once, by name, with a line in the log."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

from dfqgp.backends.reference import ReferenceBackend
from dfqgp.backends.requirements import require_cuda
from dfqgp.errors import BackendError

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
        backend = _open_gpu(settings)
    elif settings.name == "reference":
        backend = ReferenceBackend()
        _log.info("backend reference: NumPy float64 definitions, one thread")
    else:
        from dfqgp.backends.cpu import CpuBackend  # noqa: PLC0415 -- Numba takes a second to import

        backend = CpuBackend(settings.threads, strict=settings.strict)
        _log.info("backend cpu: Numba kernels on %d threads", backend.threads.number)
    return backend


def _open_gpu(settings: BackendSettings) -> Backend:
    """Return the CUDA backend; its modules import CuPy and numba-cuda, so they are imported here and nowhere else."""
    try:
        gpu = importlib.import_module("dfqgp.backends.gpu")
    except ModuleNotFoundError as error:
        if error.name != "dfqgp.backends.gpu":
            raise
        raise BackendError(
            name="gpu", missing="this version has no CUDA kernels yet", remedy="run with backend=cpu on this machine"
        ) from None
    backend: Backend = gpu.GpuBackend(settings.device, strict=settings.strict)
    _log.info("backend gpu: CUDA kernels on device %d", settings.device)
    return backend
