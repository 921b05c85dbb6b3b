"""The members, their keys, and the council that admits and suspends them."""

from dataclasses import dataclass, field

from tests.oracles.ledger.refusal import Event, Refusal

NOBODY = "0x" + "0" * 40
ADMINISTER = 8
EVERYTHING = 15


@dataclass
class Member:
    """One organisation."""

    roles: int
    name: str
    endpoint: str
    encryption_key: bytes
    encryption_epoch: int = 1
    is_suspended: bool = False
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)


class Registry:
    """Members by number, from 1."""

    def __init__(self, council: str) -> None:
        self.council = council
        self.successor = NOBODY
        self.members: dict[int, Member] = {}

    def held(self, organisation: int, key: str, now: int) -> int:
        """Say what a key was given and has not lost by time."""
        if organisation not in self.members:
            return 0
        permissions, expires_at = self.members[organisation].keys.get(key, (0, 0))
        if expires_at != 0 and now >= expires_at:
            return 0
        return permissions

    def permissions(self, organisation: int, key: str, now: int) -> int:
        """Say what a key may do elsewhere than here."""
        if organisation not in self.members or self.members[organisation].is_suspended:
            return 0
        return self.held(organisation, key, now)

    def roles(self, organisation: int) -> int:
        """Say what a member may be; nothing while suspended."""
        if organisation not in self.members or self.members[organisation].is_suspended:
            return 0
        return self.members[organisation].roles

    def admit(
        self,
        caller: str,
        now: int,
        roles: int,
        name: str,
        endpoint: str,
        encryption_key: bytes,
        first_key: str,
    ) -> list[Event]:
        """Take in a member."""
        self._need_council(caller)
        number = len(self.members) + 1
        if encryption_key == bytes(32):
            raise Refusal("RegistryEncryptionKeyInvalid", number)
        if first_key == NOBODY:
            raise Refusal("RegistryKeyInvalid", number, first_key)
        member = Member(roles, name, endpoint, encryption_key)
        member.keys[first_key] = (EVERYTHING, 0)
        self.members[number] = member
        return [
            (
                "OrganisationAdmitted",
                {"organisation": number, "roles": roles, "name": name, "endpoint": endpoint},
            ),
            _encryption_key_set(number, member),
            _key_set(number, first_key, EVERYTHING, 0),
        ]

    def set_roles(self, caller: str, now: int, organisation: int, roles: int) -> list[Event]:
        """Change what a member may be."""
        self._need_council(caller)
        self._need_member(organisation).roles = roles
        return [("OrganisationRolesSet", {"organisation": organisation, "roles": roles})]

    def set_suspended(
        self, caller: str, now: int, organisation: int, suspended: bool
    ) -> list[Event]:
        """Silence a member, or let it speak again."""
        self._need_council(caller)
        self._need_member(organisation).is_suspended = suspended
        fields = {"organisation": organisation, "suspended": suspended}
        return [("OrganisationSuspensionSet", fields)]

    def set_key(
        self, caller: str, now: int, organisation: int, key: str, permissions: int, expires_at: int
    ) -> list[Event]:
        """Give a key permissions, or take them."""
        member = self._need_administrator(caller, now, organisation)
        if key == NOBODY:
            raise Refusal("RegistryKeyInvalid", organisation, key)
        member.keys[key] = (permissions, expires_at)
        return [_key_set(organisation, key, permissions, expires_at)]

    def set_encryption_key(
        self, caller: str, now: int, organisation: int, encryption_key: bytes
    ) -> list[Event]:
        """Begin the next epoch."""
        member = self._need_administrator(caller, now, organisation)
        if encryption_key == bytes(32):
            raise Refusal("RegistryEncryptionKeyInvalid", organisation)
        member.encryption_epoch = member.encryption_epoch + 1
        member.encryption_key = encryption_key
        return [_encryption_key_set(organisation, member)]

    def set_endpoint(self, caller: str, now: int, organisation: int, endpoint: str) -> list[Event]:
        """Move a gateway."""
        member = self._need_administrator(caller, now, organisation)
        member.endpoint = endpoint
        return [("EndpointSet", {"organisation": organisation, "endpoint": endpoint})]

    def transfer_ownership(self, caller: str, now: int, successor: str) -> list[Event]:
        """Offer the council's office."""
        self._need_council(caller)
        self.successor = successor
        fields = {"previousOwner": self.council, "newOwner": successor}
        return [("OwnershipTransferStarted", fields)]

    def accept_ownership(self, caller: str, now: int) -> list[Event]:
        """Take the office that was offered."""
        if caller != self.successor:
            raise Refusal("OwnableUnauthorizedAccount", caller)
        fields = {"previousOwner": self.council, "newOwner": caller}
        self.council = caller
        self.successor = NOBODY
        return [("OwnershipTransferred", fields)]

    def renounce_ownership(self, caller: str, now: int) -> list[Event]:
        """Leave no council: nobody may."""
        raise Refusal("RegistryCouncilRequired")

    def _need_council(self, caller: str) -> None:
        if caller != self.council:
            raise Refusal("OwnableUnauthorizedAccount", caller)

    def _need_member(self, organisation: int) -> Member:
        if organisation not in self.members:
            raise Refusal("RegistryOrganisationUnknown", organisation)
        return self.members[organisation]

    def _need_administrator(self, caller: str, now: int, organisation: int) -> Member:
        # A suspended member rules its keys all the same, so that it can revoke a stolen one.
        if self.held(organisation, caller, now) // ADMINISTER % 2 == 0:
            raise Refusal("RegistryKeyUnauthorised", organisation, caller, ADMINISTER)
        return self.members[organisation]


def _key_set(organisation: int, key: str, permissions: int, expires_at: int) -> Event:
    fields = {"organisation": organisation, "key": key}
    return ("KeySet", {**fields, "permissions": permissions, "expiresAt": expires_at})


def _encryption_key_set(organisation: int, member: Member) -> Event:
    fields = {"organisation": organisation, "epoch": member.encryption_epoch}
    return ("EncryptionKeySet", {**fields, "encryptionKey": member.encryption_key})
