"""dfqgp: formulaic alpha factors for daily stock panels, mined by genetic programming.

Packages are imported inside the functions, so that ``import dfqgp`` stays light.
"""

# ruff: noqa: PLC0415 -- see above
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, overload

from dfqgp.panel import Panel, need_panel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dfqgp import ops
    from dfqgp.api import (
        FactorLibrary,
        Scores,
        check_table,
        draw,
        equivalent,
        explain,
        feature_table,
        intraday,
        load_library,
        operator_table,
        search,
        with_intraday,
    )
    from dfqgp.backends.settings import BackendName
    from dfqgp.expr import Node
    from dfqgp.fitness import Metrics
    from dfqgp.market.labels import EntryPrice, ExitRule, LabelKind
    from dfqgp.ops import operator
    from dfqgp.panel import ArrowTable, Quality
    from dfqgp.sources.layouts import LayoutName

_LAZY = {
    "FactorLibrary": "dfqgp.api",
    "check_table": "dfqgp.api",
    "draw": "dfqgp.api",
    "equivalent": "dfqgp.api",
    "explain": "dfqgp.api",
    "feature_table": "dfqgp.api",
    "intraday": "dfqgp.api",
    "load_library": "dfqgp.api",
    "operator": "dfqgp.ops",
    "operator_table": "dfqgp.api",
    "search": "dfqgp.api",
    "with_intraday": "dfqgp.api",
}

__all__ = [
    "FactorLibrary", "Panel", "check_table", "draw", "equivalent", "evaluate", "explain", "feature_table",
    "intraday", "load_library", "operator", "operator_table", "ops", "parse", "render", "score", "search",
    "with_intraday",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a public name when it is first asked for."""
    if name == "ops":
        return importlib.import_module("dfqgp.ops")
    if name not in _LAZY:
        raise AttributeError(f"module 'dfqgp' has no attribute '{name}'")
    return getattr(importlib.import_module(_LAZY[name]), name)


def parse(
    text: str, panel: Panel, *, typed: bool = True, dialect: str = "dfqgp", names: Sequence[str] | None = None
) -> Node:
    """Read an expression over a panel's fields and groups.

    Parameters
    ----------
    text : str
        Expression, see docs/expression_language.md; in another notation, see docs/dialects.md.
    panel : Panel
        Its fields and groups are the names that may be used.
    typed : bool
        Refuse expressions whose units do not agree.
    dialect : {"dfqgp", "alpha101", "qlib", "gplearn"}
        Notation of the text: the package's own, that of "101 Formulaic Alphas", of qlib, or of gplearn's programs.
    names : sequence of str, optional
        For gplearn, the features that ``X0``, ``X1``, ... are; those of the panel by default, in its order.

    Returns
    -------
    Node
        With ``size``, ``depth`` and ``lookback``; ``repr`` gives the text back.

    Raises
    ------
    ExpressionError
        With the position, what stands there, what was expected and the nearest name.
    UnitError
        If ``typed`` and the units do not agree.
    PanelError
        If the second argument is no panel.
    ConfigError
        For a dialect that is not known, or ``names`` for one that has no numbered columns.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> panel = dq.Panel.from_frame(open_source(SyntheticSettings(assets=20, days=90)).load().frame)
    >>> dq.parse("(-1 * correlation(open, volume, 10))", panel, dialect="alpha101")
    -1 * ts_corr(open, volume, 10)
    """
    from dfqgp import expr

    need_panel(panel)
    return expr.parse(text, expr.Vocabulary.of(panel), typed=typed, dialect=dialect, names=names)


def render(expr: Node, *, dialect: str = "dfqgp") -> str:
    """Write an expression as text of this language, or as code of another tool.

    Parameters
    ----------
    expr : Node
        What ``parse`` gives.
    dialect : {"dfqgp", "qlib", "polars", "polars_lazy", "pandas", "dolphindb", "kunquant"}
        What to write, see docs/writing_code.md.

    Returns
    -------
    str
        An expression for ``dfqgp`` and ``qlib``; for the others code that defines a function ``factor``, with the
        helper functions that it uses.

    Raises
    ------
    WriteError
        For an operator that the dialect cannot say by the same definition.
    ConfigError
        For a dialect that is not there.
    TypeError
        If ``expr`` is no expression.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.expr import call, field
    >>> dq.render(call("ts_mean", (field("close"),), (5,)), dialect="qlib")
    'Mean($close, 5)'
    """
    from dfqgp.expr import Node
    from dfqgp.expr.dialects.writers import write

    if not isinstance(expr, Node):
        raise TypeError(f"render takes an expression, not a {type(expr).__name__}; parse(text, panel) makes one")
    return write(expr, dialect)


def evaluate(
    expressions: str | Node | Sequence[str | Node], panel: Panel, *, backend: BackendName = "cpu", typed: bool = True
) -> NDArray[np.float32]:
    """Compute one or many expressions over a panel.

    Parameters
    ----------
    expressions : str, Node or a sequence of them
        K expressions; sub-expressions that they share are computed once.
    panel : Panel
        T dates, N assets.
    backend : {"cpu", "reference"}
        Numba kernels, or the NumPy definitions.
    typed : bool
        Refuse texts whose units do not agree.

    Returns
    -------
    (T, N) or (K, T, N) float32
        (T, N) for a single expression. NaN is missing; rows before an expression's lookback are NaN.

    Raises
    ------
    ExpressionError, UnitError
        For a text that is no expression.
    PanelError
        If the second argument is no panel.
    BackendError, BudgetError
        If the backend cannot run here, or an expression does not fit the memory.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> market = open_source(SyntheticSettings(assets=20, days=90)).load().frame
    >>> dq.evaluate("cs_rank(ts_corr(close, volume, 20))", dq.Panel.from_frame(market)).shape
    (90, 20)
    """
    from dfqgp.backends import BackendSettings, open_backend
    from dfqgp.engine import Engine
    from dfqgp.expr import Node, operators_of

    need_panel(panel)
    single = isinstance(expressions, str | Node)
    several = [expressions] if isinstance(expressions, str | Node) else list(expressions)
    roots = [parse(each, panel, typed=typed) if isinstance(each, str) else each for each in several]
    engine = Engine(panel, open_backend(BackendSettings(name=backend)), operators=operators_of(roots))
    values = engine.evaluate(roots)
    return values[0] if single else values


@overload
def score(  # type: ignore[overload-overlap]  # a text is a sequence of texts to the checker
    expressions: str | Node, panel: Panel, *, horizon: int = ..., entry: EntryPrice = ..., exit: ExitRule = ...,
    delay: int = ..., kind: LabelKind = ..., backend: BackendName = ..., typed: bool = ..., min_assets: int = ...,
) -> Metrics: ...  # fmt: skip
@overload
def score(
    expressions: Sequence[str | Node], panel: Panel, *, horizon: int = ..., entry: EntryPrice = ...,
    exit: ExitRule = ..., delay: int = ..., kind: LabelKind = ..., backend: BackendName = ..., typed: bool = ...,
    min_assets: int = ...,
) -> Scores: ...  # fmt: skip
def score(
    expressions: str | Node | Sequence[str | Node], panel: Panel, *, horizon: int = 5, entry: EntryPrice = "open",
    exit: ExitRule = "delayed", delay: int = 10, kind: LabelKind = "raw", backend: BackendName = "cpu",  # noqa: A002
    typed: bool = True, min_assets: int = 30,
) -> Metrics | Scores:  # fmt: skip
    """Score one or many expressions over all days of a panel by their neutralised rank IC.

    Parameters
    ----------
    expressions : str, Node or a sequence of them
        The factors; several are evaluated and scored in one pass.
    panel : Panel
        T dates, N assets, with the entry price and ``close`` as fields.
    horizon : int
        Trading days between entry and exit.
    entry : {"open", "vwap", "close"}
        Price of both.
    exit : {"delayed", "strict", "naive"}
        What happens where the stock cannot be sold on the exit day: it is sold on the first day on which it can be, up
        to ``delay`` days later, and valued at its last close where there is none; it has no label; or its price is
        taken all the same. docs/fitness_spec.md has worked days.
    delay : int
        Trading days that a delayed exit may be late.
    kind : {"raw", "excess", "industry", "volatility"}
        The return itself, or less the universe's mean, or less its industry's mean, or over the stock's volatility.
    backend : {"cpu", "reference"}
        Fused kernel, or the definition step by step.
    typed : bool
        Refuse a text whose units do not agree.
    min_assets : int
        Days with fewer stocks in the sample drop out.

    Returns
    -------
    Metrics, or Scores for a sequence
        ``ic`` is (T,), NaN on days that dropped out; the last ``horizon`` + 1 are among them, and with a delayed exit
        the last ``delay`` before those. ``ic_mean``, ``icir``, ``hac_t`` and the others are over the days kept;
        ``failure`` says why a factor would be rejected. Scores are a sequence of them with ``to_frame()``.

    Raises
    ------
    ExpressionError, UnitError
        For a text that is no expression.
    PanelError
        If the second argument is no panel.
    ConfigError
        For a horizon, an entry, an exit, a delay or a kind that cannot be.
    """
    from dfqgp.api.scores import Scores
    from dfqgp.backends import BackendSettings, open_backend
    from dfqgp.engine import Engine
    from dfqgp.expr import Node, operators_of
    from dfqgp.fitness import FitnessSettings, make_target, metrics_of
    from dfqgp.market import LabelSettings, panel_labels

    need_panel(panel)
    single = isinstance(expressions, str | Node)
    several = [expressions] if isinstance(expressions, str | Node) else list(expressions)
    roots = [parse(each, panel, typed=typed) if isinstance(each, str) else each for each in several]
    label = panel_labels(panel, LabelSettings(horizon=horizon, entry=entry, exit=exit, delay=delay, kind=kind))
    settings = FitnessSettings(min_assets=min_assets)
    target = make_target(panel, label, range(panel.shape[0]), settings, horizon=horizon)
    chosen = open_backend(BackendSettings(name=backend))
    engine = Engine(panel, chosen, targets=[target], operators=operators_of(roots))
    metrics = metrics_of(engine.score(roots)[0], target, settings)
    return metrics[0] if single else Scores([repr(root) for root in roots], metrics)


def _panel_from_frame(
    frame: ArrowTable,
    *,
    features: Sequence[str],
    units: Mapping[str, Any] | None,
    layout: LayoutName,
    calendar: NDArray[np.datetime64] | None,
    min_listed_days: int,
    exclude_st: bool,
    quality: Quality,
    **treatment: Any,  # noqa: ANN401 - checked by the record
) -> Panel:
    """Check a long table, assemble it, and measure it; the further keywords are those of Treatment."""
    from dfqgp.api.quality import panel_of
    from dfqgp.market import UniverseSettings
    from dfqgp.sources.frames import to_pandas
    from dfqgp.sources.layouts import LayoutSettings, check_table, to_ours

    where = "Panel.from_frame"
    universe = UniverseSettings(min_listed_days=min_listed_days, exclude_st=exclude_st)
    settings = LayoutSettings(features=tuple(features), units=dict(units or {}), layout=layout, **treatment)
    table = check_table(to_ours(where, to_pandas(frame), settings), settings, where)
    return panel_of(table, universe, calendar, quality)


Panel.register_frame_builder(_panel_from_frame)
