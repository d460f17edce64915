"""The compilation gate: every GPU kernel through the real compilers, without a device."""

from gpu_gate.measure import Figures, measure
from gpu_gate.page import page, section
from gpu_gate.toolkit import ARCHITECTURES, Ptxas, find_ptxas

__all__ = ["ARCHITECTURES", "Figures", "Ptxas", "find_ptxas", "measure", "page", "section"]
