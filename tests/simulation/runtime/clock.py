"""A clock that goes on only when it is told to, and an executor that keeps to one thread."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import ledger.backlog
import ledger.bundle_courier
import ledger.clock
from tests.simulation.runtime.node.origin import ORIGIN_S

_S = 1_000_000_000
READERS = (ledger.clock, ledger.backlog, ledger.bundle_courier)
"""All that reads the time in a voyage: how fast the machine is must change nothing in it."""


class Clock:
    """Stands in for the module `time` where the runtime reads it."""

    def __init__(self) -> None:
        self._now_ns = (ORIGIN_S + 1_000) * _S

    def time_ns(self) -> int:
        return self._now_ns

    def monotonic(self) -> float:
        return self._now_ns / _S

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._now_ns += int(seconds * _S)

    @property
    def now_s(self) -> int:
        return self._now_ns // _S

    @contextmanager
    def running(self) -> Iterator[None]:
        """Be the runtime's only clock."""
        with ExitStack() as stack:
            for reader in READERS:
                stack.enter_context(patch.object(reader, "time", self))
            yield


class Inline(ThreadPoolExecutor):
    """Does at once, in the caller's thread, what it is given: the order is the seed's alone."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except BaseException as problem:
            done.set_exception(problem)
        return done
