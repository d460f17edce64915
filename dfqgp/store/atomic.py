"""Writes that happen wholly or not at all.

Everything is written under a temporary name in the same directory, flushed to the disk, and renamed. A process killed
at any moment leaves the old content or the new one, and at worst a temporary name that begins with a dot.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dfqgp.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the content of a file; its directory is made when absent.

    Raises
    ------
    StoreError
        If the disk refuses. The old content, if any, is then still there.
    """
    temporary = _temporary(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raises StoreError if it is absent or cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            path=path, problem=f"cannot be read: {error.strerror}", remedy="check the path and its permissions"
        ) from error


@contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """Yield an empty directory that takes the place of ``path`` when the block ends without an error.

    What stood at ``path`` before goes away; memory maps of it stay valid where the system allows that. Only one
    process at a time may do this for one path, see :func:`dfqgp.store.locks.locked`; what killed ones left behind is
    swept away first.

    Raises
    ------
    StoreError
        If the disk refuses; ``path`` is then as it was.
    """
    temporary = _temporary(path)
    try:
        _sweep(path)
        temporary.mkdir(parents=True)
        yield temporary
        for file in sorted(temporary.iterdir()):
            _sync(file)
        _sync(temporary)
        _exchange(temporary, path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _exchange(temporary: Path, path: Path) -> None:
    """Directories can't be renamed over full ones, so the old one steps aside first."""
    aside = _temporary(path)
    if path.exists():
        path.rename(aside)
    temporary.rename(path)
    _sync(path.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _sweep(path: Path) -> None:
    """Remove what killed processes left of this very path; a name that only begins like it belongs to another one."""
    temporary = re.compile(rf"\.{re.escape(path.name)}\.\d+-[0-9a-f]{{8}}\.tmp")
    if path.parent.is_dir():
        for left in path.parent.iterdir():
            if temporary.fullmatch(left.name):
                shutil.rmtree(left, ignore_errors=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


def _sync(path: Path) -> None:
    """Flush a file or a directory to the disk; systems that can't open directories need no flush of them."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(path: Path, error: OSError) -> StoreError:
    return StoreError(
        path=path, problem=f"cannot be written: {error}", remedy="check the permissions and the space left"
    )
