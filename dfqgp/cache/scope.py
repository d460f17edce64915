"""What decides the bits of a cached value beside its formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dfqgp.backends.builds import build_of
from dfqgp.records import plain, record
from dfqgp.store.keys import digest_of, semantics_digest
from dfqgp.store.manifest import package_version

if TYPE_CHECKING:
    from dfqgp.backends import Backend
    from dfqgp.panel import Panel

FORMAT = 1
"""Of the files of the cache."""

_PLANNING = ("engine",)


@record("scope")
class Scope:
    """Under which conditions cached values are those that an evaluation would give.

    Parameters
    ----------
    data : str
        Fingerprint of the panel whose rows the values cover, all of its contents: another value, row or column is
        another panel.
    rows, assets : int
        Shape of that panel.
    semantics : str
        Digest of what operators mean, the user's own among them.
    backend : str
        The backend and what its machine code depends on.
    package : str
        Version of this package, and a digest of the sources that make plans of trees.
    """

    data: str
    rows: int
    assets: int
    semantics: str
    backend: str
    package: str

    @property
    def key(self) -> str:
        """32 hex digits: equal for equal conditions and format."""
        return digest_of([plain(self), FORMAT])


def scope_of(panel: Panel, semantics: str, backend: Backend) -> Scope:
    """Return the scope of values over a panel; reads the whole panel once, at about half a gigabyte a second.

    Parameters
    ----------
    panel : Panel
        T dates, N assets: what entries cover, without any row of the sealed holdout.
    semantics : str
        As ``dfqgp.config.run_semantics`` gives it.
    backend : Backend
        Where values are computed.
    """
    rows, assets = panel.shape
    package = f"{package_version()} engine {semantics_digest(folders=_PLANNING)}"
    return Scope(panel.fingerprint(), rows, assets, semantics, build_of(backend.name), package)
