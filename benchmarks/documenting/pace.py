"""How often one core does a thing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Pace:
    """Seconds of processor time that one call takes, in several rounds."""

    rounds_s: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """Median of the rounds."""
        return median(self.rounds_s)

    @property
    def per_s(self) -> float:
        """Calls a second of one core."""
        return 1 / self.seconds

    @property
    def spread(self) -> float:
        """Slowest less fastest round, over their median."""
        return (max(self.rounds_s) - min(self.rounds_s)) / self.seconds


def pace_of(call: Callable[[], Any], rounds: int, round_s: float) -> Pace:
    """Repeat a call for some rounds.

    Processor time of this thread, so that a neighbour on the machine does not count; none of the
    calls waits for anything.
    """
    call()
    began = time.thread_time()
    call()
    repeats = max(1, int(round_s / max(time.thread_time() - began, 1e-7)))
    found = []
    for _ in range(rounds):
        began = time.thread_time()
        for _ in range(repeats):
            call()
        found.append((time.thread_time() - began) / repeats)
    return Pace(tuple(found))
