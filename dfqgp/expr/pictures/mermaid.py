"""A graph in the language of Mermaid (https://mermaid.js.org/syntax/flowchart.html)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.expr.pictures.graph import Graph

_PLAIN = frozenset(" .,:()+-/=·…")
"""What a label may hold beside letters and digits; all else is written as Mermaid's code of the character."""
_LIST = re.compile(r"\d*([-+.)])(?= )")
"""The sign at the start of a label that Markdown would take for an item of a list."""


def mermaid_of(graph: Graph) -> str:
    """Return a ``flowchart``: features are round, expressions have a thick line, edges go to what is read.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> from dfqgp.expr.pictures.graph import graph_of
    >>> words = Vocabulary.named({"close": "price", "open": "price"})
    >>> print(mermaid_of(graph_of([parse("close - open", words)], limit=10)))
    flowchart TD
      n0["· - ·"]
      n1(["close"])
      n2(["open"])
      n0 -->|1| n1
      n0 -->|2| n2
      style n0 stroke-width:3px
    """
    lines = [*_vertices(graph), *_edges(graph)]
    if graph.left_out:
        lines.append(f'note["{_escaped(graph.left_out)}"]')
    lines.extend(f"style n{root} stroke-width:3px" for root in dict.fromkeys(graph.roots))
    return "\n".join(["flowchart TD", *(f"  {line}" for line in lines)])


def _vertices(graph: Graph) -> Iterator[str]:
    for v, vertex in enumerate(graph.vertices):
        readers = f"<br/>{vertex.readers} readers" if vertex.readers > 1 else ""
        left, right = ("[", "]") if vertex.node.args else ("([", "])")
        yield f'n{v}{left}"{_escaped(vertex.label)}{readers}"{right}'


def _edges(graph: Graph) -> Iterator[str]:
    cut = 0
    for v, vertex in enumerate(graph.vertices):
        for place, read in enumerate(vertex.reads, start=1):
            label = f"|{place}|" if vertex.ordered else ""
            if read is None:
                yield f'c{cut}["…"]'
            yield f"n{v} -->{label} {f'c{cut}' if read is None else f'n{read}'}"
            cut += read is None


def _escaped(text: str) -> str:
    """Write what Mermaid, its Markdown or HTML would read as its own by codes; an underscore inside a word is safe."""
    item = _LIST.match(text)
    sign = item.start(1) if item else None
    return "".join(each if i != sign and _is_safe(text, i) else f"#{ord(each)};" for i, each in enumerate(text))


def _is_safe(text: str, i: int) -> bool:
    inside_word = 0 < i < len(text) - 1 and text[i - 1].isalnum()
    return text[i].isalnum() or text[i] in _PLAIN or (text[i] == "_" and inside_word)
