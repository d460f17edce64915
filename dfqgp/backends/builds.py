"""What the machine code of a backend depends on beside its sources; values of another build may differ in a bit."""

from __future__ import annotations

import platform
from importlib import metadata, util

_PACKAGES = {
    "cpu": ("numpy", "numba", "llvmlite"),
    "gpu": ("numpy", "numba-cuda", "cupy-cuda12x", "cupy-cuda13x"),
    "reference": ("numpy",),
}


def build_of(name: str) -> str:
    """Return the name of a backend with the versions of what compiles it and the processor.

    Examples
    --------
    >>> build_of("reference").split()[:2]
    ['reference', 'numpy']
    """
    versions = [f"{each} {_version(each)}" for each in _PACKAGES.get(name, ("numpy",))]
    return " ".join([name, *versions, _processor()])


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


def _processor() -> str:
    """Return the processor as the compiler of the CPU kernels knows it, which chooses instructions by it."""
    if util.find_spec("llvmlite") is None:
        return platform.machine()
    from llvmlite.binding import get_host_cpu_name  # noqa: PLC0415 -- a backend without a compiler needs none

    return str(get_host_cpu_name())
