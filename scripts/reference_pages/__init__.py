"""The generated pages of docs/: what they say is taken from the code, so it cannot differ from it."""

from reference_pages.api import api_table
from reference_pages.language import language_page
from reference_pages.pages import PAGES, write_pages

__all__ = ["PAGES", "api_table", "language_page", "write_pages"]
