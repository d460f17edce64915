"""A graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.expr.pictures.graph import Graph


def dot_of(graph: Graph) -> str:
    """Return a ``digraph``: features are ellipses, expressions have a double line, edges go to what is read.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> from dfqgp.expr.pictures.graph import graph_of
    >>> words = Vocabulary.named({"close": "price", "open": "price"})
    >>> print(dot_of(graph_of([parse("close - open", words)], limit=10)))
    digraph expressions {
      graph [ordering=out];
      node [shape=box, fontname="monospace"];
      n0 [label="· - ·", peripheries=2];
      n1 [label="close", shape=ellipse];
      n2 [label="open", shape=ellipse];
      n0 -> n1 [label="1"];
      n0 -> n2 [label="2"];
    }
    """
    lines = ["graph [ordering=out];", 'node [shape=box, fontname="monospace"];', *_vertices(graph), *_edges(graph)]
    if graph.left_out:
        lines.append(f"note [label={_quoted(graph.left_out)}, shape=plaintext];")
    return "\n".join(["digraph expressions {", *(f"  {line}" for line in lines), "}"])


def _vertices(graph: Graph) -> Iterator[str]:
    for v, vertex in enumerate(graph.vertices):
        readers = f"\n{vertex.readers} readers" if vertex.readers > 1 else ""
        facts = [f"label={_quoted(vertex.label + readers)}"]
        if not vertex.node.args:
            facts.append("shape=ellipse")
        if v in graph.roots:
            facts.append("peripheries=2")
        yield f"n{v} [{', '.join(facts)}];"


def _edges(graph: Graph) -> Iterator[str]:
    cut = 0
    for v, vertex in enumerate(graph.vertices):
        for place, read in enumerate(vertex.reads, start=1):
            label = f' [label="{place}"]' if vertex.ordered else ""
            if read is None:
                yield f'c{cut} [label="…", shape=plaintext];'
            yield f"n{v} -> {f'c{cut}' if read is None else f'n{read}'}{label};"
            cut += read is None


def _quoted(text: str) -> str:
    """Return a string of DOT; a backslash would begin one of Graphviz's own escapes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", "\\n")
    return f'"{escaped}"'
