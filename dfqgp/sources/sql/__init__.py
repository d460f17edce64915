"""Results of queries."""

from dfqgp.sources.sql.source import SqlSettings, SqlSource

__all__ = ["SqlSettings", "SqlSource"]
