"""Markdown for generated pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table.

    Examples
    --------
    >>> print(table(["name", "unit"], [["`close`", "price"]]))
    | name | unit |
    |---|---|
    | `close` | price |
    """
    lines = [head, ["---"] * len(head), *rows]
    if {len(line) for line in lines} != {len(head)}:
        raise ValueError(f"a row of the table {head} has another number of cells")
    ruler = f"|{'|'.join(lines[1])}|"
    texts = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
    return "\n".join([texts[0], ruler, *texts[2:]])


def code(text: str) -> str:
    """Return a word or formula as code."""
    return f"`{text}`"


def block(text: str) -> str:
    """Return lines as an indented block of code."""
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
