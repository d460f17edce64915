"""A graph as a tree of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.expr.pictures.graph import Graph

_CUT = "…"


def text_of(graph: Graph) -> str:
    """Return one line per vertex under the line of its reader; several expressions are numbered from 1.

    A call that is read, or given, more than once is written out where it comes first and gets a number there; later
    lines name that number. What has nothing under it is written each time.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> from dfqgp.expr.pictures.graph import graph_of
    >>> words = Vocabulary.named({"close": "price"})
    >>> print(text_of(graph_of([parse("ts_delta(close, 5) / ts_mean(ts_delta(close, 5), 20)", words)], limit=10)))
    · / ·
    ├─ #1 ts_delta(·, 5)  (2 readers)
    │  └─ close
    └─ ts_mean(·, 20)
       └─ #1, see above
    """
    lines = list(_Writer(graph).lines())
    return "\n".join([*lines, *([graph.left_out] if graph.left_out else [])])


class _Writer:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.numbers: dict[int, int] = {}
        self.shared = {v for v in range(len(graph.vertices)) if graph.vertices[v].reads and self._uses(v) > 1}

    def lines(self) -> Iterator[str]:
        for number, root in enumerate(self.graph.roots, start=1):
            yield from self._under(root, f"{number}: " if len(self.graph.roots) > 1 else "", "")

    def _under(self, v: int | None, lead: str, indent: str) -> Iterator[str]:
        if v is None:
            yield f"{lead}{_CUT}"
            return
        if v in self.numbers:
            yield f"{lead}#{self.numbers[v]}, see above"
            return
        yield f"{lead}{self._own(v)}"
        reads = self.graph.vertices[v].reads
        for place, each in enumerate(reads, start=1):
            branch, rest = ("└─ ", "   ") if place == len(reads) else ("├─ ", "│  ")
            yield from self._under(each, f"{indent}{branch}", f"{indent}{rest}")

    def _own(self, v: int) -> str:
        vertex = self.graph.vertices[v]
        label = " ".join(vertex.label.split("\n"))
        if v not in self.shared:
            return label
        self.numbers[v] = len(self.numbers) + 1
        readers = f"  ({vertex.readers} readers)" if vertex.readers > 1 else ""
        return f"#{self.numbers[v]} {label}{readers}"

    def _uses(self, v: int) -> int:
        """Count the lines that stand for a vertex."""
        return sum(each.reads.count(v) for each in self.graph.vertices) + self.graph.roots.count(v)
