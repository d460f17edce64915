"""A library of factors in a notebook: a sequence of members that turns into a table, values and a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

import pandas as pd

from dfqgp.backends import BackendSettings, open_backend
from dfqgp.engine import Engine
from dfqgp.expr import Vocabulary, call, operators_of, parse, render
from dfqgp.library import member_table, read_snapshot
from dfqgp.store.atomic import write_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dfqgp.backends.settings import BackendName
    from dfqgp.expr import Node
    from dfqgp.library import Member, Snapshot
    from dfqgp.panel import Panel

_SHOWN = ["expression", "orientation", "score", "train_icir", "valid_icir"]


class FactorLibrary(Sequence["Member"]):
    """Members in the order of admission.

    Parameters
    ----------
    snapshot : Snapshot
        Members, and the run that they come from.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @property
    def complete(self) -> bool:
        """Whether every round of the run's settings is done: False where the run was interrupted, or still goes on."""
        settings = self.snapshot.config.get("gp")
        rounds = settings.get("rounds") if isinstance(settings, dict) else None
        return not isinstance(rounds, int) or self.snapshot.rounds >= rounds

    def __len__(self) -> int:
        return len(self.snapshot.members)

    @overload
    def __getitem__(self, index: int) -> Member: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Member, ...]: ...
    def __getitem__(self, index: int | slice) -> Member | tuple[Member, ...]:
        return self.snapshot.members[index]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per member: expression, orientation, score, round, key, train and valid metrics."""
        return pd.DataFrame(member_table(self.snapshot.members))

    def trees(self, panel: Panel) -> list[Node]:
        """Return the members' trees, turned so that high values go with high returns.

        Raises
        ------
        ExpressionError
            If a member uses a feature, a group or an operator that is not known here.
        """
        words = Vocabulary.of(panel)
        trees = [parse(member.expression, words, typed=False) for member in self]
        return [tree if each.orientation > 0 else call("neg", (tree,)) for tree, each in zip(trees, self, strict=True)]

    def expressions(self, panel: Panel) -> list[str]:
        """Return the texts of ``trees``."""
        return [render(tree) for tree in self.trees(panel)]

    def compute(self, panel: Panel, *, backend: BackendName = "cpu") -> NDArray[np.float32]:
        """Compute every member over a panel, in one pass.

        Parameters
        ----------
        panel : Panel
            T dates, N assets.
        backend : {"cpu", "reference"}
            Where to compute.

        Returns
        -------
        (K, T, N) float32
            Oriented: high values go with high returns. NaN is missing.
        """
        trees = self.trees(panel)
        chosen = open_backend(BackendSettings(name=backend))
        return Engine(panel, chosen, operators=operators_of(trees)).evaluate(trees)

    def save(self, path: str | Path) -> None:
        """Write the snapshot to a file that ``load_library`` reads; it takes the place of what is there."""
        write_bytes(Path(path), self.snapshot.to_bytes())

    def __repr__(self) -> str:
        run = self.snapshot
        state = "" if self.complete else f", incomplete after {run.rounds} rounds"
        head = f"FactorLibrary of run {run.run_id}: {len(self)} factors from {run.trials} distinct formulas{state}"
        return f"{head}\n{self._shown().to_string(index=False)}" if len(self) else head

    def _repr_html_(self) -> str:
        return f"<p>{repr(self).partition(chr(10))[0]}</p>{self._shown().to_html(index=False)}"

    def _shown(self) -> pd.DataFrame:
        frame = self.to_frame()
        shown = frame[[name for name in _SHOWN if name in frame]]
        return shown.sort_values("score", ascending=False).round(4).head(20)


def load_library(path: str | Path) -> FactorLibrary:
    """Read a library that a run or ``FactorLibrary.save`` wrote, such as ``out/libraries/latest.json``.

    Raises
    ------
    SnapshotError
        If the file is absent, damaged or of another format.
    """
    return FactorLibrary(read_snapshot(Path(path)))
