"""Programs of gplearn, as its ``SymbolicTransformer`` and ``SymbolicRegressor`` print them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from dfqgp.expr.dialects.readers.reader import Reader
from dfqgp.expr.node import field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfqgp.expr.node import Node
    from dfqgp.expr.raw import Name
    from dfqgp.expr.vocabulary import Vocabulary

_COLUMN = re.compile(r"X([0-9]{1,6})")
_TRIGONOMETRY = "there are no trigonometric functions"


class Gplearn(Reader):
    """Columns as ``X0``, and functions that are protected near 0.

    Parameters
    ----------
    text : str
        The program.
    vocabulary : Vocabulary
        Names of features.
    bound : mapping of str to Node or number, optional
        As for every resolver.
    names : sequence of str, optional
        The features of the columns ``X0``, ``X1``, ...; the vocabulary's own by default, in its order.

    Notes
    -----
    ``div`` is 1, ``inv`` and ``log`` are 0 where the absolute value of what is divided by, inverted or taken the
    logarithm of is at most 0.001; ``sqrt`` and ``log`` take absolute values. A missing value stays missing.
    """

    meanings: ClassVar[Mapping[str, str]] = {
        "add(x, y)": "x + y",
        "sub(x, y)": "x - y",
        "mul(x, y)": "x * y",
        "div(x, y)": "if_else(abs(y) > 0.001, x / y, 1)",
        "sqrt(x)": "sqrt(abs(x))",
        "log(x)": "if_else(abs(x) > 0.001, log(abs(x)), 0)",
        "abs(x)": "abs(x)",
        "neg(x)": "-x",
        "inv(x)": "if_else(abs(x) > 0.001, inv(x), 0)",
        "max(x, y)": "max2(x, y)",
        "min(x, y)": "min2(x, y)",
        "sig(x)": "sigmoid(x)",
    }
    unsaid: ClassVar[Mapping[str, str]] = {"sin": _TRIGONOMETRY, "cos": _TRIGONOMETRY, "tan": _TRIGONOMETRY}

    def __init__(
        self,
        text: str,
        vocabulary: Vocabulary,
        bound: Mapping[str, Node | float] | None = None,
        *,
        names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(text, vocabulary, bound)
        self.names = tuple(vocabulary.fields) if names is None else tuple(names)

    def name(self, raw: Name) -> Node:
        """Return the feature of a column, or of a name where the program carries names."""
        column = _COLUMN.fullmatch(raw.name)
        if column is None or raw.name in self.vocabulary.fields:
            return super().name(raw)
        place = int(column[1])
        if place >= len(self.names):
            raise self.error(raw, self.said(raw), f"a column from X0 to X{len(self.names) - 1}")
        if self.names[place] not in self.vocabulary.fields:
            what = f"{self.said(raw)}, which names= calls '{self.names[place]}'"
            raise self.error(raw, what, "a field of the panel")
        return field(self.names[place])
