"""What the installed CuPy takes: names and signatures, read from the package, which imports without a driver."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

import cupy

Function = TypeVar("Function", bound=Callable[..., Any])

_KINDS = inspect.Parameter


class StrictError(TypeError):
    """What the installed CuPy refuses, or does by a hidden copy or wait."""


def real(path: str) -> Any:
    """Return what stands at a path such as ``cuda.Stream.synchronize`` of the installed CuPy.

    Raises
    ------
    AttributeError
        If CuPy has no such name.
    """
    found: Any = cupy
    for name in path.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise AttributeError(f"CuPy {cupy.__version__} has no {path}") from None
    return found


@functools.cache
def signature_of(path: str) -> inspect.Signature:
    """Return the signature of a function or method of CuPy; compiled ones have it in the first line of their text."""
    function = real(path)
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        found = re.match(r"\s*[\w.]+\((?P<parameters>.*?)\)\s*(->.*)?$", function.__doc__ or "", re.MULTILINE)
        if found is None:
            raise StrictError(f"cupy.{path} does not say what it takes") from None
        return _parsed(found["parameters"])


def _parsed(text: str) -> inspect.Signature:
    """Return a signature from parameters as Cython writes them: ``self, int axis=-1, out=None``."""
    names = ", ".join(re.sub(r"^[\w ]+ (?=\w+\s*(=|$))", "", part.strip()) for part in text.split(","))
    taken = ast.parse(f"def f({names}): pass").body[0].args  # type: ignore[attr-defined]
    plain = [*taken.posonlyargs, *taken.args]
    required = len(plain) - len(taken.defaults)
    found = [
        _KINDS(each.arg, _KINDS.POSITIONAL_OR_KEYWORD, default=_default(i >= required)) for i, each in enumerate(plain)
    ]
    found += [_KINDS(taken.vararg.arg, _KINDS.VAR_POSITIONAL)] if taken.vararg else []
    for each, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True):
        found.append(_KINDS(each.arg, _KINDS.KEYWORD_ONLY, default=_default(default is not None)))
    return inspect.Signature(found)


def _default(given: bool) -> Any:
    return ... if given else _KINDS.empty


def require(path: str, *arguments: Any, **keywords: Any) -> None:
    """Raise StrictError unless CuPy's function takes these arguments."""
    try:
        signature_of(path).bind(*arguments, **keywords)
    except TypeError as error:
        raise StrictError(f"cupy.{path}{signature_of(path)}: {error}") from None


ADMITTED: dict[str, Callable[..., Any]] = {}
"""Stand-ins by the path of what they stand for."""


def like(path: str) -> Callable[[Function], Function]:
    """Have a stand-in take exactly what CuPy's function of this path takes."""
    first = 1 if inspect.isclass(real(path)) else 0  # a class is called without self

    def admit(function: Function) -> Function:
        @functools.wraps(function)
        def call(*arguments: Any, **keywords: Any) -> Any:
            require(path, *arguments[first:], **keywords)
            return function(*arguments, **keywords)

        ADMITTED[path] = function
        return call  # type: ignore[return-value]

    return admit


@functools.cache
def ufunc_takes(name: str, keyword: str) -> bool:
    """Return whether a ufunc of CuPy takes a keyword; it looks at keywords before it looks for a device."""
    ufunc = real(name)
    try:
        ufunc(*[1.0] * ufunc.nin, **{keyword: None})
    except TypeError as error:
        return "Wrong arguments" not in str(error)
    except RuntimeError:  # it got as far as asking for a device
        return True
    return True
