"""Names for functions that compilers cache: no two functions share one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dfqgp.ops.source import functions_of, text_of

if TYPE_CHECKING:
    from types import FunctionType


def digest(*texts: str) -> str:
    """Return a short hash of texts, for names."""
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=6).hexdigest()


def symbol_of(function: FunctionType) -> str:
    """Return a name that changes with a function's source and with that of every function it calls."""
    whole = "".join(text_of(each) + each.__code__.co_code.hex() for each in functions_of(function))
    return f"{function.__name__}_{digest(whole)}"
