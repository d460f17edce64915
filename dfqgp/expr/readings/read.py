"""A tree as a phrase, or as numbered steps where one phrase would be nested too deeply to be read.

1. A leaf is its name, a call is its operator's phrase with those of the arguments put in.
2. Where an operator has several panel arguments, calls among them stand in brackets.
3. A tree deeper than ``DEEPEST`` is read in steps: a call of three levels, and one that is read twice, becomes a step,
   and its reader names the step's number.
4. An operator without a phrase, a user's own, is written as in the formula; its docstring follows in a line below.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, get_args

from dfqgp.errors import ConfigError, nearest
from dfqgp.expr.node import Call, Constant, Field, Group, Node
from dfqgp.expr.readings.en import ENGLISH
from dfqgp.expr.readings.zh import CHINESE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dfqgp.expr.readings.language import Language
    from dfqgp.ops import Operator

DEEPEST = 3
"""Levels of a tree that one phrase may read."""

LanguageName = Literal["en", "zh"]
LANGUAGES: dict[LanguageName, Language] = dict(zip(get_args(LanguageName), (ENGLISH, CHINESE), strict=True))


def language_named(name: str) -> Language:
    """Return the language called ``name``; raises ConfigError for one that is not there."""
    found = {str(each): language for each, language in LANGUAGES.items()}.get(name)
    if found is None:
        expected, hint = f"one of {', '.join(LANGUAGES)}", nearest(str(name), LANGUAGES)
        raise ConfigError(key="language", got=repr(name), expected=expected, hint=hint)
    return found


def read(tree: Node, language: str = "en") -> str:
    """Say in words what a tree computes.

    Parameters
    ----------
    tree : Node
        Any tree.
    language : {"en", "zh"}
        English or Chinese.

    Returns
    -------
    str
        One phrase, or lines ``[1] ...``, ``[2] ...`` and a last one that is the whole.

    Raises
    ------
    ConfigError
        For another language.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> words = Vocabulary.named({"close": "price", "volume": "shares"})
    >>> read(parse("cs_rank(ts_corr(close, volume, 20))", words))
    "the day's rank of the 20-day correlation of close and volume"
    >>> read(parse("cs_rank(ts_corr(close, volume, 20))", words), "zh")
    '收盘价与成交量的20日相关系数的当日横截面排名'
    >>> print(read(parse("cs_rank(ts_corr(ts_mean(close, 5), volume, 20))", words)))
    [1] the 20-day correlation of (the 5-day mean of close) and volume
    the day's rank of [1]
    """
    return "\n".join(_Reader(tree, language_named(language)).lines())


class _Reader:
    def __init__(self, tree: Node, language: Language) -> None:
        self.tree = tree
        self.language = language
        self.in_steps = tree.depth > DEEPEST
        self.steps: dict[Node, str] = {}
        self.notes: dict[Operator, str] = {}
        self.shared = _shared_calls(tree) if self.in_steps else frozenset()

    def lines(self) -> Iterator[str]:
        whole = self.language.bare(self._phrase(self.tree)[0])
        yield from self.steps.values()
        yield whole
        yield from self.notes.values()

    def _phrase(self, node: Node) -> tuple[str, int]:
        """Return a phrase and how many levels of calls it holds."""
        if node in self.steps:
            return self._number(node), 0
        if not isinstance(node, Call):
            return self._leaf(node), 0
        args = [self._within_step(arg) for arg in node.args]
        text, level = self._call(node, [phrase for phrase, _ in args]), 1 + max(level for _, level in args)
        if node in self.shared:
            return self._step(node, text), 0
        return text, level

    def _within_step(self, node: Node) -> tuple[str, int]:
        text, level = self._phrase(node)
        if self.in_steps and level == DEEPEST - 1:
            return self._step(node, text), 0
        return text, level

    def _step(self, node: Node, text: str) -> str:
        self.steps[node] = ""
        self.steps[node] = f"{self._number(node)} {self.language.bare(text)}"
        return self._number(node)

    def _number(self, node: Node) -> str:
        return f"[{list(self.steps).index(node) + 1}]"

    def _leaf(self, node: Node) -> str:
        name = node.name if isinstance(node, Field | Group) else repr(node)
        return self.language.names.get(name, name)

    def _call(self, node: Call, phrases: list[str]) -> str:
        op = node.op
        template = self.language.operators.get(op.name)
        crowded = template is not None and len(op.panels) > 1
        given = iter(
            self.language.bracketed(text) if crowded and isinstance(arg, Call) and arg not in self.steps else text
            for arg, text in zip(node.args, phrases, strict=True)
        )
        literals = iter(node.literals)
        parts = {each.name: _number_text(next(literals)) if each.is_literal else next(given) for each in op.arguments}
        if template is not None:
            return template.format(**parts)
        self.notes[op] = f"{op.signature()}{self.language.labels['colon']}{op.doc}"
        return f"{op.name}({', '.join(parts.values())})"


def _shared_calls(tree: Node) -> frozenset[Node]:
    """Return the calls under a tree that stand in more than one place."""
    places: Counter[Node] = Counter()
    queue, seen = [tree], {tree}
    for node in queue:
        places.update(arg for arg in node.args if isinstance(arg, Call))
        new = [arg for arg in dict.fromkeys(node.args) if arg not in seen]
        seen.update(new)
        queue.extend(new)
    return frozenset(node for node, count in places.items() if count > 1 and _reads_a_panel(node))


def _reads_a_panel(node: Node) -> bool:
    return any(not isinstance(arg, Constant | Group) for arg in node.args)


def _number_text(value: float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
