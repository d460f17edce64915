"""What CUDA kernels need, looked at in order before any of it is used; the first that is missing is an error.

1. one CuPy package, and one that imports;
2. numba-cuda;
3. a driver, new enough for CuPy's CUDA: a driver runs its own major version of CUDA and every older one;
4. a device of the number asked for, new enough for the kernels;
5. the libraries that CuPy loads at first use.

Free memory is not looked at here: a session knows how much it needs.
"""

from __future__ import annotations

import importlib
import importlib.util
from importlib import metadata
from typing import TYPE_CHECKING, Any, NoReturn

from dfqgp.errors import BackendError

if TYPE_CHECKING:
    from types import ModuleType

EXTRAS = {12: "gpu", 13: "gpu13"}
"""The extra that installs CuPy and numba-cuda, by the major version of CUDA."""

CUPY_PACKAGES = ("cupy", "cupy-cuda11x", "cupy-cuda12x", "cupy-cuda13x")
"""Packages that all bring a folder ``cupy``: two of them overwrite each other's files."""

OLDEST_CAPABILITY = {12: (7, 0), 13: (7, 5)}
"""Least compute capability by the major version of CUDA: CUDA 13 compiles nothing for 7.0 any more."""

_ON_CPU = "or run with backend=cpu"
_INSTALL = f"install it with: pip install 'dfqgp[gpu]' (CUDA 12) or 'dfqgp[gpu13]' (CUDA 13), {_ON_CPU}"


def require_cuda(device: int) -> None:
    """Raise BackendError unless CUDA kernels can run here on the device of this number.

    Parameters
    ----------
    device : int
        Number of the CUDA device.

    Raises
    ------
    BackendError
        One line: what was found, what was expected and what to do.
    """
    cupy = _import_cupy()
    if importlib.util.find_spec("numba_cuda") is None:
        _refuse("numba-cuda is not installed", _INSTALL)
    cuda = _require_driver(cupy)
    _require_device(cupy, device, cuda)
    _require_libraries(cupy, cuda)


def _import_cupy() -> ModuleType:
    """Return CuPy; an installation of two packages is refused before it is imported."""
    found = [name for name in CUPY_PACKAGES if _is_installed(name)]
    if len(found) > 1:
        _refuse(
            f"{' and '.join(found)} are installed together, expected one CuPy package",
            f"remove all with: pip uninstall {' '.join(found)}, then install 'dfqgp[gpu]' or 'dfqgp[gpu13]' again",
        )
    try:
        return importlib.import_module("cupy")
    except ImportError as error:
        if not found and isinstance(error, ModuleNotFoundError):
            _refuse("CuPy is not installed", _INSTALL)
        _refuse(f"CuPy cannot be imported ({_first_line(error)})", f"install it again, {_ON_CPU}")


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _require_driver(cupy: Any) -> int:  # noqa: ANN401 - a module
    """Return the major version of CuPy's CUDA, if there is a driver that runs it."""
    made_for, runs = cupy.cuda.runtime.runtimeGetVersion(), cupy.cuda.runtime.driverGetVersion()
    major, highest = made_for // 1000, runs // 1000
    if runs == 0:
        _refuse("no NVIDIA driver (libcuda.so.1) was found", f"install one, {_ON_CPU}")
    oldest = min(EXTRAS)
    if highest < oldest:
        _refuse(
            f"the NVIDIA driver runs CUDA {_version(runs)} at most, expected {oldest}.0 or newer",
            f"update the driver, {_ON_CPU}",
        )
    if major not in EXTRAS:
        _refuse(f"CuPy is made for CUDA {_version(made_for)}, expected 12 or 13", _exchange(min(highest, max(EXTRAS))))
    if major > highest:
        _refuse(
            f"CuPy is made for CUDA {_version(made_for)}, but the driver runs CUDA {_version(runs)} at most",
            f"update the driver, or {_exchange(highest)}",
        )
    return int(major)


def _require_device(cupy: Any, device: int, cuda: int) -> None:  # noqa: ANN401 - a module
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        if "NoDevice" not in str(error):
            _refuse(
                f"the NVIDIA driver does not answer ({_first_line(error)})",
                f"see what nvidia-smi says, restart the machine after a change of driver, {_ON_CPU}",
            )
        count = 0
    if not count:
        _refuse(
            "there is a driver but no CUDA device, expected one",
            f"check nvidia-smi, CUDA_VISIBLE_DEVICES and the container's devices, {_ON_CPU}",
        )
    if device >= count:
        _refuse(f"backend.device={device}, expected 0..{count - 1}", "set backend.device to the number of a device")
    major, minor = divmod(int(cupy.cuda.Device(device).compute_capability), 10)
    least = OLDEST_CAPABILITY[cuda]
    if (major, minor) < least:
        older = ", install 'dfqgp[gpu]' (CUDA 12) for it" if (major, minor) >= min(OLDEST_CAPABILITY.values()) else ""
        _refuse(
            f"device {device} has compute capability {major}.{minor}, expected {least[0]}.{least[1]} or higher",
            f"choose another with backend.device{older}, {_ON_CPU}",
        )


def _require_libraries(cupy: Any, cuda: int) -> None:  # noqa: ANN401 - a module
    """Load what compiles kernels and what multiplies matrices: CuPy imports without them and fails at first use."""
    try:
        cupy.cuda.nvrtc.getVersion()
        cupy.cuda.cublas.create  # noqa: B018 - the library is loaded when a name in it is looked up
    except (ImportError, RuntimeError) as error:
        _refuse(
            f"CuPy is installed without libraries of CUDA {cuda} ({_first_line(error)})",
            f"install them with: pip install 'cupy-cuda{cuda}x[ctk]', {_ON_CPU}",
        )


def _exchange(cuda: int) -> str:
    """Return how to replace CuPy by the one for another CUDA."""
    return f"remove CuPy with pip uninstall and install it with: pip install 'dfqgp[{EXTRAS[cuda]}]', {_ON_CPU}"


def _version(number: int) -> str:
    """Render CUDA's own numbers: 12090 is 12.9."""
    return f"{number // 1000}.{number % 1000 // 10}"


def _first_line(error: Exception) -> str:
    """Return the first line that says something: CuPy frames its messages with rules and blank lines."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line.strip("=-")), type(error).__name__)


def _refuse(missing: str, remedy: str) -> NoReturn:
    raise BackendError(name="gpu", missing=missing, remedy=remedy)
