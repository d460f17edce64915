"""The plan: which sub-expression is computed when, in which slot. Pure: no arrays are touched.

1. All roots share one graph, so equal sub-expressions are one node (``Graph.of``).
2. Roots with the same costly shared sub-expressions become neighbours (``_clustered``) and are cut into blocks of at
   most ``block``; a block whose peak does not fit is halved (``Planner.plan``).
3. Inside a block nodes are computed level by level, a launch an operator and level (``waves_by_level``). A slot is free
   again after its last use in the block, a root's after it was consumed (``Board``).
4. What a later block needs stays while there is room; when slots run out, the value with the least cost for the longest
   wait is dropped, and computed again when its time comes (``Board.make_room``).
5. A single root that does not fit level by level is computed depth first, which takes fewer slots
   (``waves_depth_first``); if that is too much as well, BudgetError says what it takes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dfqgp.engine.board import Board, NoRoomError
from dfqgp.engine.steps import Consume, Plan, Step
from dfqgp.engine.waves import needed_nodes, waves_by_level, waves_depth_first
from dfqgp.errors import BudgetError
from dfqgp.expr import Call, Graph, Group, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHARED_KEYS = 3  # how many shared sub-expressions decide which roots are neighbours


@dataclass(frozen=True)
class Planner:
    """Plans populations for a workspace of a given number of slots.

    Parameters
    ----------
    slots : int
        Slots of the workspace.
    panel_bytes : int
        Bytes of one slot, for error messages.
    block : int
        Roots that are planned together, at most.
    group_names : tuple of str
        Groupings of the workspace, in order.
    """

    slots: int
    panel_bytes: int
    block: int
    group_names: tuple[str, ...] = ()

    def plan(self, roots: Sequence[Node]) -> Plan:
        """Plan the evaluation of distinct roots.

        Parameters
        ----------
        roots : sequence of Node
            Distinct trees.

        Returns
        -------
        Plan
            Never uses more than ``slots`` slots at a time.

        Raises
        ------
        BudgetError
            If one root alone takes more slots than there are.
        """
        graph = Graph.of(roots)
        order = _clustered(graph)
        place = {root: index for index, root in enumerate(graph.roots)}
        board = Board.empty(self.slots, self.group_names, _uses_by_position(order))
        starts = range(0, len(order), self.block)
        blocks = deque((start, min(start + self.block, len(order))) for start in starts)
        steps: list[Step] = []
        while blocks:
            start, stop = blocks.popleft()
            trial = board.copy()
            try:
                steps += self._block_steps(trial, order[start:stop], stop, place)
            except NoRoomError:
                if stop - start == 1:
                    raise self._too_small(order[start]) from None
                middle = (start + stop) // 2
                blocks.extendleft([(middle, stop), (start, middle)])
            else:
                board = trial
        return Plan.of(steps, board.peak)

    def _block_steps(self, board: Board, roots: list[Node], stop: int, place: dict[Node, int]) -> list[Step]:
        needed = needed_nodes(roots, board.slot_of)
        if len(roots) > 1:
            return self._run(board, roots, waves_by_level(needed), stop, place)
        spare = board.copy()
        try:
            return self._run(board, roots, waves_by_level(needed), stop, place)
        except NoRoomError:
            board.restore(spare)
            board.drop_all()
            needed = needed_nodes(roots, board.slot_of)
            return self._run(board, roots, waves_depth_first(roots[0], needed), stop, place)

    def _run(
        self, board: Board, roots: list[Node], waves: list[list[Node]], stop: int, place: dict[Node, int]
    ) -> list[Step]:
        board.begin_block(roots, waves, stop)
        steps: list[Step] = []
        waiting = set(roots)
        steps += self._consume(board, [root for root in roots if root in board.slot_of], waiting, place)
        for wave in waves:
            steps += board.compute(wave)
            steps += self._consume(board, [node for node in wave if node in waiting], waiting, place)
        return steps

    @staticmethod
    def _consume(board: Board, ready: list[Node], waiting: set[Node], place: dict[Node, int]) -> list[Step]:
        if not ready:
            return []
        step = Consume(tuple((place[root], board.slot_of[root]) for root in ready))
        for root in ready:
            waiting.discard(root)
            board.used(root)
        return [step]

    def _too_small(self, root: Node) -> BudgetError:
        needed = least_slots(root)
        return BudgetError(
            available=self.slots,
            panel_bytes=self.panel_bytes,
            text=repr(root)[:200],
            needed=needed,
            needed_bytes=needed * self.panel_bytes,
        )


def least_slots(root: Node) -> int:
    """Return how many slots a root takes when it is computed alone and depth first."""
    board = Board.empty(len(list(root.walk())) + 1, _all_groups(root), {})
    waves = waves_depth_first(root, needed_nodes([root], {}))
    board.begin_block([root], waves, 1)
    for wave in waves:
        board.compute(wave)
    return board.peak


def _all_groups(root: Node) -> tuple[str, ...]:
    return tuple(sorted({node.name for node in root.walk() if isinstance(node, Group)}))


def _clustered(graph: Graph) -> list[Node]:
    """Order roots by the keys of their costliest shared sub-expressions."""

    def costliest(root: Node) -> list[str]:
        shared = {node for node in root.walk() if isinstance(node, Call) and graph.users[node] > 1}
        ranked = sorted(shared, key=lambda node: (-node.op.cost.value * node.size, node.key))
        return [node.key for node in ranked[:_SHARED_KEYS]]

    return sorted(graph.roots, key=lambda root: (costliest(root), root.key))


def _uses_by_position(order: list[Node]) -> dict[Node, list[int]]:
    """Return for each node the positions of the roots that contain it, ascending."""
    uses: dict[Node, list[int]] = {}
    for position, root in enumerate(order):
        for node in dict.fromkeys(root.walk()):
            uses.setdefault(node, []).append(position)
    return uses
