"""Where raw tables come from, and the data contract that each of them keeps."""

from dfqgp.sources.base import Partition, Source, SourceRecord
from dfqgp.sources.contract import Table, Treatment, check
from dfqgp.sources.files import FilesSettings
from dfqgp.sources.registry import SourceSettings, open_source
from dfqgp.sources.synthetic import SyntheticSettings

__all__ = [
    "FilesSettings",
    "Partition",
    "Source",
    "SourceRecord",
    "SourceSettings",
    "SyntheticSettings",
    "Table",
    "Treatment",
    "check",
    "open_source",
]
