"""Whether two formulas are equivalent, by the rules of the canonical form and by their fingerprints on a panel."""

from __future__ import annotations

import numpy as np

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import Equivalence, Node, Vocabulary, operators_of, parse
from dfqgp.expr import equivalent as equivalent_by_rules
from dfqgp.features import REGISTRY
from dfqgp.features.intraday import INTRADAY
from dfqgp.features.rows import INDUSTRY
from dfqgp.fitness import FitnessSettings, fingerprint_days, fingerprints_of, make_target
from dfqgp.panel import Panel, need_panel

_LEAST_ASSETS = 10


def equivalent(left: str | Node, right: str | Node, panel: Panel | None = None) -> Equivalence:
    """Tell whether two formulas are equivalent, how equal they are, and by which rules.

    Parameters
    ----------
    left, right : str or Node
        The formulas; units are not checked.
    panel : Panel, optional
        Its fields and groups are the names that texts may use, and where no rule shows the two equivalent, their
        residual ranks on 16 of its days are compared. Without one, texts may use the built-in features and
        ``industry``.

    Returns
    -------
    Equivalence
        ``equal``; ``kind``: ``"values"``, ``"rounding"``, ``"fitness"``, ``"fingerprint"`` or None; ``rules``, the
        rules used; ``form``, where the two meet. It is true if and only if they are equivalent. What is not shown to be
        equivalent may be so all the same.

    Raises
    ------
    ExpressionError
        For a text that is no expression.
    PanelError
        If the third argument is no panel.
    UnknownFieldError
        If a tree reads a field that the panel lacks.

    Examples
    --------
    >>> import dfqgp as dq
    >>> found = dq.equivalent("ts_max(close, 5) - ts_min(close, 5)", "ts_range(close, 5)")
    >>> found.kind, found.rules
    ('values', ('ts_max(x, w) - ts_min(x, w) -> ts_range(x, w)',))
    >>> bool(dq.equivalent("close - open", "close / open"))
    False
    """
    if panel is not None:
        need_panel(panel)
    words = _built_in() if panel is None else Vocabulary.of(panel)
    one, other = (parse(each, words, typed=False) if isinstance(each, str) else each for each in (left, right))
    found = equivalent_by_rules(one, other)
    if found or panel is None:
        return found
    return Equivalence(equal=True, kind="fingerprint") if _one_fingerprint([one, other], panel) else found


def _built_in() -> Vocabulary:
    return Vocabulary.named({feature.name: feature.unit for feature in (*REGISTRY, *INTRADAY)}, [INDUSTRY])


def _one_fingerprint(nodes: list[Node], panel: Panel) -> bool:
    """Compare the fingerprints of two trees on days on which both have their whole lookback."""
    first = max(node.lookback for node in nodes)
    rows = first + fingerprint_days(panel.shape[0] - first) if first < panel.shape[0] else np.empty(0, dtype=np.int64)
    label = np.tile(np.arange(panel.shape[1], dtype=np.float32), (panel.shape[0], 1))  # any: ranks do not depend on it
    target = make_target(panel, label, rows, FitnessSettings(min_assets=_LEAST_ASSETS), horizon=1)
    engine = Engine(panel, open_backend(BackendSettings(name="cpu")), targets=[target], operators=operators_of(nodes))
    (daily,) = engine.score(nodes, keep=np.ones(len(rows), dtype=bool))
    one, other = fingerprints_of(engine.session.fetch_ranks(daily.ranks))
    return one == other != ""
