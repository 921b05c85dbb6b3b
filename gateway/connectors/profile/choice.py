"""Which partner a message is of: told by who brought it, and by its envelope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from gateway.connectors.edi.message import Address
from gateway.connectors.message import ConnectorRefused, Finding, Location, shortened
from gateway.connectors.profile.partner import NOBODY, Partner, read_partner


class PartnerAmbiguous(ConnectorRefused):
    """Whoever brought the message, or its envelope, stands for several partners, or for two."""


@dataclass(frozen=True)
class Partners:
    """The partners of one organisation that have profiles; the one place where one is chosen."""

    known: tuple[Partner, ...] = ()

    @classmethod
    def of(cls, contents: Iterable[bytes]) -> Self:
        """Read the profiles of an organisation.

        Raises
        ------
        InvalidProfile
            If one breaks the rules of the format.
        """
        return cls(tuple(map(_read_once, contents)))

    def choose(self, sender: str, address: Address | None = None) -> Partner:
        """Choose the partner that a message comes from, or goes to.

        Parameters
        ----------
        sender : str
            Who brought it, or is to be sent it; empty when nobody says.
        address : Address, optional
            The partner's in the envelope, in standards with envelopes.

        Returns
        -------
        Partner
            `NOBODY` where neither name nor address is that of a partner with a profile.

        Raises
        ------
        PartnerAmbiguous
            If several are meant, or the name and the address mean different ones.
        """
        called = [each for each in self.known if sender and each.is_called(sender)]
        there = [each for each in self.known if address is not None and each.is_at(address)]
        if called and there:
            both = [each for each in called if each in there]
            if not both:
                raise _apart(sender, called, there, address)
            return _one(both, sender, address)
        return _one(called or there, sender, address)


NO_PARTNERS: Final = Partners()
"""Those of an organisation without profiles."""

_read_once = lru_cache(maxsize=1024)(read_partner)


def _one(found: list[Partner], sender: str, address: Address | None) -> Partner:
    if len(found) > 1:
        rule = f"A message is of one partner; this may be of {_names(found)}."
        advice = "Give their profiles different senders or addresses."
        raise PartnerAmbiguous([_finding(rule, sender, address, advice)])
    return found[0] if found else NOBODY


def _apart(
    sender: str, called: Iterable[Partner], there: Iterable[Partner], address: Address | None
) -> PartnerAmbiguous:
    rule = f"Who brings a message is who sent it: it came from {_names(called)}, "
    rule += f"and its envelope names {_names(there)}."
    advice = "Ask who sent it; name a carrier of others' messages in their profiles' senders."
    return PartnerAmbiguous([_finding(rule, sender, address, advice)])


def _names(partners: Iterable[Partner]) -> str:
    return " or ".join(each.name for each in partners)


def _finding(rule: str, sender: str, address: Address | None, advice: str) -> Finding:
    found = sender if address is None else f"{sender} {address.qualifier}:{address.id}".strip()
    return Finding(rule, Location(1, 1), shortened(found), advice)
