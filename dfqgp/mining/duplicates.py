"""Which new trees repeat an earlier formula, by the fingerprint of their ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dfqgp.mining.ledger import trial_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dfqgp.expr import Node
    from dfqgp.fitness import Metrics
    from dfqgp.mining.ledger import Ledger


class Original(NamedTuple):
    """A formula that others repeat: its key in the ledger, and its scalar metrics."""

    key: str
    figures: Mapping[str, float]


def originals_of(
    nodes: Sequence[Node], fingerprints: Sequence[str], metrics: Sequence[Metrics], ledger: Ledger
) -> list[Original | None]:
    """Return for each new tree the formula that it is a duplicate of, None for a trial of its own.

    Parameters
    ----------
    nodes, fingerprints, metrics : sequences
        The trees of a generation that were just evaluated, in the order asked. An empty fingerprint repeats nothing.
    ledger : Ledger
        The formulas of earlier generations; one of them is the original of whatever repeats it. Among the new trees it
        is the smallest, and of equally small ones that with the least key: the order asked decides nothing.
    """
    found: dict[str, Original] = {}
    for k in sorted(range(len(nodes)), key=lambda k: (nodes[k].size, nodes[k].key)):
        if fingerprints[k] not in found:
            trial = ledger.with_fingerprint(fingerprints[k])
            new = Original(trial_key(nodes[k]), metrics[k].summary())
            found[fingerprints[k]] = new if trial is None else Original(trial.key, trial.metrics)
    found.pop("", None)
    originals = [found.get(fingerprint) for fingerprint in fingerprints]
    return [
        None if each is None or each.key == trial_key(node) else each
        for node, each in zip(nodes, originals, strict=True)
    ]
