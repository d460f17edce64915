"""Readers of other notations; a new one is a class with its table of meanings, and an entry here."""

from types import MappingProxyType

from dfqgp.expr.dialects.readers.alpha101 import Alpha101
from dfqgp.expr.dialects.readers.gplearn import Gplearn
from dfqgp.expr.dialects.readers.qlib import Qlib
from dfqgp.expr.dialects.readers.reader import Reader

READERS: MappingProxyType[str, type[Reader]] = MappingProxyType(
    {"alpha101": Alpha101, "qlib": Qlib, "gplearn": Gplearn}
)
"""Every dialect but the native one, by name."""

__all__ = ["READERS", "Reader"]
