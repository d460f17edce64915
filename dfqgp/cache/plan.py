"""The cache planner: which parts of known formulas to keep on disk under a byte budget. Pure: no panel is touched.

1. Formulas are brought to their canonical form; equal ones count once, and their order does not matter.
2. Every part of them that may be kept is a candidate, a whole formula too. Its gain is what all formulas, each
   evaluated by itself, would save with it beside the entries chosen so far (``savings_of``).
3. The candidate with the largest gain per byte that still fits becomes an entry; only the gains of formulas that
   contain it change: where a parent is read, its children are not needed any more (``Choice.fill``).
4. Entries that later ones left without benefit are taken out again, and the room is filled anew (``Choice.prune``).
   The cost of all formulas falls with every entry that comes in, and does not rise with one that goes, so this ends.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from dfqgp.cache.arrays import file_bytes
from dfqgp.cache.costs import Costs, rounded
from dfqgp.cache.manifest import Manifest, PlannedEntry
from dfqgp.cache.savings import cost_of, parts_of, savings_of
from dfqgp.errors import CacheError
from dfqgp.expr import Call, canonicalize, render
from dfqgp.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from dfqgp.cache.scope import Scope
    from dfqgp.expr import Node

_LEAST = 1e-9
"""Share of the cost of all formulas under which a gain is a rounding error of its sum."""


def plan_cache(
    formulas: Iterable[Node], scope: Scope, budget: int, costs: Costs | None = None, *, whole: bool = True
) -> Manifest:
    """Choose the parts of formulas that are worth keeping.

    Parameters
    ----------
    formulas : iterable of Node
        Trees, in any order and form.
    scope : Scope
        What the values are to be computed over and by.
    budget : int
        Bytes that all entries together may take, 0 or more.
    costs : Costs, optional
        Of operators and of reading; by default what operators declare.
    whole : bool
        Whether a formula may be an entry that is not a part of another one.

    Returns
    -------
    Manifest
        The same for the same set of formulas, scope, budget and costs, byte for byte.

    Raises
    ------
    CacheError
        If the budget is negative.

    Examples
    --------
    >>> from dfqgp.expr import Vocabulary, parse
    >>> from dfqgp.cache import Scope
    >>> words = Vocabulary.named({"close": "price", "volume": "shares"})
    >>> texts = ("cs_rank(ts_corr(close, volume, 20))", "abs(ts_corr(close, volume, 20))")
    >>> scope = Scope("data", 2430, 800, "semantics", "cpu", "0.1.0")
    >>> plan = plan_cache([parse(text, words) for text in texts], scope, budget=10_000_000, whole=False)
    >>> [(each.text, each.uses, each.benefit) for each in plan.entries]
    [('ts_corr(volume, close, 20)', 2, 6.0)]
    """
    if budget < 0:
        raise CacheError(key="budget", got=budget, expected="0 or more bytes", hint="")
    distinct = sorted({canonicalize(each) for each in formulas}, key=lambda node: node.key)
    choice = Choice(distinct, file_bytes(scope), budget, costs or Costs(), whole=whole)
    choice.fill()
    while choice.prune():
        choice.fill()
    without, now = choice.cost(()), choice.cost(choice.entries)
    return Manifest(
        scope=scope,
        formulas=len(distinct),
        keys=digest_of([node.key for node in distinct]),
        budget=budget,
        size=len(choice.entries) * choice.size,
        cost=rounded(without),
        saved=rounded(without - now),
        entries=choice.planned(),
    )


class Choice:
    """Entries that are chosen so far, and what each candidate would gain beside them.

    Parameters
    ----------
    formulas : list of Node
        Distinct canonical trees, by key.
    size : int
        Bytes of an entry; all have the panel's shape.
    budget : int
        Bytes that entries may take.
    costs : Costs
        Of operators and of reading.
    whole : bool
        Whether a formula may be an entry that is not a part of another one.

    Attributes
    ----------
    entries : dict of Node to None
        In the order chosen.
    """

    def __init__(self, formulas: list[Node], size: int, budget: int, costs: Costs, *, whole: bool) -> None:
        self.formulas, self.size, self.budget, self.costs = formulas, size, budget, costs
        self.entries: dict[Node, None] = {}
        self._users = _users(formulas, whole=whole)
        self._savings = [savings_of(formula, (), costs) for formula in formulas]
        self._gains = {node: self._gain(node) for node in self._users}
        self._least = _LEAST * self.cost(())

    def fill(self) -> None:
        """Take candidates, the largest gain first, while they fit."""
        heap = [(-gain, node.key, node) for node, gain in self._gains.items()]
        heapq.heapify(heap)
        while heap and (len(self.entries) + 1) * self.size <= self.budget:
            negative, _, node = heapq.heappop(heap)
            if -negative <= self._least:
                return
            if -negative == self._gains[node] and node not in self.entries:  # else it was changed since
                for other in self._enter(node):
                    heapq.heappush(heap, (-self._gains[other], other.key, other))

    def prune(self) -> bool:
        """Take out entries that are of no benefit beside the others; return whether there was one."""
        before = len(self.entries)
        for node in sorted(self.entries, key=lambda node: (self.benefit(node), node.key)):
            if self.benefit(node) <= self._least:
                del self.entries[node]
                self._update(self._users[node])
        return len(self.entries) < before

    def cost(self, entries: Container[Node]) -> float:
        """Return the cost of all formulas, each evaluated by itself."""
        return math.fsum(cost_of(formula, entries, self.costs) for formula in self.formulas)

    def benefit(self, entry: Node) -> float:
        """Return what formulas would cost more without an entry."""
        others = self.entries.keys() - {entry}
        users = [self.formulas[number] for number in self._users[entry]]
        more = ((cost_of(each, others, self.costs), -cost_of(each, self.entries, self.costs)) for each in users)
        return math.fsum(part for pair in more for part in pair)

    def planned(self) -> tuple[PlannedEntry, ...]:
        """Return what a manifest says of the entries."""
        found = [
            PlannedEntry(
                key=node.key,
                text=render(node),
                uses=sum(node in parts_of(self.formulas[number], self.entries) for number in self._users[node]),
                cost=rounded(cost_of(node, (), self.costs)),
                size=self.size,
                benefit=rounded(self.benefit(node)),
            )
            for node in self.entries
        ]
        return tuple(sorted(found, key=lambda each: (-each.benefit, each.key)))

    def _enter(self, node: Node) -> set[Node]:
        """Make a candidate an entry; return the candidates whose gains changed."""
        self.entries[node] = None
        return self._update(self._users[node])

    def _update(self, numbers: list[int]) -> set[Node]:
        """Compute savings in some formulas anew; return the candidates in them."""
        touched: set[Node] = set()
        for number in numbers:
            before, after = self._savings[number], savings_of(self.formulas[number], self.entries, self.costs)
            self._savings[number] = after
            touched.update(node for node in before.keys() | after.keys() if before.get(node) != after.get(node))
        touched &= self._users.keys()
        self._gains.update((node, self._gain(node)) for node in touched)
        return touched

    def _gain(self, node: Node) -> float:
        return math.fsum(self._savings[number].get(node, 0.0) for number in self._users[node])


def _users(formulas: list[Node], *, whole: bool) -> dict[Node, list[int]]:
    """Return the candidates, each with the numbers of the formulas that contain it."""
    users: dict[Node, list[int]] = {}
    inside: set[Node] = set()
    for number, formula in enumerate(formulas):
        for node in parts_of(formula, ()):
            if _may_be_kept(node):
                users.setdefault(node, []).append(number)
                inside.update([node] if whole or node is not formula else ())
    return {node: numbers for node, numbers in users.items() if node in inside}


def _may_be_kept(node: Node) -> bool:
    """Say whether a value is one of an operator, and all operators in it allow that it is kept."""
    return isinstance(node, Call) and all(each.op.cacheable for each in node.walk() if isinstance(each, Call))
