"""Counts of what passes between host and device, and a region in which no more may pass than was announced."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class HotError(AssertionError):
    """A transfer or a wait that was not announced, where the device has to be kept busy."""


@dataclass
class Stats:
    """What was done since ``reset``.

    Attributes
    ----------
    launches : int
        Kernels started, those of the array module too.
    uploads, downloads : int
        Copies from host to device and back.
    upload_bytes, download_bytes : int
        Bytes of them.
    waits : int
        Times that the host waited for the device.
    names : Counter
        The same by what did it: ``kernel score_days``, ``ndarray.get (waits)``.
    """

    launches: int = 0
    uploads: int = 0
    upload_bytes: int = 0
    downloads: int = 0
    download_bytes: int = 0
    waits: int = 0
    names: Counter = field(default_factory=Counter)
    _left: dict[str, int] | None = None

    def reset(self) -> None:
        """Count from zero."""
        self.launches = self.uploads = self.upload_bytes = self.downloads = self.download_bytes = self.waits = 0
        self.names.clear()

    def launch(self, name: str) -> None:
        """Count a kernel."""
        self.launches += 1
        self.names[name] += 1

    def upload(self, name: str, nbytes: int) -> None:
        """Count a copy to the device."""
        self._meet("uploads", name)
        self.upload_bytes += nbytes

    def download(self, name: str, nbytes: int) -> None:
        """Count a copy to the host."""
        self._meet("downloads", name)
        self.download_bytes += nbytes

    def wait(self, name: str) -> None:
        """Count a wait of the host."""
        self._meet("waits", name)

    @contextmanager
    def hot(self, uploads: int = 0, downloads: int = 0, waits: int = 0) -> Iterator[Stats]:
        """Allow so many uploads, downloads and waits, and no more.

        Raises
        ------
        HotError
            At the first one too many.
        """
        before, self._left = self._left, {"uploads": uploads, "downloads": downloads, "waits": waits}
        try:
            yield self
        finally:
            self._left = before

    def _meet(self, kind: str, name: str) -> None:
        if self._left is not None:
            if not self._left[kind]:
                raise HotError(f"{name}: one more of {kind} than was announced")
            self._left[kind] -= 1
        setattr(self, kind, getattr(self, kind) + 1)
        self.names[f"{name} ({kind})"] += 1


stats = Stats()
"""The counts of this process."""
