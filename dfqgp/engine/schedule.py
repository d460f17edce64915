"""In which order the values of a block are computed: levels that read lower ones alone, cut into launches and steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from dfqgp.engine.program import Program

    Level = list[list[list[int]]]
    """Values that do not read each other: of each launch, a list per step."""


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


def by_level(program: Program, needed: list[int]) -> list[Level]:
    """Group values by level, and in a level by the family of their operator, one launch each, as for all chains.

    In a launch they are grouped by opcode, one step each: a session may run steps of a launch one after the other, or
    at a time. Levels list operators by name: opcodes are numbered as trees come, and no plan should depend on that.
    """
    level: dict[int, int] = {}
    groups: list[dict[tuple[str, ...], dict[tuple[str, int], list[int]]]] = []
    for value in needed:
        level[value] = 1 + max((level.get(under, -1) for under in program.reads[value]), default=-1)
        opcode = program.step[value]
        name = program.operators[opcode].name if opcode >= 0 else str(opcode)
        if level[value] == len(groups):  # arguments come first, so a level is reached from the one below
            groups.append({})
        steps = groups[level[value]].setdefault(program.families.get(opcode, (name,)), {})
        steps.setdefault((name, opcode), []).append(value)
    return [[[steps[step] for step in sorted(steps)] for _, steps in sorted(each.items())] for each in groups]


def depth_first(program: Program, root: int, needed: list[int]) -> list[Level]:
    """Compute one value at a time, of two arguments the one that takes more slots first (Sethi and Ullman, 1970)."""
    wanted, slots, order = set(needed), _slots_taken(program, needed), dict[int, None]()

    def visit(value: int) -> None:
        if value in order or value not in wanted:
            return
        for under in sorted(program.reads[value], key=lambda under: -slots.get(under, 0)):
            visit(under)
        order[value] = None

    visit(root)
    return [[[[value]]] for value in order]


def _slots_taken(program: Program, needed: list[int]) -> dict[int, int]:
    """Return how many slots each value takes as a tree, by Sethi and Ullman's numbering."""
    slots: dict[int, int] = {}
    for value in needed:
        counts = sorted((slots.get(under, 1) for under in program.reads[value]), reverse=True)
        # One more than its inputs: an instruction never writes a slot that it reads.
        slots[value] = max([len(counts) + 1, *(count + held for held, count in enumerate(counts))])
    return slots
