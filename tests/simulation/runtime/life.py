"""How long a process lives, and what it lives through."""

import asyncio
from dataclasses import dataclass, field

from tests.simulation.runtime.weather import Weather

BOUNDARY = "boundary: "
DIED = "died: "


class Killed(BaseException):
    """The process is dead; nothing that it does from now on has an effect."""


@dataclass
class Life:
    """The time from a process's start to its end.

    Attributes
    ----------
    moments : int, optional
        How many moments at which it may die are left to it.
    dies_at : str, optional
        The boundary at which it dies.
    """

    weather: Weather
    moments: int | None = None
    dies_at: str | None = None
    is_over: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def pass_boundary(self, name: str) -> None:
        """Come by a write boundary."""
        self.weather.tally[BOUNDARY + name] += 1
        if name == self.dies_at and not self.is_over:
            self._die(name)
        self.live_through(name)

    def live_through(self, moment: str) -> None:
        """Come by a moment at which the process may die.

        Raises
        ------
        Killed
            When it does, or has.
        """
        if self.is_over:
            raise Killed
        if self.moments is not None:
            self.moments -= 1
            if self.moments < 0:
                self._die(moment)

    def _die(self, moment: str) -> None:
        self.weather.tally[DIED + moment] += 1
        self.is_over = True
        self.ended.set()
        raise Killed(moment)
