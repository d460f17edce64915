"""A block from its levels to its plan: slots are taken, instructions written, and slots freed, launch by launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.engine.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dfqgp.backends import Plan
    from dfqgp.engine.allocate import Slots
    from dfqgp.engine.schedule import Level


def write_block(slots: Slots, roots: Sequence[int], levels: Sequence[Level], stop: int) -> Plan:
    """Write the plan of a block: compute its levels one after the other, hand over a level's roots once it is computed.

    One step hands over all roots of a level: scoring them is a few launches on a device, however many they are.

    Parameters
    ----------
    slots : Slots
        As they are before the block; afterwards they are as it leaves them.
    roots : sequence of int
        The block's roots.
    levels : sequence of Level
        The values to compute.
    stop : int
        Position of the first root after the block.

    Raises
    ------
    NoRoomError
        If there are too few slots; ``slots`` are of no use then.
    """
    program, waiting = slots.program, set(roots)
    tables = Tables(program)
    slots.begin_block(roots, (step for level in levels for launch in level for step in launch), stop)

    def hand_over(ready: list[int]) -> None:
        waiting.difference_update(ready)
        tables.hand_over(ready, slots.slot_of)
        for root in ready:
            slots.used(root)

    hand_over([root for root in roots if root in slots.slot_of])
    for level in levels:
        for launch in level:
            values = [value for step in launch for value in step]
            for value in values:  # all before any input is freed: a launch computes them in no order
                slots.take(value)
            tables.compute(launch, slots.slot_of)
            for value in values:
                for under in program.reads[value]:
                    slots.used(under)
        hand_over([value for launch in level for step in launch for value in step if value in waiting])
    return tables.as_plan(slots.peak, slots.slot_of)
