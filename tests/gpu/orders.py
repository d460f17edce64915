"""The device that tests run on, and a run in every order of threads where kernels are simulated."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gpu.card import array_module, has_card

from dfqgp.backends.gpu.device import Device

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def device() -> Device:
    """Return device 0: the card, or the simulated one."""
    return Device(0, array_module())


def in_every_order(run: Callable[[], Any]) -> Any:
    """Return the result, after checking that the order of threads and blocks changes no bit; on a card, run once."""
    if has_card():
        return run()
    from gpu.simulator import in_every_order as each  # noqa: PLC0415 -- only where kernels are simulated

    return each(run)
