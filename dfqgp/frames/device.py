"""cuDF: the only module that imports it, and the few of its functions that are used.

cuDF reads Parquet and numbers the distinct texts and dates of a column. Everything after that is done on arrays, where
CuPy does what NumPy does: cuDF tells null from NaN and pandas does not, so a frame of the one is no frame of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import numpy as np

from dfqgp.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType

    from dfqgp.frames.columns import Array

Frame: TypeAlias = Any
Series: TypeAlias = Any


class Frames:
    """A module of data frames and the array module that belongs to it.

    Parameters
    ----------
    module : module
        cuDF.
    xp : module
        CuPy.
    """

    def __init__(self, module: ModuleType, xp: ModuleType) -> None:
        self.module = module
        self.xp = xp

    def read_parquet(self, paths: Sequence[Path]) -> Frame:
        """Read files into one frame, their rows one after the other."""
        frames = [self.module.read_parquet(str(path)) for path in paths]
        return self.module.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]

    def floats(self, series: Series) -> Array:
        """Return numbers or flags as float64, NaN for missing."""
        return series.astype("float64").to_cupy(na_value=np.nan)

    def numbered(self, series: Series) -> tuple[Array, list[object]]:
        """Return the number of each row's cell, -1 for missing, and the distinct cells in the order of the numbers."""
        numbers, names = series.factorize()
        return self.xp.asarray(numbers), names.to_pandas().tolist()


def open_frames() -> Frames:
    """Return cuDF and CuPy.

    Raises
    ------
    ConfigError
        If they cannot be imported, or find no device.
    """
    try:
        import cudf  # noqa: PLC0415 - takes seconds, and most installations have none
        import cupy  # noqa: PLC0415
    except ImportError as error:
        hint = "; pip install 'dfqgp[gpu,cudf]' (CUDA 13: 'dfqgp[gpu13,cudf13]'), or set source.frames=pandas"
        _refuse(f"'cudf', which cannot be imported ({error})".splitlines()[0], "cuDF and CuPy", hint)
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        _refuse(f"'cudf', but no device ({error})", "an NVIDIA driver and a device", "; or set source.frames=pandas")
    if not count:
        _refuse("'cudf', but no device", "a CUDA device", "; see nvidia-smi, or set source.frames=pandas")
    return Frames(cudf, cupy)


def _refuse(got: str, expected: str, hint: str) -> NoReturn:
    raise ConfigError(key="source.frames", got=got, expected=expected, hint=hint)
