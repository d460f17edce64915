"""What an expression is and does on a panel, for a reader."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.errors import UnitError
from dfqgp.expr import Call, Field, Group, Node, Vocabulary, canonicalize, operators_of, parse, unit_of
from dfqgp.expr.readings import LanguageName, language_named, read
from dfqgp.panel import need_panel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from dfqgp.backends.settings import BackendName
    from dfqgp.expr.rules import Rule
    from dfqgp.panel import Panel


@dataclass(frozen=True)
class Explanation:
    """Facts about an expression; prints as text, and ``rich.print`` as a table.

    Attributes
    ----------
    expression : str
        The formula.
    reading : str
        What it computes, in words; several lines where it takes steps.
    canonical : str
        Its canonical form.
    rules : tuple of str
        The rules that bring it there, each as ``left -> right``.
    lookback : int
        Days before the day itself that a value reads.
    unit : str or None
        Unit of the value; None where units do not agree.
    disagreement : str or None
        Which units do not agree, and where.
    size, depth : int
        Operators and leaves; levels.
    operators : int
        Distinct operator calls, each computed once.
    shared : int
        Those of them that are read more than once.
    cost : float
        Sum of their cost classes: about the number of passes over the panel.
    coverage : float or None
        Share of the universe's cells that have a value; None where there are no cells.
    coverage_after_warm_up : float or None
        The same without the first ``lookback`` days.
    inputs : tuple of str
        Features and groups that it reads.
    language : {"en", "zh"}
        Language of the reading and of the printed text.
    """

    expression: str
    reading: str
    canonical: str
    rules: tuple[str, ...]
    lookback: int
    unit: str | None
    disagreement: str | None
    size: int
    depth: int
    operators: int
    shared: int
    cost: float
    coverage: float | None
    coverage_after_warm_up: float | None
    inputs: tuple[str, ...]
    language: LanguageName

    def to_dict(self) -> dict[str, object]:
        """Return the facts by name, as JSON can hold them."""
        return asdict(self) | {"inputs": list(self.inputs), "rules": list(self.rules)}

    def __str__(self) -> str:
        colon = language_named(self.language).labels["colon"]
        indented = (
            (label, f"\n{text}".replace("\n", "\n  ") if "\n" in text else text) for label, text in self._lines()
        )
        return "\n".join(f"{label}{colon}{text}" for label, text in indented)

    __repr__ = __str__

    def __rich__(self) -> Table:
        """Return the facts as two columns."""
        from rich.table import Table  # noqa: PLC0415 -- only who prints with rich needs it
        from rich.text import Text  # noqa: PLC0415

        table = Table.grid(padding=(0, 2))
        for label, text in self._lines():
            table.add_row(Text(label, style="bold"), Text(text))
        return table

    def _lines(self) -> Iterator[tuple[str, str]]:
        language = language_named(self.language)
        words = language.labels
        figures = {
            "lookback": self.lookback,
            "cost": f"{self.cost:g}",
            "operators": self.operators,
            "shared": self.shared,
            "coverage": _percent(self.coverage),
            "coverage_after_warm_up": _percent(self.coverage_after_warm_up),
        }
        yield words["expression"], self.expression
        yield words["reading"], self.reading
        yield words["canonical"], self.canonical
        if self.rules:
            yield words["rules"], words["comma"].join(self.rules)
        yield words["lookback"], words["days"].format(**figures)
        yield words["unit"], self.disagreement or language.units.get(self.unit or "", self.unit or "")
        yield words["cost"], words["passes"].format(**figures)
        yield words["coverage"], words["shares"].format(**figures)
        yield words["inputs"], words["comma"].join(self.inputs)


def explain(
    expression: str | Node, panel: Panel, language: LanguageName = "en", *, backend: BackendName = "cpu"
) -> Explanation:
    """Say what an expression means, what it costs, and how much of a panel it covers.

    Parameters
    ----------
    expression : str or Node
        The factor. Its units need not agree: the explanation says where they do not.
    panel : Panel
        T dates, N assets; the expression is evaluated over it once.
    language : {"en", "zh"}
        English or Chinese.
    backend : {"cpu", "gpu", "reference"}
        Where it is evaluated.

    Returns
    -------
    Explanation
        Its ``str`` is the text, ``to_dict`` the facts.

    Raises
    ------
    ExpressionError
        For a text that is no expression.
    PanelError
        If the second argument is no panel.
    ConfigError
        For another language.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> panel = dq.Panel.from_frame(open_source(SyntheticSettings(assets=20, days=90)).load().frame)
    >>> told = dq.explain("cs_rank(ts_corr(close, volume, 20))", panel, backend="reference")
    >>> told.reading
    "the day's rank of the 20-day correlation of close and volume"
    >>> told.lookback, told.unit, told.operators, told.cost, told.inputs
    (19, 'ratio', 2, 18.0, ('close', 'volume'))
    """
    need_panel(panel)
    language_named(language)
    words = Vocabulary.of(panel)
    tree = parse(expression, words, typed=False) if isinstance(expression, str) else expression
    calls = _calls(tree)
    used: list[Rule] = []
    canonical = canonicalize(tree, used=used)
    unit, disagreement = _unit(tree, words)
    values = Engine(panel, open_backend(BackendSettings(name=backend)), operators=operators_of([tree])).evaluate([tree])
    there = np.isfinite(values[0])
    return Explanation(
        expression=repr(tree),
        reading=read(tree, language),
        canonical=repr(canonical),
        rules=tuple(dict.fromkeys(map(str, used))),
        lookback=tree.lookback,
        unit=unit,
        disagreement=disagreement,
        size=tree.size,
        depth=tree.depth,
        operators=len(calls),
        shared=sum(count > 1 for count in calls.values()),
        cost=sum(call.op.cost.value for call in calls),
        coverage=_share(there, panel.universe),
        coverage_after_warm_up=_share(there[tree.lookback :], panel.universe[tree.lookback :]),
        inputs=_inputs(tree),
        language=language,
    )


def _calls(tree: Node) -> dict[Call, int]:
    """Return the distinct calls of a tree, and in how many places each is read."""
    found: dict[Node, int] = {tree: 1}
    queue = [tree]
    for node in queue:
        for arg in node.args:
            if arg not in found:
                queue.append(arg)
            found[arg] = found.get(arg, 0) + 1
    return {node: count for node, count in found.items() if isinstance(node, Call)}


def _inputs(tree: Node) -> tuple[str, ...]:
    found: dict[Node, None] = {tree: None}
    queue = [tree]
    for node in queue:
        queue.extend(arg for arg in dict.fromkeys(node.args) if arg not in found)
        found.update(dict.fromkeys(node.args))
    return tuple(node.name for node in found if isinstance(node, Field | Group))


def _unit(tree: Node, words: Vocabulary) -> tuple[str | None, str | None]:
    try:
        return str(unit_of(tree, words)), None
    except UnitError as error:
        return None, str(error)


def _share(there: np.ndarray, universe: np.ndarray) -> float | None:
    cells = int(universe.sum())
    return float((there & universe).sum() / cells) if cells else None


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
