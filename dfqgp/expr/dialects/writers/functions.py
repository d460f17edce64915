"""What written functions of Python look like as a whole."""

from __future__ import annotations

import json
import keyword
import textwrap
from typing import TYPE_CHECKING

from dfqgp.expr.dialects.writers.rules import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfqgp.expr.node import Node

_WIDTH = 110


def quoted(name: str) -> str:
    r"""Return a name as a string literal of Python.

    Examples
    --------
    >>> print(quoted('a"b'))
    "a\"b"
    """
    return json.dumps(name, ensure_ascii=False)


def identifiers(names: Sequence[str], taken: frozenset[str]) -> Mapping[str, str]:
    """Give each feature a variable: its own name where Python takes it.

    Examples
    --------
    >>> identifiers(["close", "class"], frozenset())
    {'close': 'close', 'class': 'x1'}
    """

    def fits(name: str) -> bool:
        return name.isidentifier() and not keyword.iskeyword(name) and name not in taken and not name.startswith("_")

    return {name: name if fits(name) else f"x{index}" for index, name in enumerate(names)}


def function_text(
    *, head: str, tree: Node, doc: str, lines: Sequence[str], imports: Sequence[str], helpers: Sequence[str]
) -> str:
    """Return a module: the imports that its text uses, helpers, and one function.

    Parameters
    ----------
    head : str
        The line with ``def``.
    tree : Node
        What it computes, the first line of its docstring.
    doc : str
        What it takes and returns.
    lines : sequence of str
        The function's statements.
    imports : sequence of str
        Lines; ``import X as Y`` is left out where Y is not used.
    helpers : sequence of str
        Functions that the statements use.
    """
    body = "\n".join(f"    {line}" for line in lines)
    code = "\n\n\n".join([*helpers, f"{head}\n{_docstring(tree, doc)}\n{body}"])
    used = [line for line in imports if not line.startswith("import") or f"{line.split()[-1]}." in code]
    return "\n".join(used) + "\n\n\n" + code + "\n"


def _docstring(tree: Node, doc: str) -> str:
    first, last = (textwrap.wrap(text, _WIDTH, break_long_words=False) for text in (short(tree, 2_000), doc))
    text = "\n".join(f"    {line}" if line else "" for line in [*first, "", *last])
    # a name from a table must not end the docstring
    text = text.replace("\\", "/").replace('"', "'")
    return f'    """{text.strip()}\n    """'
