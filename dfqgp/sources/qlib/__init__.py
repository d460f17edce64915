"""Folders in qlib's binary format."""

from dfqgp.sources.qlib.source import QlibSettings, QlibSource

__all__ = ["QlibSettings", "QlibSource"]
