"""When the process looks for garbage: not while it starts, and then seldom for what has stayed long."""

from __future__ import annotations

import gc
from typing import Final

APART: Final = 5
"""How many times as many collections as is usual lie between two full ones.

A full one stops the process for a quarter of a second with a thousand watchers, and finds next to
nothing: what is on its way to a socket, Python takes for objects that stay.  With this many, one comes
every minute under load, not every fifteen seconds.  Meanwhile 350,000 objects that are garbage can lie
about: the number of young ones (700) after which Python looks, times 10, times 10, times this.
"""


def postpone_collections() -> None:
    """Look for no garbage until ``begin_collections`` is called.

    What is imported and built until then stays for good: looking through it again and again costs a
    tenth of the start.
    """
    gc.disable()


def begin_collections() -> None:
    """Leave what is there now out of every collection, and begin to look for garbage in the rest."""
    gc.freeze()
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, old * APART)
    gc.enable()
