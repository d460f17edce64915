"""Pictures of expressions in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import ConfigError
from dfqgp.expr import Node, Vocabulary, parse, pictures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.panel import Panel


def draw(
    expressions: str | Node | Sequence[str | Node],
    panel: Panel | None = None,
    *,
    form: pictures.Form = "text",
    limit: int = 100,
) -> pictures.Picture:
    """Draw an expression, or several as one graph in which what they share stands once, with how many read it.

    Parameters
    ----------
    expressions : str, Node or a sequence of them
        Such as ``"cs_rank(close)"``, or ``library.trees(panel)``.
    panel : Panel, optional
        Whose fields and groups the texts name; trees need none.
    form : {"text", "dot", "mermaid", "svg"}
        A text tree, Graphviz, Mermaid or SVG; notebooks show the last two as images.
    limit : int
        Largest number of distinct sub-expressions that are drawn; the picture says what is left out.

    Returns
    -------
    Picture
        A str.

    Raises
    ------
    ExpressionError
        For a text that is no expression.
    ConfigError
        For another form, a limit below 1, no expression, or a text without a panel.

    Examples
    --------
    >>> import dfqgp as dq
    >>> from dfqgp.sources import SyntheticSettings, open_source
    >>> panel = dq.Panel.from_frame(open_source(SyntheticSettings(assets=20, days=90)).load().frame)
    >>> print(dq.draw("ts_delta(close, 5) / ts_mean(ts_delta(close, 5), 20)", panel))
    · / ·
    ├─ #1 ts_delta(·, 5)  (2 readers)
    │  └─ close
    └─ ts_mean(·, 20)
       └─ #1, see above
    """
    several = [expressions] if isinstance(expressions, str | Node) else list(expressions)
    if panel is None and any(isinstance(each, str) for each in several):
        hint = "; pass one as the second argument, or trees of dfqgp.parse"
        raise ConfigError(key="panel", got="None for a text", expected="a panel", hint=hint)
    trees = [
        parse(each, Vocabulary.of(panel), typed=False) if isinstance(each, str) and panel is not None else each
        for each in several
    ]
    return pictures.draw([tree for tree in trees if isinstance(tree, Node)], form=form, limit=limit)
