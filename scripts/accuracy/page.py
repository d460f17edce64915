"""The measured tables of docs/numerics.md."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from reference_pages.markdown import code, table

from accuracy.inputs import FAMILIES, SHAPES
from accuracy.measure import EXACT, ULP, WORSE, bound
from accuracy.others import STATISTICS, TROUBLES, error_of_other
from dfqgp.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Mapping

INPUTS = (*FAMILIES, *SHAPES)


def shown(name: str, error: float) -> str:
    """Return the bound of an operator's error as the table writes it."""
    least = bound(name, error)
    words = {EXACT: "exact", ULP: "1 ulp", WORSE: "worse"}
    return words.get(least) or f"{least:.0e}".replace("e-0", "e-")


def accuracy(errors: Mapping[tuple[str, str], float]) -> str:
    """Return the table of operators and inputs."""
    named = [name for name, op in OPERATORS.items() if op.builtin]
    rows = [[code(name), *(shown(name, errors[name, each]) for each in INPUTS)] for name in named]
    return table(["operator", *INPUTS], rows)


def others() -> str:
    """Return the table of other libraries on the same inputs, and their versions."""
    rows = [
        [statistic, library, *(error_of_other(statistic, library, trouble) for trouble in TROUBLES)]
        for statistic, libraries in STATISTICS.items()
        for library in libraries
    ]
    return f"{versions()}\n\n{table(['statistic', 'library', *TROUBLES], rows)}"


def versions() -> str:
    """Return the line that names the measured versions."""
    named = (f"{name} {version(name)}" for name in ("pandas", "polars", "bottleneck", "numpy"))
    return f"Measured with {', '.join(named)}."


def with_table(page: str, name: str, content: str) -> str:
    """Return a page with what stands between the marks of a table replaced."""
    start, end = f"<!-- {name}: written by scripts/measure_accuracy.py -->\n", f"<!-- end of {name} -->"
    whole = re.compile(f"({re.escape(start)}).*?({re.escape(end)})", re.DOTALL)
    if not whole.search(page):
        raise ValueError(f"the page has no marks '{start.strip()}' and '{end}'")
    return whole.sub(lambda found: f"{found[1]}{content}\n{found[2]}", page)
