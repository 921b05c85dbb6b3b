"""The registry's history: who is a member, which keys speak, and whether who said so might."""

from dataclasses import dataclass, field
from typing import Final

from ledger.event import (
    EncryptionKeySet,
    EndpointSet,
    Event,
    KeySet,
    OrganisationAdmitted,
    OrganisationRolesSet,
    OrganisationSuspensionSet,
    OwnershipTransferred,
    OwnershipTransferStarted,
)
from ledger.role import Permission
from ledger.verification.authority import KeyBook, Moment

NOW: Final[Moment] = (1 << 64, 0)
"""Behind everything that was noted."""

_OF_COUNCIL: Final = (
    OrganisationAdmitted,
    OrganisationRolesSet,
    OrganisationSuspensionSet,
    OwnershipTransferStarted,
)


@dataclass(slots=True)
class Members:
    """What the registry holds.

    Parameters
    ----------
    count : int
        How many organisations were admitted.
    """

    keys: KeyBook = field(default_factory=KeyBook)
    count: int = 0
    _council: str = ""
    _successor: str = ""
    _admitted: tuple[bytes, int] = (b"", 0)

    def may(self, organisation: int, key: str, permission: Permission, time_s: int) -> bool:
        """Whether a key may do something for an organisation now."""
        return self.keys.may(organisation, key, permission, NOW, time_s)

    def take(self, event: Event, sender: str, time_s: int) -> str:
        """Take in an event; gives why its sender might not do that, else nothing.

        Parameters
        ----------
        sender : str
            Who called the registry; empty when that cannot be told, and then it is not asked.
        """
        why = self._objection(event, sender, time_s) if sender else ""
        self.keys.note(event)
        if isinstance(event, OrganisationAdmitted):
            self.count = event.organisation
            self._admitted = (event.tx_hash, event.organisation)
        elif isinstance(event, OwnershipTransferStarted):
            self._successor = event.new_owner.lower()
        elif isinstance(event, OwnershipTransferred):
            self._council, self._successor = event.new_owner.lower(), ""
        return why

    def _objection(self, event: Event, sender: str, time_s: int) -> str:
        if isinstance(event, OrganisationAdmitted) and event.organisation != self.count + 1:
            return f"organisation {event.organisation} is not the next"
        if isinstance(event, _OF_COUNCIL):
            return "" if sender == self._council else f"{sender} is not the council"
        if isinstance(event, OwnershipTransferred):
            return "" if sender == self._successor else f"{sender} was not offered the office"
        if isinstance(event, (KeySet, EncryptionKeySet, EndpointSet)):
            # Whoever is admitted gets its first keys in the same transaction, from the council.
            if (event.tx_hash, event.organisation) == self._admitted:
                return ""
            if not self.keys.holds(event.organisation, sender, Permission.ADMINISTER, NOW, time_s):
                return f"{sender} does not administer organisation {event.organisation}"
        return ""
