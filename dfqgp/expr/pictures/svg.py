"""A graph as SVG, for notebooks: they all show it, and nothing has to be installed.

1. Each vertex hangs under the first that reads it, which makes a tree of the graph.
2. A vertex takes as much width as what hangs under it, or as its own label; so no two overlap (``_Layout``).
3. Its level is the longest way from a root, so that every edge goes down.
"""

from __future__ import annotations

import html
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.expr.pictures.graph import Graph

_CHARACTER, _HEIGHT, _LEVEL, _GAP = 7.3, 24, 56, 14  # pixels, for a monospaced font of 12


def svg_of(graph: Graph) -> str:
    """Return one ``<svg>`` element, in the colours of the page around it.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> from dfqgp.expr.pictures.graph import graph_of
    >>> words = Vocabulary.named({"close": "price"})
    >>> svg_of(graph_of([parse("ts_mean(close, 5)", words)], limit=10)).count("<rect")
    2
    """
    layout = _Layout(graph)
    note_width = _width(graph.left_out) if graph.left_out else 0
    width = max(layout.width, note_width) + _GAP
    height = (max(layout.level) + 1) * _LEVEL + (_LEVEL / 2 if graph.left_out else 0)
    note = _text(_GAP, height - 10, graph.left_out, "start") if graph.left_out else ""
    parts = [*_edges(graph, layout), *_boxes(graph, layout), note]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-family="monospace"'
        f' font-size="12" fill="currentColor" stroke="none">{"".join(parts)}</svg>'
    )


class _Layout:
    """Where each vertex is: the middle of its box, its level, its width; and the width of all."""

    def __init__(self, graph: Graph) -> None:
        count = len(graph.vertices)
        self.graph = graph
        self.own = [_width(_label(graph, v)) for v in range(count)]
        self.level = self._levels()
        self.middle = [0.0] * count
        self.width = 0.0
        placed: set[int] = set()
        for root in graph.roots:
            if root not in placed:
                self.width += self._place(root, self.width, placed) + _GAP

    def _levels(self) -> list[int]:
        level = [0] * len(self.graph.vertices)
        for v in self._readers_first():
            for read in self.graph.vertices[v].reads:
                if read is not None:
                    level[read] = max(level[read], level[v] + 1)
        return level

    def _readers_first(self) -> list[int]:
        done: dict[int, None] = {}

        def visit(v: int) -> None:
            for read in self.graph.vertices[v].reads:
                if read is not None and read not in done:
                    visit(read)
            done[v] = None

        for root in self.graph.roots:
            if root not in done:
                visit(root)
        return list(reversed(done))

    def _place(self, v: int, left: float, placed: set[int]) -> float:
        """Place a vertex and what hangs under it from ``left`` on; return the width taken."""
        placed.add(v)
        inner, hanging = left, []
        for read in dict.fromkeys(self.graph.vertices[v].reads):
            if read is not None and read not in placed:
                inner += self._place(read, inner, placed) + _GAP
                hanging.append(read)
        taken = max(inner - left - _GAP, self.own[v])
        if hanging:
            self.middle[v] = max((self.middle[hanging[0]] + self.middle[hanging[-1]]) / 2, left + self.own[v] / 2)
        else:
            self.middle[v] = left + self.own[v] / 2
        return max(taken, self.middle[v] + self.own[v] / 2 - left)


def _boxes(graph: Graph, layout: _Layout) -> Iterator[str]:
    for v, vertex in enumerate(graph.vertices):
        x, y = layout.middle[v] - layout.own[v] / 2 + _GAP / 2, layout.level[v] * _LEVEL + 2
        rounding, thick = (3 if vertex.node.args else 12), (2 if v in graph.roots else 1)
        title = html.escape(f"{vertex.label}: {vertex.readers} readers" if vertex.readers > 1 else vertex.label)
        yield (
            f'<g><title>{title}</title><rect x="{x:.1f}" y="{y}" width="{layout.own[v]:.1f}" height="{_HEIGHT}"'
            f' rx="{rounding}" fill="none" stroke="currentColor" stroke-width="{thick}"/>'
            f"{_text(x + layout.own[v] / 2, y + 16, _label(graph, v), 'middle')}</g>"
        )


def _edges(graph: Graph, layout: _Layout) -> Iterator[str]:
    for v, vertex in enumerate(graph.vertices):
        x, y = layout.middle[v] + _GAP / 2, layout.level[v] * _LEVEL + 2 + _HEIGHT
        for place, read in enumerate(vertex.reads, start=1):
            if read is None:
                yield _text(x + (place - 1) * _GAP, y + 14, "…", "middle")
                continue
            to_x, to_y = layout.middle[read] + _GAP / 2, layout.level[read] * _LEVEL + 2
            yield f'<path d="M{x:.1f},{y} L{to_x:.1f},{to_y}" stroke="currentColor" stroke-width="0.7"/>'
            if vertex.ordered:
                yield _text(x + (to_x - x) * 0.6 + 5, y + (to_y - y) * 0.6, str(place), "start")


def _label(graph: Graph, v: int) -> str:
    vertex = graph.vertices[v]
    label = " ".join(vertex.label.split())
    return f"{label} ×{vertex.readers}" if vertex.readers > 1 else label


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _width(label: str) -> float:
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in label)
    return (len(label) + wide) * _CHARACTER + _GAP
