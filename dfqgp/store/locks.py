"""Locks between processes, beside what they guard."""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from dfqgp.errors import StoreError
from dfqgp.records import record
from dfqgp.store.atomic import read_bytes, write_bytes
from dfqgp.store.json_records import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@record("owner")
class _Owner:
    """The process that holds a lock."""

    pid: int
    host: str
    since: str

    @classmethod
    def current(cls) -> _Owner:
        return cls(os.getpid(), socket.gethostname(), time.strftime("%Y-%m-%d %H:%M:%S"))


@contextmanager
def locked(path: Path, timeout: float = 600.0) -> Iterator[None]:
    """Hold the lock of a path for as long as the block runs; the system frees it when the process dies.

    Parameters
    ----------
    path : Path
        What is guarded; it need not exist. The lock is the file ``.<name>.lock`` beside it.
    timeout : float
        Seconds to wait for the process that holds it.

    Raises
    ------
    StoreError
        If the lock cannot be had in time, naming the process that holds it, or cannot be written.
    """
    lock_file = path.with_name(f".{path.name}.lock")
    owner_file = path.with_name(f".{path.name}.owner.json")
    lock = FileLock(lock_file)
    _acquire(lock, lock_file, owner_file, timeout)
    try:
        write_bytes(owner_file, to_json(_Owner.current()).encode())
        yield
    finally:
        try:
            owner_file.unlink(missing_ok=True)
        finally:
            lock.release()


def _acquire(lock: FileLock, lock_file: Path, owner_file: Path, timeout: float) -> None:
    try:
        lock_file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=timeout)
    except Timeout:
        raise StoreError(
            path=lock_file,
            problem=f"still held after {timeout:g} s by {_owner(owner_file)}",
            remedy="wait for that process to end, or end it",
        ) from None
    except OSError as error:
        raise StoreError(
            path=lock_file, problem=f"cannot be locked: {error}", remedy="check the permissions of the directory"
        ) from error


def _owner(owner_file: Path) -> str:
    """Name the process that holds the lock; one that has only just taken it may not have written its name yet."""

    def refused(problem: str) -> StoreError:
        return StoreError(path=owner_file, problem=problem, remedy="wait for its process to end")

    try:
        owner = from_json(_Owner, read_bytes(owner_file), refused)
    except StoreError:
        return "a process that left no name"
    return f"process {owner.pid} on {owner.host} since {owner.since}"
