"""What tells messages of one type apart that stand for different documents."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.connectors.edi.message import Message
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.edi.segment import Segment


@dataclass(frozen=True)
class Sign:
    """A code by which a message stands for another document than most of its type.

    Parameters
    ----------
    tag : str
        The segment that has it.
    element : int
        Its place there.
    codes : frozenset of str
        Any of these.
    """

    tag: str
    element: int
    codes: frozenset[str]

    def is_on(self, message: Message, profile: PartnerProfile) -> bool:
        """Tell whether a message has it."""
        first = next((each for each in message.body if each.tag == self.tag), Segment("", ()))
        return profile.translated(first).part(self.element) in self.codes
