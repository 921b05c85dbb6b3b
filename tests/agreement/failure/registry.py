"""Failures of the registry: the council's calls, its hand-over, and members' own keys."""

from collections.abc import Callable

from eth_abi.abi import encode

from ledger.contracts_artifact import load_contract
from ledger.role import Permission
from tests.agreement.failure.trial import Trial, instead, meanwhile
from tests.agreement.stage import Act, Stage

KEY = b"\1" * 32
ROLES = 3


def admit(
    s: Stage, sender: str = "council", encryption_key: bytes = KEY, first: str = "stranger"
) -> Act:
    arguments = (ROLES, "New", "http://localhost", encryption_key, s.names[first])
    return s.call("OrgRegistry.admit", *arguments, sender=sender)


def set_roles(s: Stage, sender: str = "council", member: str | int = "buyer") -> Act:
    number = s.names[member] if isinstance(member, str) else member
    return s.call("OrgRegistry.setRoles", number, ROLES, sender=sender)


def suspend(s: Stage, sender: str = "council", member: str | int = "buyer") -> Act:
    number = s.names[member] if isinstance(member, str) else member
    return s.call("OrgRegistry.setSuspended", number, True, sender=sender)


def set_key(
    s: Stage,
    sender: str = "buyer",
    key: str = "stranger",
    permissions: int = Permission.ALL,
    member: str = "buyer",
    time: int | None = None,
) -> Act:
    arguments = (s.names[member], s.names[key], permissions, 0)
    return s.call("OrgRegistry.setKey", *arguments, sender=sender, time=time)


def set_encryption_key(s: Stage, sender: str = "buyer", key: bytes = KEY) -> Act:
    return s.call("OrgRegistry.setEncryptionKey", s.names["buyer"], key, sender=sender)


def set_endpoint(s: Stage, sender: str = "buyer") -> Act:
    return s.call("OrgRegistry.setEndpoint", s.names["buyer"], "http://new", sender=sender)


def hand_over(s: Stage, to: str = "successor", sender: str = "council") -> Act:
    return s.call("OrgRegistry.transferOwnership", s.names[to], sender=sender)


def accept(s: Stage, sender: str = "successor") -> Act:
    return s.call("OrgRegistry.acceptOwnership", sender=sender)


def deploy(s: Stage, council: str) -> Act:
    code = load_contract("OrgRegistry").bytecode + encode(["address"], [s.names[council]])
    return Act(
        s.names["stranger"],
        s.names["deployer"],
        code,
        s.now,
        says={"initialOwner": s.names[council]},
    )


def renounce(s: Stage) -> Act:
    return s.call("OrgRegistry.renounceOwnership", sender="council")


def key_not_of_its_age(s: Stage) -> Trial:
    valid = set_key(s, sender="expired_key", time=s.now - 1)
    return instead(valid, set_key(s, sender="expired_key"))


CASES: dict[str, Callable[[Stage], Trial]] = {
    "deployed-without-council": lambda s: instead(deploy(s, "council"), deploy(s, "nobody")),
    "admit-by-stranger": lambda s: instead(admit(s), admit(s, "stranger")),
    "admit-by-member": lambda s: instead(admit(s), admit(s, "buyer")),
    "admit-by-council-to-be": lambda s: instead(
        admit(s), admit(s, "successor"), past=[hand_over(s)]
    ),
    "admit-by-council-that-was": lambda s: meanwhile(admit(s), hand_over(s), accept(s)),
    "admit-without-key": lambda s: instead(admit(s), admit(s, first="nobody")),
    "admit-without-encryption-key": lambda s: instead(admit(s), admit(s, encryption_key=bytes(32))),
    "roles-by-stranger": lambda s: instead(set_roles(s), set_roles(s, "stranger")),
    "roles-by-member-itself": lambda s: instead(set_roles(s), set_roles(s, "buyer")),
    "roles-of-nobody": lambda s: instead(set_roles(s), set_roles(s, member=0)),
    "roles-of-member-to-come": lambda s: instead(set_roles(s), set_roles(s, member="next_member")),
    "suspension-by-stranger": lambda s: instead(suspend(s), suspend(s, "stranger")),
    "suspension-by-rival": lambda s: instead(suspend(s), suspend(s, "rival")),
    "suspension-of-member-to-come": lambda s: instead(suspend(s), suspend(s, member="next_member")),
    "hand-over-by-stranger": lambda s: instead(hand_over(s), hand_over(s, sender="stranger")),
    "hand-over-accepted-by-other": lambda s: instead(
        accept(s), accept(s, "stranger"), past=[hand_over(s)]
    ),
    "hand-over-not-begun": lambda s: Trial([hand_over(s), accept(s)], [accept(s)]),
    "hand-over-redirected": lambda s: meanwhile(
        accept(s), hand_over(s, "stranger"), past=[hand_over(s)]
    ),
    "hand-over-called-off": lambda s: meanwhile(
        accept(s), hand_over(s, "nobody"), past=[hand_over(s)]
    ),
    "hand-over-accepted-twice": lambda s: meanwhile(accept(s), accept(s), past=[hand_over(s)]),
    "council-gives-up": lambda s: instead(hand_over(s), renounce(s)),
    "key-by-stranger": lambda s: instead(set_key(s), set_key(s, "stranger")),
    "key-by-council": lambda s: instead(set_key(s), set_key(s, "council")),
    "key-by-other-member": lambda s: instead(set_key(s), set_key(s, "seller")),
    "key-by-key-that-may-not-administer": lambda s: instead(
        set_key(s, "administration_key"), set_key(s, "record_key")
    ),
    "key-by-expired-key": key_not_of_its_age,
    "key-by-key-just-revoked": lambda s: meanwhile(
        set_key(s, "administration_key"), set_key(s, key="administration_key", permissions=0)
    ),
    "key-of-nobody": lambda s: instead(set_key(s), set_key(s, key="nobody")),
    "encryption-key-by-stranger": lambda s: instead(
        set_encryption_key(s), set_encryption_key(s, "stranger")
    ),
    "encryption-key-of-zeros": lambda s: instead(
        set_encryption_key(s), set_encryption_key(s, key=bytes(32))
    ),
    "endpoint-by-stranger": lambda s: instead(set_endpoint(s), set_endpoint(s, "stranger")),
}
