"""A user's own operators: from files that the configuration names, or declared in a notebook.

Only the user's own configuration ever loads code. Snapshots and checkpoints hold names and hashes; reading one loads
nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from typing import TYPE_CHECKING

from dfqgp.errors import ConfigError
from dfqgp.ops.registry import OPERATORS, register, unregister

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dfqgp.ops.spec import Operator

_loaded: dict[tuple[str, str], tuple[Operator, ...]] = {}


def use_operators(paths: Sequence[Path]) -> None:
    """Run the Python files that declare operators; forget those of other files that were used before.

    A file that was run before with the same content is not run again.

    Raises
    ------
    ConfigError
        If there is no such file, or it declares no operator.
    OperatorError
        If a declaration is refused.
    """
    wanted = [_operators_of(path) for path in paths]
    for declared in {op for each in _loaded.values() for op in each}:
        if OPERATORS.get(declared.name) is declared:
            unregister(declared.name)
    for each in wanted:
        for declared in each:
            register(declared)


def user_operators() -> dict[str, str]:
    """Return the user's operators by name, each with a hash of its declaration, definition, kernel and helpers."""
    return {
        name: hashlib.blake2b(declared.source.encode(), digest_size=16).hexdigest()
        for name, declared in OPERATORS.items()
        if not declared.builtin
    }


def _operators_of(path: Path) -> tuple[Operator, ...]:
    place = path.expanduser().resolve()
    spec = importlib.util.spec_from_file_location(f"user_operators_{place.stem}", place)
    if not place.is_file() or spec is None or spec.loader is None:
        raise ConfigError(key="operators", got=f"'{path}'", expected="a Python file that declares operators", hint="")
    key = str(place), hashlib.blake2b(place.read_bytes()).hexdigest()
    if key not in _loaded:
        before, module = dict(OPERATORS), importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # what looks for the source of a function starts from here
        spec.loader.exec_module(module)
        _loaded[key] = tuple(each for name, each in OPERATORS.items() if before.get(name) is not each)
    if not _loaded[key]:
        hint = "; decorate a function with @dfqgp.operator"
        raise ConfigError(key="operators", got=f"'{path}' without any", expected="at least one operator", hint=hint)
    return _loaded[key]
