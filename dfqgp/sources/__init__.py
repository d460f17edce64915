"""Where raw tables come from, and the data contract that each of them keeps."""

from dfqgp.sources.base import Partition, Source, SourceRecord
from dfqgp.sources.contract import Table, Treatment, check
from dfqgp.sources.files import FilesSettings
from dfqgp.sources.qlib import QlibSettings
from dfqgp.sources.registry import SourceSettings, open_source
from dfqgp.sources.sql import SqlSettings
from dfqgp.sources.synthetic import SyntheticSettings

__all__ = [
    "FilesSettings",
    "Partition",
    "QlibSettings",
    "Source",
    "SourceRecord",
    "SourceSettings",
    "SqlSettings",
    "SyntheticSettings",
    "Table",
    "Treatment",
    "check",
    "open_source",
]
