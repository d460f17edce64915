"""ptxas: where it is, what it knows, and what it says of a kernel."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from typing import NamedTuple

ARCHITECTURES = (70, 80, 90, 100, 120)
"""Compute capabilities, times ten, that kernels are compiled for; toolkit 13 no longer knows 70."""

DISTRIBUTIONS = ("nvidia-cuda-nvcc-cu12", "nvidia-cuda-nvcc")
"""Wheels that carry ptxas, for CUDA 12 and 13."""


class Usage(NamedTuple):
    """What a thread or block of a kernel takes.

    Parameters
    ----------
    registers : int
        Of a thread.
    stack : int
        Bytes of local memory of a thread: arrays of its own, and what registers did not hold.
    spills : int
        Bytes of stores and loads of what registers did not hold.
    shared : int
        Bytes of a block's static shared memory.
    """

    registers: int
    stack: int
    spills: int
    shared: int


@dataclass(frozen=True)
class Ptxas:
    """A ptxas.

    Parameters
    ----------
    path : Path
        The program.
    """

    path: Path

    @cached_property
    def version(self) -> str:
        """Release, such as "12.9.86"."""
        found = re.search(r"\bV(\d+\.\d+\.\d+)", self._run("--version"))
        if found is None:
            raise ValueError(f"{self.path} --version names no version; expected a ptxas of a CUDA toolkit")
        return found[1]

    def known(self) -> tuple[int, ...]:
        """Return which of ``ARCHITECTURES`` it compiles for."""
        names = set(re.findall(r"'sm_(\d+)'", self._run("--help")))
        return tuple(each for each in ARCHITECTURES if str(each) in names)

    def assemble(self, ptx: str, architecture: int) -> Usage:
        """Assemble a module of one kernel; return what it takes.

        Raises
        ------
        ValueError
            If it does not assemble; the message is that of ptxas.
        """
        with tempfile.TemporaryDirectory() as folder:
            source, binary = Path(folder, "kernel.ptx"), Path(folder, "kernel.cubin")
            source.write_text(ptx, encoding="utf-8")
            return usage_of(self._run("-v", f"-arch=sm_{architecture}", str(source), "-o", str(binary)))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([self.path, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise ValueError(f"{self.path} {' '.join(arguments)} failed:\n{done.stderr.strip()}")
        return done.stdout + done.stderr


def find_ptxas() -> Ptxas:
    """Return the ptxas of an installed wheel, else the one on PATH.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    for name in DISTRIBUTIONS:
        try:
            within = [each for each in files(name) or () if each.name == "ptxas"]
        except PackageNotFoundError:
            continue
        if within:
            return Ptxas(Path(str(within[0].locate())))
    on_path = shutil.which("ptxas")
    if on_path is None:
        raise FileNotFoundError(f"no ptxas in the wheels {', '.join(DISTRIBUTIONS)} nor on PATH: install one of them")
    return Ptxas(Path(on_path))


def versions(ptxas: Ptxas) -> dict[str, str]:
    """Return the versions of everything that compiles."""
    return {"ptxas": ptxas.version} | {name: version(name) for name in ("numba-cuda", "numba")}


def usage_of(report: str) -> Usage:
    r"""Read what ``ptxas -v`` says of a kernel and the functions that it calls without inlining.

    Examples
    --------
    >>> usage_of(
    ...     "16 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads\n"
    ...     "ptxas info    : Used 40 registers, used 1 barriers, 2048 bytes smem, 528 bytes cmem[0]"
    ... )
    Usage(registers=40, stack=16, spills=20, shared=2048)
    """

    def numbers(pattern: str) -> list[int]:
        return [int(each) for each in re.findall(pattern, report)]

    registers = numbers(r"Used (\d+) registers")
    if not registers:
        raise ValueError(f"ptxas names no registers; it said:\n{report.strip()}")
    spills = sum(numbers(r"(\d+) bytes spill stores")) + sum(numbers(r"(\d+) bytes spill loads"))
    stack = max(numbers(r"(\d+) bytes (?:cumulative stack size|stack frame|lmem)"), default=0)
    return Usage(max(registers), stack, spills, max(numbers(r"(\d+) bytes smem"), default=0))
