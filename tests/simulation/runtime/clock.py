"""A clock that goes on only when it is told to, and an executor that keeps to one thread."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import ledger.clock
from tests.simulation.runtime.node.origin import ORIGIN_S

_S = 1_000_000_000


class Clock:
    """Stands in for the module `time` where the runtime reads it."""

    def __init__(self) -> None:
        self._now_ns = (ORIGIN_S + 1_000) * _S

    def time_ns(self) -> int:
        return self._now_ns

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
            stack.enter_context(patch.object(ledger.clock, "time", self))
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
