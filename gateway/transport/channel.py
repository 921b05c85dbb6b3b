"""What every channel is: visited again and again, it hands over parcels and takes messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

Mark = dict[str, Any]
"""What a channel remembers from one visit to the next; goes into the database."""


class ChannelFault(Exception):
    """A channel does not work, or does not take a message.

    Parameters
    ----------
    name : str
        What kind of fault, in one word.
    detail : str
        What exactly, without secrets.
    is_away : bool
        Whether nothing can be done on the channel now.
    """

    def __init__(self, name: str, detail: str, *, is_away: bool = False) -> None:
        super().__init__(f"{name}: {detail}"[:500])
        self.is_away = is_away


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that lies at a partner's place.

    Parameters
    ----------
    name : str
        Of its file; empty where it has none.
    stamp : dict
        What tells it from a later one of the same name.
    """

    name: str
    content: bytes
    media_type: str = ""
    stamp: dict[str, Any] = field(default_factory=dict)


class Taken(Protocol):
    """What became of a parcel in the inbox."""

    @property
    def id(self) -> str:
        """Number of the message."""

    @property
    def state(self) -> str:
        """Its state."""

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What is wrong with it."""


class Visit(Protocol):
    """An open connection of a channel.

    Attributes
    ----------
    mark : dict
        What is to be remembered now.
    complaints : list of str
        What was passed over, and why.
    """

    mark: Mark
    complaints: list[str]

    def collect(self) -> AsyncGenerator[Parcel, None]:
        """Give what lies there and is whole.

        Raises
        ------
        ChannelFault
            If it cannot be looked at.
        """

    async def let_go(self, parcel: Parcel, taken: Taken) -> None:
        """Put away what the inbox keeps now, so that it is not collected again."""

    async def bring(self, name: str, content: bytes, media_type: str) -> None:
        """Bring a message; under the same name again it is the same message.

        Raises
        ------
        ChannelFault
            If it did not arrive.
        """


class Channel(Protocol):
    """A way to and from one partner."""

    def visit(self, mark: Mark) -> AbstractAsyncContextManager[Visit]:
        """Connect.

        Raises
        ------
        ChannelFault
            If that is not possible.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long a channel is trusted with."""

    bytes_max: int
    timeout_s: float = 60.0
