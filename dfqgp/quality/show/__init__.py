"""Reports for people: a table on the terminal, and a page with charts."""

from dfqgp.quality.show.page import page_of, write_page
from dfqgp.quality.show.table import table_of

__all__ = ["page_of", "table_of", "write_page"]
