"""Functions that kernels call have names of their own: a cached kernel finds them by name alone."""

from dfqgp.backends.cpu import compile as compiling
from dfqgp.backends.cpu import kernels
from dfqgp.ops import OPERATORS


def meaning(function):
    """Code and what it closes over, functions by their own meaning."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    return function.__code__.co_code, function.__code__.co_consts, tuple(
        meaning(each) if hasattr(each, "__code__") else repr(each) for each in cells
    )  # fmt: skip


def test_no_two_functions_share_a_symbol(monkeypatch):
    """Symbols hold the module, the qualified name and a number that starts anew in every process."""
    found = {}

    def record(**_):
        def keep(function):
            symbol = function.__module__, function.__qualname__
            assert found.setdefault(symbol, meaning(function)) == meaning(function), symbol
            return function

        return keep

    monkeypatch.setattr(compiling, "register_jitable", record)
    monkeypatch.setattr(kernels, "_compiled", kernels._compiled.__wrapped__)  # what is made here cannot be compiled
    compiling.tuple_of.cache_clear()
    for op in OPERATORS.values():
        kernels.kernel_of.__wrapped__(op)
    compiling.tuple_of.cache_clear()
    assert len(found) > 2 * len(OPERATORS)
