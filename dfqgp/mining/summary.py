"""A library as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from dfqgp.expr import Vocabulary, call, parse, render

if TYPE_CHECKING:
    from dfqgp.library import Member, Snapshot

_COLUMNS = {"IC": "ic_mean", "ICIR": "icir", "HAC t": "hac_t"}


def library_table(snapshot: Snapshot, vocabulary: Vocabulary) -> Table:
    """Return the members of a snapshot, the best first, each turned so that high values go with high returns.

    Parameters
    ----------
    snapshot : Snapshot
        Its members' metrics are read by name: ``ic_mean``, ``icir`` and ``hac_t``; a missing one shows as ``nan``.
    vocabulary : Vocabulary
        Of the panel that was mined.

    Returns
    -------
    rich.table.Table
        One row per member: expression, nodes, train and validation figures, score.
    """
    title = f"run {snapshot.run_id}: {len(snapshot.members)} factors from {snapshot.trials} distinct formulas"
    table = Table(title=title, title_justify="left")
    table.add_column("expression", overflow="fold")
    parts = [f"{part} {shown}" for part in ("train", "valid") for shown in _COLUMNS]
    for name in ("size", *parts, "score"):
        table.add_column(name, justify="right", no_wrap=True)
    for member in sorted(snapshot.members, key=lambda each: (-each.score, each.key)):
        table.add_row(*_cells(member, vocabulary))
    return table


def _cells(member: Member, vocabulary: Vocabulary) -> list[str]:
    tree = parse(member.expression, vocabulary, typed=False)
    turned = tree if member.orientation > 0 else call("neg", (tree,))
    figures = [
        f"{member.orientation * part.get(name, float('nan')):.4f}"
        for part in (member.train, member.valid)
        for name in _COLUMNS.values()
    ]
    return [escape(render(turned)), str(tree.size), *figures, f"{member.score:.4f}"]
