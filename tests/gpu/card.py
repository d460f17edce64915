"""Whether a card is here, and what the GPU backend runs on: the card, or the simulator with the stand-in for CuPy."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import sys
from functools import cache

INSTALL = "needs numba-cuda and CuPy: pip install 'dfqgp[gpu]', or 'dfqgp[gpu-checks]' without a card"


@cache
def has_card() -> bool:
    """Return whether kernels run on a card: a CUDA driver answers, and nobody asked for the simulator."""
    if os.environ.get("NUMBA_ENABLE_CUDASIM") == "1":
        return False
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int()
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0


def choose_simulator() -> None:
    """Have Numba simulate kernels unless there is a card; it has to come before Numba is imported."""
    if not has_card():
        if "numba" in sys.modules and "NUMBA_ENABLE_CUDASIM" not in os.environ:
            raise RuntimeError("numba was imported before it could be told to simulate kernels")
        os.environ["NUMBA_ENABLE_CUDASIM"] = "1"


def installed() -> bool:
    """Return whether the packages of the extra ``gpu`` are there."""
    return all(importlib.util.find_spec(name) is not None for name in ("numba_cuda", "cupy"))


def array_module():
    """Return CuPy, or its stand-in with kernels that run in the simulator."""
    if has_card():
        return importlib.import_module("cupy")
    importlib.import_module("gpu.simulator").install()
    return importlib.import_module("gpu.strict_cupy").xp
