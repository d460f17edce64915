"""Where raw tables come from, and the data contract that each of them keeps."""

from dfqgp.sources.base import Source, Table
from dfqgp.sources.contract import check
from dfqgp.sources.registry import open_source
from dfqgp.sources.settings import FileSettings, MarketSettings, SourceSettings

__all__ = ["FileSettings", "MarketSettings", "Source", "SourceSettings", "Table", "check", "open_source"]
