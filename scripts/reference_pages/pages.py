"""Which pages are generated, and from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_pages.api import api_table
from reference_pages.dialects import dialects_page
from reference_pages.language import language_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES: dict[str, Callable[[], str]] = {
    "expression_language.md": language_page,
    "dialects.md": dialects_page,
    "api_contract.csv": api_table,
}
"""Generated files of docs/ by name. The same code gives the same bytes on every machine."""


def write_pages(folder: Path) -> list[Path]:
    """Write every generated page into ``folder``; return the paths of those that changed."""
    changed = []
    for name, make in PAGES.items():
        path, text = folder / name, make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed
