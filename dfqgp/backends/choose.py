"""Choosing a backend: once, by name, with a line in the log."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

from dfqgp.backends.reference import ReferenceBackend
from dfqgp.errors import BackendError

if TYPE_CHECKING:
    from dfqgp.backends.base import Backend
    from dfqgp.backends.settings import BackendSettings

_log = logging.getLogger(__name__)

_INSTALL = "install it with: pip install 'dfqgp[gpu]', or run with backend=cpu"


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
        raise BackendError(
            name="gpu", missing="this version has no CUDA kernels yet", remedy="run with backend=cpu on this machine"
        )
    if settings.name == "reference":
        backend = ReferenceBackend()
        _log.info("backend reference: NumPy float64 definitions, one thread")
    else:
        from dfqgp.backends.cpu import CpuBackend  # noqa: PLC0415 -- Numba takes a second to import

        backend = CpuBackend(settings.threads, strict=settings.strict)
        _log.info("backend cpu: Numba kernels on %d threads", backend.threads.number)
    return backend


def require_cuda(device: int) -> None:
    """Raise BackendError unless CuPy, a driver and the device are there."""
    try:
        cupy = importlib.import_module("cupy")
    except ImportError as error:
        raise BackendError(name="gpu", missing=f"CuPy cannot be imported ({error})", remedy=_INSTALL) from None
    try:
        found = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        missing = f"no CUDA driver or device answers ({error})"
        raise BackendError(
            name="gpu", missing=missing, remedy="install an NVIDIA driver, or run with backend=cpu"
        ) from None
    if device >= found:
        raise BackendError(
            name="gpu", missing=f"device {device} of {found}", remedy=f"set backend.device to 0..{found - 1}"
        )
