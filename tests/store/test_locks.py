from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from dfqgp.errors import StoreError
from dfqgp.store.locks import locked

HOLD = """
import sys, time, pathlib
from dfqgp.store.locks import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of tmp_path / k."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "k")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_timeout_says_who_holds_it_and_where(tmp_path, holder):
    with (
        pytest.raises(StoreError, match=rf"\.k\.lock: still held after 0.1 s by process {holder.pid} on .* since 2"),
        locked(tmp_path / "k", timeout=0.1),
    ):
        pass


def test_another_path_is_free(tmp_path, holder):
    assert holder.poll() is None
    with locked(tmp_path / "k2", timeout=0.1):
        pass


def test_killed_holder_frees_it(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with locked(tmp_path / "k", timeout=5.0):
        pass


def test_error_inside_frees_it(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "k"):
        raise ZeroDivisionError
    with locked(tmp_path / "k", timeout=0.1):
        pass


def test_path_that_cannot_be_locked_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be locked"), locked(tmp_path / "file" / "k"):
        pass
