"""The generated pages of docs/: what they say is taken from the code, so it cannot differ from it."""

from dfqgp.manual.api import api_table
from dfqgp.manual.language import language_page
from dfqgp.manual.pages import PAGES, write_pages

__all__ = ["PAGES", "api_table", "language_page", "write_pages"]
