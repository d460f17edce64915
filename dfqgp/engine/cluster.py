"""In which order roots are computed: those with the same costly shared sub-expressions become neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfqgp.engine.program import Program

_SHARED_KEYS = 3  # how many shared sub-expressions decide which roots are neighbours


def cluster(program: Program) -> list[int]:
    """Return the distinct roots' values, ordered by the keys of their costliest shared sub-expressions."""
    roots = list(dict.fromkeys(program.roots))
    users = _users(program, roots)

    def place(root: int) -> tuple[list[str], str]:
        shared = [v for v in program.below(root) if program.opcode[v] >= 0 and users[v] > 1]
        ranked = sorted(shared, key=lambda v: (-program.cost[v] * program.nodes[v].size, program.nodes[v].key))
        return [program.nodes[v].key for v in ranked[:_SHARED_KEYS]], program.nodes[root].key

    return sorted(roots, key=place)


def _users(program: Program, roots: list[int]) -> list[int]:
    """Count for each value the instructions that read it; a root counts one more."""
    users = [0] * len(program.nodes)
    for value, reads in enumerate(program.reads):
        for under in reads if not program.inline[value] else ():
            users[under] += 1
    for root in roots:
        users[root] += 1
    return users
