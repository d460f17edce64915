"""Small functions that written code brings along: the texts of those that it uses, and of those that they use."""

from __future__ import annotations

import ast
import re
from functools import cache

_NAME = re.compile(r"\b_[a-z][a-z0-9_]*\b")


def needed_helpers(code: str, *sources: str) -> list[str]:
    r"""Return the functions that a code uses, in the order of the sources.

    Parameters
    ----------
    code : str
        Statements that call functions whose names begin with an underscore.
    *sources : str
        Python texts that define such functions at the top level.

    Returns
    -------
    list of str
        Text of each function that is named in the code or in another one that is.

    Examples
    --------
    >>> needed_helpers("_f(1)", "def _f(x):\n    return _g(x)", "def _g(x):\n    pass\ndef _h(x):\n    pass")
    ['def _f(x):\n    return _g(x)', 'def _g(x):\n    pass']
    """
    known = {name: text for source in sources for name, text in _functions(source).items()}
    used: set[str] = set()
    waiting = [code]
    while waiting:
        found = {name for name in _NAME.findall(waiting.pop()) if name in known} - used
        used |= found
        waiting.extend(known[name] for name in found)
    return [text for name, text in known.items() if name in used]


@cache
def _functions(source: str) -> dict[str, str]:
    tree = ast.parse(source)
    lines = source.splitlines()
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
