"""Which key could speak for which organisation, at any moment of the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.event import (
    EndpointSet,
    Event,
    KeySet,
    OrganisationAdmitted,
    OrganisationSuspensionSet,
)
from ledger.role import Permission

Moment = tuple[int, int]
"""Block number and log index: what came first on the chain is smaller."""


@dataclass(frozen=True, slots=True)
class _Grant:
    since: Moment
    permissions: int
    expires_at_s: int


@dataclass(slots=True)
class KeyBook:
    """The registry's history, read from its events.

    Parameters
    ----------
    names : dict
        Public name of each organisation, by number.
    endpoints : dict
        Where each organisation's gateway is now, by number.
    """

    names: dict[int, str] = field(default_factory=dict)
    endpoints: dict[int, str] = field(default_factory=dict)
    _grants: defaultdict[tuple[int, str], list[_Grant]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _suspensions: defaultdict[int, list[tuple[Moment, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @classmethod
    def of(cls, events: Iterable[Event]) -> KeyBook:
        """Read the registry's events, given in chain order."""
        book = cls()
        for event in events:
            book.note(event)
        return book

    def may(
        self,
        organisation: int,
        key: str,
        permission: Permission,
        moment: Moment,
        time_s: int,
    ) -> bool:
        """Whether a key had a permission for an organisation at a moment.

        Parameters
        ----------
        moment : Moment
            Where the act stands on the chain; what came later does not count.
        time_s : int
            Time of its block, for keys that expire.
        """
        if _last(self._suspensions[organisation], moment):
            return False
        return self.holds(organisation, key, permission, moment, time_s)

    def holds(
        self, organisation: int, key: str, permission: Permission, moment: Moment, time_s: int
    ) -> bool:
        """Whether a key was given a permission and still had it, suspended or not: see `may`."""
        grants = [
            grant for grant in self._grants[organisation, key.lower()] if grant.since < moment
        ]
        if not grants:
            return False
        grant = grants[-1]
        is_alive = grant.expires_at_s == 0 or time_s < grant.expires_at_s
        return is_alive and bool(grant.permissions & permission)

    def keys_ever(self, organisation: int, permission: Permission) -> set[str]:
        """Every key that had a permission for an organisation at some time."""
        return {
            key
            for (owner, key), grants in self._grants.items()
            if owner == organisation and any(grant.permissions & permission for grant in grants)
        }

    def name(self, organisation: int) -> str:
        """An organisation's name, or its number where it has none."""
        return self.names.get(organisation) or f"organisation {organisation}"

    def note(self, event: Event) -> None:
        """Take in the next of the registry's events; others are passed over."""
        moment = (event.block_number, event.log_index)
        if isinstance(event, OrganisationAdmitted):
            self.names[event.organisation] = event.name
            self.endpoints[event.organisation] = event.endpoint
        elif isinstance(event, EndpointSet):
            self.endpoints[event.organisation] = event.endpoint
        elif isinstance(event, KeySet):
            grant = _Grant(moment, event.permissions, event.expires_at)
            self._grants[event.organisation, event.key.lower()].append(grant)
        elif isinstance(event, OrganisationSuspensionSet):
            self._suspensions[event.organisation].append((moment, event.suspended))


def _last(changes: list[tuple[Moment, bool]], moment: Moment) -> bool:
    before = [is_set for since, is_set in changes if since < moment]
    return bool(before and before[-1])
