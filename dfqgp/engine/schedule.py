"""In which order the values of a block are computed: groups of values that do not read each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from dfqgp.engine.program import Program


def needed_values(program: Program, roots: Iterable[int], resident: Container[int]) -> list[int]:
    """Return what has to be computed for the roots, arguments first; what is resident and below it stays out."""
    done: dict[int, None] = {}

    def visit(value: int) -> None:
        if value in done or value in resident:
            return
        for under in program.reads[value]:
            visit(under)
        done[value] = None

    for root in roots:
        visit(root)
    return list(done)


def by_level(program: Program, needed: list[int]) -> list[list[int]]:
    """Group values by level and the opcode of their step: one launch each, for all chains of a level too.

    Levels list operators by name: opcodes are numbered as trees come, and a plan should not depend on that.
    """
    level: dict[int, int] = {}
    groups: dict[tuple[int, str, int], list[int]] = {}
    for value in needed:
        level[value] = 1 + max((level.get(under, 0) for under in program.reads[value]), default=0)
        opcode = program.step[value]
        name = program.operators[opcode].name if opcode >= 0 else ""
        groups.setdefault((level[value], name, opcode), []).append(value)
    return [groups[place] for place in sorted(groups)]


def depth_first(program: Program, root: int, needed: list[int]) -> list[list[int]]:
    """Compute one value at a time, of two arguments the one that takes more slots first (Sethi and Ullman, 1970)."""
    wanted, slots, order = set(needed), _slots_taken(program, needed), dict[int, None]()

    def visit(value: int) -> None:
        if value in order or value not in wanted:
            return
        for under in sorted(program.reads[value], key=lambda under: -slots.get(under, 0)):
            visit(under)
        order[value] = None

    visit(root)
    return [[value] for value in order]


def _slots_taken(program: Program, needed: list[int]) -> dict[int, int]:
    """Return how many slots each value takes as a tree, by Sethi and Ullman's numbering."""
    slots: dict[int, int] = {}
    for value in needed:
        counts = sorted((slots.get(under, 1) for under in program.reads[value]), reverse=True)
        # One more than its inputs: an instruction never writes a slot that it reads.
        slots[value] = max([len(counts) + 1, *(count + held for held, count in enumerate(counts))])
    return slots
