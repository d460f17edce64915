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
from dfqgp.ops.registry import OPERATORS, register, restore, unregister

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from pathlib import Path

    from dfqgp.ops.spec import Operator

_loaded: dict[tuple[str, str], tuple[Operator, ...]] = {}


def use_operators(paths: Sequence[Path]) -> None:
    """Run the Python files that declare operators; forget those of other files that were used before.

    A file that was run before with the same content is not run again. When one fails, the operators are those that
    were there before.

    Raises
    ------
    ConfigError
        If there is no such file, or it declares no operator.
    OperatorError
        If a declaration is refused.
    """
    before = dict(OPERATORS)
    try:
        _replace([_operators_of(path) for path in paths])
    except BaseException:  # a user's code may raise anything, and be interrupted
        restore(before)
        raise


def user_operators() -> dict[str, str]:
    """Return the user's operators by name, each with a hash of its declaration, definition, kernel and helpers."""
    return {
        name: hashlib.blake2b(declared.source.encode(), digest_size=16).hexdigest()
        for name, declared in OPERATORS.items()
        if not declared.builtin
    }


def _replace(wanted: Sequence[tuple[Operator, ...]]) -> None:
    """Forget what other files declared, and register what these do."""
    for declared in {op for each in _loaded.values() for op in each}:
        if OPERATORS.get(declared.name) is declared:
            unregister(declared.name)
    for each in wanted:
        for declared in each:
            register(declared)


def _operators_of(path: Path) -> tuple[Operator, ...]:
    place = path.expanduser().resolve()
    content = hashlib.blake2b(place.read_bytes()).hexdigest() if place.is_file() else ""
    spec = importlib.util.spec_from_file_location(_module_name(place, content), place)
    if not content or spec is None or spec.loader is None:
        raise ConfigError(key="operators", got=f"'{path}'", expected="a Python file that declares operators", hint="")
    key = str(place), content
    if key not in _loaded:
        before = dict(OPERATORS)
        _run(spec, spec.loader)
        _loaded[key] = tuple(each for name, each in OPERATORS.items() if before.get(name) is not each)
    if not _loaded[key]:
        hint = "; decorate a function with @dfqgp.operator"
        raise ConfigError(key="operators", got=f"'{path}' without any", expected="at least one operator", hint=hint)
    return _loaded[key]


def _module_name(place: Path, content: str) -> str:
    """Return a name that no other file has, and no other content of this one."""
    return f"user_operators_{place.stem}_{hashlib.blake2b(f'{place}{content}'.encode(), digest_size=8).hexdigest()}"


def _run(spec: ModuleSpec, loader: Loader) -> None:
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # what looks for the source of a function starts from here
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
