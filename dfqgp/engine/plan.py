"""Plans: which sub-expression is computed when, in which slot. Pure: no panel is touched.

1. Roots are lowered to one program, in which equal sub-expressions are one value (``lower``).
2. Roots with the same costly shared sub-expressions become neighbours (``cluster``) and are cut into blocks of at most
   ``block``; a block whose peak does not fit is halved (``Planner.plan``). Each block is a plan, made when it is asked
   for: a device works on one while the next is planned.
3. Inside a block values are computed level by level, one launch per family of operators and level (``by_level``). A
   slot is free again after its last use in the block, a root's after it was handed over (``Slots``).
4. A single root that does not fit level by level is computed depth first and without chains, which takes fewer slots
   (``depth_first``); if that is too much as well, BudgetError says what it takes.
5. The block is written as the arrays that a session executes (``write_block``, ``Tables``).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from dfqgp.engine.allocate import NoRoomError, Slots
from dfqgp.engine.cluster import cluster
from dfqgp.engine.lower import lower
from dfqgp.engine.schedule import by_level, depth_first, needed_values
from dfqgp.engine.write import write_block
from dfqgp.errors import BudgetError
from dfqgp.expr import Group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from dfqgp.backends import Plan
    from dfqgp.engine.program import Program
    from dfqgp.expr import Node


@dataclass(frozen=True)
class Planner:
    """Plans populations, block by block, for a session of a given number of slots.

    Parameters
    ----------
    slots : int
        Slots of the session.
    panel_bytes : int
        Bytes of one slot, for error messages.
    block : int
        Roots that are planned together, at most.
    group_names : tuple of str
        Groupings of the session, in order.
    fixed_bytes : int
        Bytes of the budget that are not slots, for error messages.
    chains : bool
        Whether the session computes element-wise operators in chains.
    """

    slots: int
    panel_bytes: int
    block: int
    group_names: tuple[str, ...] = ()
    fixed_bytes: int = 0
    chains: bool = False

    def plan(
        self, roots: Sequence[Node], resident: Mapping[Node, int] | None = None, given: Collection[Node] = ()
    ) -> Iterator[Plan]:
        """Plan the evaluation of trees, a block at a time.

        Parameters
        ----------
        roots : sequence of Node
            Trees; a repeated one is handed over under each of its numbers.
        resident : mapping of Node to int, optional
            What stands in which slot already, as the plan before said.
        given : collection of Node
            What the session loads instead of computing it.

        Yields
        ------
        Plan
            To be executed in this order; none ever uses more than ``slots`` slots at a time.

        Raises
        ------
        BudgetError
            If one root alone takes more slots than there are.
        """
        resident = resident or {}
        program = lower(roots, self.group_names, resident, given, chains=self.chains)
        order = cluster(program)
        places = {node: value for value, node in enumerate(program.nodes)}
        held = {places[node]: slot for node, slot in resident.items()}
        slots = Slots(program, self.slots, _uses_by_position(program, order), held)
        starts = range(0, len(order), self.block)
        blocks = deque((start, min(start + self.block, len(order))) for start in starts)
        while blocks:
            start, stop = blocks.popleft()
            try:
                plan, slots = self._block(slots, order[start:stop], stop)
            except NoRoomError:
                if stop - start == 1:
                    raise self._too_small(program, order[start]) from None
                middle = (start + stop) // 2  # extendleft puts the first half in front
                blocks.extendleft([(middle, stop), (start, middle)])
            else:
                yield plan

    @staticmethod
    def _block(before: Slots, roots: list[int], stop: int) -> tuple[Plan, Slots]:
        """Return a block's plan and the slots after it; raises NoRoomError and leaves the slots before as they are."""
        program, slots = before.program, before.copy()
        try:
            levels = by_level(program, needed_values(program, roots, slots.slot_of))
            if not program.chains:  # no launch to save: roots are handed over at once, which takes fewer slots
                levels = [[[step]] for level in levels for launch in level for step in launch]
            return write_block(slots, roots, levels, stop), slots
        except NoRoomError:
            if len(roots) > 1:
                raise
        slots = before.copy()  # one root, and still too much: nothing resident may stand in its way
        slots.drop_all()
        slots.program = program.without_chains
        levels = depth_first(slots.program, roots[0], needed_values(slots.program, roots, {}))
        plan = write_block(slots, roots, levels, stop)
        slots.program = program
        return plan, slots

    def _too_small(self, program: Program, root: int) -> BudgetError:
        needed = slots_alone(program, root)
        return BudgetError(
            available=f"{self.slots} panels of {self.panel_bytes} bytes",
            what=f"'{repr(program.nodes[root])[:200]}'",
            needed=f"{needed} panels",
            bytes=self.fixed_bytes + needed * self.panel_bytes,
        )


def least_slots(root: Node) -> int:
    """Return how many slots a root takes when it is computed alone and depth first."""
    groups = sorted({node.name for node in root.walk() if isinstance(node, Group)})
    program = lower([root], groups)
    return slots_alone(program, program.roots[0])


def slots_alone(program: Program, root: int) -> int:
    """Return the least number of slots in which a root of a program can be computed alone and depth first."""
    program = program.without_chains
    order = depth_first(program, root, needed_values(program, [root], {}))
    for number in count(1):  # few trees take more than ten
        try:
            write_block(Slots(program, number, {}), [root], order, 1)
        except NoRoomError:
            continue
        return number
    raise AssertionError


def _uses_by_position(program: Program, order: list[int]) -> dict[int, list[int]]:
    """Return for each value the positions of the roots that contain it, ascending."""
    uses: dict[int, list[int]] = {}
    for position, root in enumerate(order):
        for value in program.below(root):
            uses.setdefault(value, []).append(position)
    return uses
