"""Settings of the backends."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from dfqgp.errors import ConfigError
from dfqgp.records import record

BackendName = Literal["cpu", "gpu", "reference"]
BACKEND_NAMES: tuple[BackendName, ...] = get_args(BackendName)


@record("backend", ConfigError)
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

    name: BackendName = "cpu"
    threads: Annotated[int, Field(ge=0)] = 0
    strict: bool = True
    device: Annotated[int, Field(ge=0)] = 0
