"""Settings of the backends."""

from __future__ import annotations

from dataclasses import dataclass

from dfqgp.errors import ConfigError, nearest

BACKEND_NAMES = ("cpu", "gpu", "reference")


@dataclass(frozen=True)
class BackendSettings:
    """Which kernels compute, and on what.

    Parameters
    ----------
    name : {"cpu", "gpu", "reference"}
        Numba kernels, CUDA kernels, or the NumPy definitions (slow, for checks).
    threads : int
        Threads of the CPU kernels; 0 takes every core. It never changes a result.
    strict : bool
        Whether an operator without a kernel is an error; False computes it by the reference and says so in the log.
    device : int
        Number of the CUDA device, for the gpu backend.

    Raises
    ------
    ConfigError
        If the name is unknown or a number is negative.
    """

    name: str = "cpu"
    threads: int = 0
    strict: bool = True
    device: int = 0

    def __post_init__(self) -> None:
        if self.name not in BACKEND_NAMES:
            known = f"one of {', '.join(BACKEND_NAMES)}"
            raise ConfigError(
                key="backend.name", got=repr(self.name), expected=known, hint=nearest(self.name, BACKEND_NAMES)
            )
        for key in ("threads", "device"):
            if getattr(self, key) < 0:
                raise ConfigError(key=f"backend.{key}", got=getattr(self, key), expected="0 or more", hint="")
