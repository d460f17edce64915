"""Which modules are collected for their doctests: those of the GPU backend need numba-cuda and CuPy.

Its tests are collected all the same, and skipped with a reason where these are not installed.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

_HERE = Path(__file__).parent

collect_ignore = (
    []
    if all(importlib.util.find_spec(name) for name in ("numba_cuda", "cupy"))
    else [
        "dfqgp/backends/gpu",
        *(str(path) for path in (_HERE / "tests" / "gpu").glob("*.py") if not path.name.startswith("test_")),
    ]
)
