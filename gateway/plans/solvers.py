"""Loads the solvers of auction and shares, which takes seconds, before anybody waits for them.

A gateway that never plans never loads them.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib import import_module
from typing import Final

MODULES: Final = ("pooling.auction", "pooling.check", "pooling.coalition", "pooling.shares")


@cache
def load_soon() -> None:
    """Begin to load them, once; whoever needs one meanwhile waits for it and no longer."""
    threading.Thread(target=_load, name="solvers", daemon=True).start()


def _load() -> None:
    for module in MODULES:
        import_module(module)
