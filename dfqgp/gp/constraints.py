"""Which trees may enter a population."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.errors import UnitError
from dfqgp.expr import Call, Constant, Field, Group, is_boolean, never_varies, panel_args, unit_of
from dfqgp.gp.dedup import distinct_form
from dfqgp.gp.grammar import takes_constants

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from dfqgp.expr import Node, Vocabulary
    from dfqgp.gp.grammar import Grammar
    from dfqgp.gp.settings import GpSettings

_TRIES = 16  # most of those that fail do so early, at a unit that does not fit


class TreeConstraints:
    """What holds for every tree of a population: one form, within bounds, well typed, and not degenerate.

    Parameters
    ----------
    grammar : Grammar
        Names to build with, and units.
    settings : GpSettings
        Bounds of depth, size and lookback.
    """

    def __init__(self, grammar: Grammar, settings: GpSettings) -> None:
        self.vocabulary = grammar.vocabulary
        self.settings = settings
        self._names: dict[type[Node], Collection[str]] = {
            Field: grammar.vocabulary.fields,
            Group: grammar.vocabulary.groups,
            Call: {op.name for op in grammar.operators},
        }

    def normalized(self, node: Node | None) -> Node | None:
        """Return the distinct form of a tree, or None where that form is not acceptable."""
        if node is None:
            return None
        form = distinct_form(node)
        return form if self.accepts(form) else None

    def accepts(self, node: Node) -> bool:
        """Return whether a tree, in its distinct form, may be in a population."""
        return self.problem(node) is None

    def problem(self, node: Node) -> str | None:
        """Return why a tree, in its distinct form, may not be in a population, or None where it may."""
        bounds = self.settings
        if unknown := self._unknown_name(node):
            return f"'{unknown}' is not among the names to build with"
        for what in ("depth", "size", "lookback"):
            if getattr(node, what) > getattr(bounds, f"max_{what}"):
                return f"its {what} is {getattr(node, what)}, more than gp.max_{what}={getattr(bounds, f'max_{what}')}"
        if is_boolean(node):
            return "its value is boolean"
        if (part := idle_part(node)) is not None:
            return f"its part {part!r} is constant or trivial"
        return None if is_typed(node, self.vocabulary) else "its units do not agree"

    def _unknown_name(self, node: Node) -> str | None:
        """Return the first name in a tree that is not one to build with."""
        for part in node.walk():
            if not isinstance(part, Constant):
                name = part.op.name if isinstance(part, Call) else getattr(part, "name", repr(part))
                if name not in self._names[type(part)]:
                    return name
        return None

    def first_child(self, draw: Callable[[], Node | None], *parents: Node) -> Node | None:
        """Return the first of a few draws that is acceptable and none of the parents, in its distinct form."""
        for _ in range(_TRIES):
            child = self.normalized(draw())
            if child is not None and child not in parents:
                return child
        return None


def is_typed(node: Node, vocabulary: Vocabulary) -> bool:
    """Return whether the units of a tree agree."""
    try:
        unit_of(node, vocabulary)
    except UnitError:
        return False
    return True


def is_degenerate(node: Node) -> bool:
    """Return whether a simpler tree says the same as a tree, or as a part of it.

    That is a part that never varies (``x - x``, ``2 < cs_rank(x)``, a lone ``2``), a number where a window or a
    cross-section should see a feature, and a choice between one and the same.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price"})
    >>> [is_degenerate(parse(text, words)) for text in ("close - close", "ts_mean(2, 5)", "close * 2")]
    [True, True, False]
    """
    return idle_part(node) is not None


def idle_part(node: Node) -> Node | None:
    """Return a part of a tree that makes it degenerate, with none such inside; None where there is none."""
    idle = [part for part in node.walk() if isinstance(part, Call) and _is_idle(part)]
    return idle[-1] if idle else node if never_varies(node) else None


def _is_idle(node: Call) -> bool:
    args = panel_args(node)
    if never_varies(node) or (any(isinstance(arg, Constant) for arg in args) and not takes_constants(node.op)):
        return True
    choices = args[1:] if node.op.name == "if_else" else args
    return len(choices) > 1 and all(arg is choices[0] for arg in choices) and node.op.name not in _OF_ONE


_OF_ONE = frozenset({"mul", "add", "power", "ts_cov", "ts_top_mean", "ts_bottom_mean"})
"""Operators that say something of one and the same argument twice; of some of them a rule makes another."""
