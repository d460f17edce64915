"""All kernels through both compilers."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from gpu_gate.occupancy import resident_warps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gpu_gate.toolkit import Ptxas

UNIVERSES = (800, 5400)
"""Numbers of stocks for which launches are listed: an index, and all A-shares."""

EXCUSED: dict[str, str] = {}
"""Kernels that may spill or use local memory, with the reason; any other fails the gate."""


class Launch(Protocol):
    """A kernel, which has a name, with the arguments, threads and dynamic shared memory of a launch."""

    kernel: Any
    threads: tuple[int, ...]
    arguments: tuple[Any, ...]
    shared: int


class Figures(NamedTuple):
    """What one kernel takes on one architecture.

    Parameters
    ----------
    kernel : str
        Its name.
    architecture : int
        Compute capability, times ten.
    registers, stack, spills, static : int
        See ``Usage``.
    threads, dynamic, warps : tuple of int
        Threads and dynamic shared bytes of a block, and resident warps of a multiprocessor, by ``UNIVERSES``.
    """

    kernel: str
    architecture: int
    registers: int
    stack: int
    spills: int
    static: int
    threads: tuple[int, ...]
    dynamic: tuple[int, ...]
    warps: tuple[int, ...]

    @property
    def complaint(self) -> str | None:
        """What is wrong with it, None if nothing is."""
        if (self.stack or self.spills) and self.kernel not in EXCUSED:
            return (
                f"{self.kernel} on sm_{self.architecture}: {self.spills} bytes of spills, {self.stack} of local "
                "memory, expected none: keep less in registers, or give a reason in EXCUSED of gpu_gate/measure.py"
            )
        if not all(self.warps):
            return f"{self.kernel} on sm_{self.architecture}: no block fits a multiprocessor: use fewer threads"
        return None


def sources_of(launches: Iterable[Launch]) -> str:
    """Return a digest of all sources that kernels are made of."""
    return hashlib.sha256(" ".join(each.kernel.symbol for each in launches).encode()).hexdigest()[:16]


def measure(
    launches: Callable[[int], Iterable[Launch]],
    to_ptx: Callable[[Any, tuple[Any, ...], tuple[int, int]], str],
    ptxas: Ptxas,
    architectures: Sequence[int],
) -> list[Figures]:
    """Compile every kernel for every architecture.

    Parameters
    ----------
    launches : callable
        Number of stocks -> a launch of each kernel, in the same order for every number.
    to_ptx : callable
        (kernel, arguments, compute capability) -> PTX.
    ptxas : Ptxas
        The assembler.
    architectures : sequence of int
        Compute capabilities, times ten.
    """
    by_universe = [tuple(launches(columns)) for columns in UNIVERSES]
    figures = []
    for architecture in architectures:
        for same in zip(*by_universe, strict=True):
            kernel, arguments = same[0].kernel, same[0].arguments
            used = ptxas.assemble(to_ptx(kernel, arguments, divmod(architecture, 10)), architecture)
            threads = tuple(math.prod(each.threads) for each in same)
            dynamic = tuple(each.shared for each in same)
            warps = tuple(
                resident_warps(architecture, t, used.registers, used.shared + d)
                for t, d in zip(threads, dynamic, strict=True)
            )
            figures.append(Figures(kernel.name, architecture, *used, threads, dynamic, warps))
    return figures
