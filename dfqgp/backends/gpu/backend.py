"""The GPU backend: opens sessions on one CUDA device."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING

from dfqgp.backends.gpu.device import Device
from dfqgp.backends.gpu.kernels.compile import use_device
from dfqgp.backends.gpu.operators import lacks_kernel
from dfqgp.backends.gpu.session import GpuSession
from dfqgp.backends.memory import Room
from dfqgp.errors import KernelMissingError
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

    from dfqgp.backends.scoring import Target
    from dfqgp.ops import Operator
    from dfqgp.panel import Panel

_log = logging.getLogger(__name__)


class GpuBackend:
    """Numba-CUDA kernels on memory of CuPy.

    Parameters
    ----------
    device : int
        Number of the CUDA device.
    strict : bool
        An operator without a kernel is an error; else its definition computes it on the host, and the log says so once.
    xp : module, optional
        The array module; CuPy by default.
    """

    name = "gpu"

    def __init__(self, device: int = 0, *, strict: bool = True, xp: ModuleType | None = None) -> None:
        use_device(device)
        self.strict = strict
        self.device = Device(device, xp or importlib.import_module("cupy"))

    def open(
        self,
        panel: Panel,
        *,
        targets: Sequence[Target] = (),
        operators: Iterable[Operator] | None = None,
        room: Room = Room(),  # noqa: B008 -- it never changes
    ) -> GpuSession:
        """Open a session on the device; raises KernelMissingError, unless ``strict`` is off."""
        chosen = tuple(OPERATORS.values() if operators is None else operators)
        missing = ", ".join(op.name for op in chosen if lacks_kernel(op))
        if missing and self.strict:
            raise KernelMissingError(backend=self.name, operators=missing)
        if missing:
            _log.warning("backend gpu has no kernel for %s: computed by the definition on the host, slowly", missing)
        return GpuSession(panel, targets, chosen, self.device, room)
