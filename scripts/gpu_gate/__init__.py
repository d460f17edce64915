"""The compilation gate: every GPU kernel through the real compilers, without a device."""

from gpu_gate.measure import UNIVERSES, Figures, measure, sources_of
from gpu_gate.page import opening, page, section
from gpu_gate.toolkit import ARCHITECTURES, Ptxas, find_ptxas, versions

__all__ = [
    "ARCHITECTURES",
    "UNIVERSES",
    "Figures",
    "Ptxas",
    "find_ptxas",
    "measure",
    "opening",
    "page",
    "section",
    "sources_of",
    "versions",
]
