"""Keys: short names for everything that decides a panel or a run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dfqgp.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_PACKAGE = Path(__file__).resolve().parents[1]
_MEANING = ("ops", "backends")


def plain(parts: Mapping[str, object]) -> dict[str, Any]:
    """Return the parts as JSON gives them back: tuples become lists, keys strings.

    Raises
    ------
    StoreError
        If a part is not plain JSON.
    """
    return dict(json.loads(canonical(parts)))


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, ASCII.

    Raises
    ------
    StoreError
        If the value is not plain JSON; NaN is not.

    Examples
    --------
    >>> canonical({"b": 1, "a": (2.0, None)})
    '{"a":[2.0,null],"b":1}'
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StoreError(
            path="key", problem=f"a part is not JSON: {error}", remedy="pass strings, finite numbers, lists and dicts"
        ) from error


def digest_of(value: object) -> str:
    """Return the 32-digit hex digest of a value's canonical JSON."""
    return hashlib.blake2b(canonical(value).encode(), digest_size=16).hexdigest()


def key_of(parts: Mapping[str, object]) -> str:
    """Return the key of everything that decides a panel: equal parts, equal key, in whatever order.

    Parameters
    ----------
    parts : mapping of str to plain JSON
        For example the source's fingerprint, the features' version and the settings of the universe.

    Raises
    ------
    StoreError
        If a part is not plain JSON.

    Examples
    --------
    >>> key_of({"source": "a", "days": 60}) == key_of({"days": 60, "source": "a"})
    True
    >>> key_of({"source": "a", "days": 60}) == key_of({"source": "a", "days": 61})
    False
    """
    return digest_of(plain(parts))


def semantics_digest(package: Path = _PACKAGE, folders: Sequence[str] = _MEANING) -> str:
    """Return the 32-digit hex digest of what operators mean: the sources that declare them and that compute them.

    Parameters
    ----------
    package : Path
        Folder of the package.
    folders : sequence of str
        What is read of it; ``ops`` and ``backends`` by default.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(path for folder in folders for path in (package / folder).rglob("*.py")):
        source = path.read_text(encoding="utf-8")  # with line ends that are the same on every system
        digest.update(f"<{path.relative_to(package).as_posix()}:{len(source)}>{source}".encode())
    return digest.hexdigest()
