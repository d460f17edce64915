"""Tables in files: CSV and Parquet, read on the host or on a device."""

from dfqgp.sources.files.source import FilesSettings, FilesSource

__all__ = ["FilesSettings", "FilesSource"]
