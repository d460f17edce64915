"""Drawing in any form, and what notebooks show."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Literal, get_args

from dfqgp.errors import ConfigError, nearest
from dfqgp.expr.node import Node
from dfqgp.expr.pictures.dot import dot_of
from dfqgp.expr.pictures.graph import graph_of
from dfqgp.expr.pictures.mermaid import mermaid_of
from dfqgp.expr.pictures.svg import svg_of
from dfqgp.expr.pictures.text import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from dfqgp.expr.pictures.graph import Graph

Form = Literal["text", "dot", "mermaid", "svg"]
FORMS: tuple[Form, ...] = get_args(Form)

_WRITERS: dict[Form, Callable[[Graph], str]] = {
    "text": text_of, "dot": dot_of, "mermaid": mermaid_of, "svg": svg_of,
}  # fmt: skip
_IN_A_CELL = 60  # vertices that a notebook shows of an expression at the end of a cell


class Picture(str):
    """The text of a picture; notebooks show a Mermaid or SVG one as an image.

    Attributes
    ----------
    form : {"text", "dot", "mermaid", "svg"}
        The language that it is written in.
    """

    __slots__ = ("form",)
    form: Form

    def __new__(cls, text: str, form: Form) -> Self:
        """Make the text a picture."""
        made = super().__new__(cls, text)
        made.form = form
        return made

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        """Offer the picture in the types of output that JupyterLab and VS Code know.

        JupyterLab draws ``text/vnd.mermaid``; VS Code draws Mermaid in Markdown where an extension for it is there.
        """
        bundle = {"text/plain": str(self)}
        if self.form == "mermaid":
            bundle |= {"text/vnd.mermaid": str(self), "text/markdown": f"```mermaid\n{self}\n```"}
        elif self.form == "svg":
            bundle["image/svg+xml"] = str(self)
        return bundle


def draw(trees: Node | Sequence[Node], *, form: Form = "text", limit: int = 100) -> Picture:
    """Draw a tree, or several as one graph.

    Parameters
    ----------
    trees : Node or sequence of Node
        A sub-expression that they share is drawn once, with the number of its readers.
    form : {"text", "dot", "mermaid", "svg"}
        Language of the picture.
    limit : int
        Largest number of distinct sub-expressions that are drawn; the picture says what is left out.

    Returns
    -------
    Picture
        A str. The same trees give the same text.

    Raises
    ------
    ConfigError
        For another form, or a limit below 1.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price", "volume": "shares"})
    >>> print(draw(parse("cs_rank(ts_corr(close, volume, 20))", words)))
    cs_rank(·)
    └─ ts_corr(·, ·, 20)
       ├─ close
       └─ volume
    """
    if form not in FORMS:
        hint = nearest(str(form), FORMS)
        raise ConfigError(key="form", got=repr(form), expected=f"one of {', '.join(FORMS)}", hint=hint)
    if not isinstance(limit, int) or limit < 1:
        raise ConfigError(key="limit", got=repr(limit), expected="a whole number from 1", hint="")
    given = [trees] if isinstance(trees, Node) else list(trees)
    if not given:
        raise ConfigError(key="expressions", got="none", expected="one or more", hint="")
    return Picture(_WRITERS[form](graph_of(given, limit)), form)


def notebook_html(tree: Node) -> str:
    """Return what a notebook shows of a tree: its formula, and a picture where it has more than one level.

    The formula stays where a viewer takes out the picture, as those of repositories do.
    """
    formula = f"<code>{html.escape(repr(tree))}</code>"
    return f"{formula}<div>{draw(tree, form='svg', limit=_IN_A_CELL)}</div>" if tree.depth > 1 else formula
