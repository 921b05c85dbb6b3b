"""What the contracts tell: one class per Solidity event.

A class has the event's name, and its fields are the event's parameters in snake_case and in order,
each with its Solidity type. `ledger/log.py` reads them from logs.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from ledger.action import Action

INDEXED: Final = "indexed"

Uint8 = Annotated[int, "uint8"]
Uint16 = Annotated[int, "uint16"]
Uint32 = Annotated[int, "uint32"]
Uint64 = Annotated[int, "uint64"]
Uint96 = Annotated[int, "uint96"]
Uint256 = Annotated[int, "uint256"]
Bytes32 = Annotated[bytes, "bytes32"]
Bytes = Annotated[bytes, "bytes"]
Address = Annotated[str, "address"]
String = Annotated[str, "string"]
Bool = Annotated[bool, "bool"]
Seats = Annotated[tuple[int, ...], "uint32[5]"]
Amounts = Annotated[tuple[int, ...], "uint96[]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Where a fact stands on the chain; the base of every event.

    Parameters
    ----------
    contract : str
        Address of the contract that told it, checksummed.
    """

    contract: str
    block_number: int
    block_hash: bytes
    tx_hash: bytes
    log_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationAdmitted(Event):
    """An organisation became a member."""

    organisation: Annotated[Uint32, INDEXED]
    roles: Uint32
    name: String
    endpoint: String


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRolesSet(Event):
    """The council changed an organisation's roles."""

    organisation: Annotated[Uint32, INDEXED]
    roles: Uint32


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSuspensionSet(Event):
    """The council suspended (true) or reinstated (false) an organisation."""

    organisation: Annotated[Uint32, INDEXED]
    suspended: Bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet(Event):
    """A key was given permissions; zero permissions revoke it."""

    organisation: Annotated[Uint32, INDEXED]
    key: Annotated[Address, INDEXED]
    permissions: Uint32
    expires_at: Uint64


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKeySet(Event):
    """Documents from this block on are to be sealed to this key."""

    organisation: Annotated[Uint32, INDEXED]
    epoch: Uint32
    encryption_key: Bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSet(Event):
    """The organisation's gateway moved."""

    organisation: Annotated[Uint32, INDEXED]
    endpoint: String


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecorded(Event):
    """A batch was recorded; events that were refused were named by `ActionRefused` just before."""

    organisation: Annotated[Uint32, INDEXED]
    batch: Annotated[Bytes32, INDEXED]
    documents_root: Bytes32
    manifest: Bytes32
    actions: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRecorded(Event):
    """An individually signed intent was recorded."""

    organisation: Annotated[Uint32, INDEXED]
    intent: Annotated[Bytes32, INDEXED]
    step: Uint256
    document: Bytes32
    manifest: Bytes32

    @property
    def action(self) -> Action:
        """What it did, unpacked from ``agreement (64) | action (8) | number (32) | order (32)``."""
        agreement, low = self.step >> 72, self.step & (1 << 72) - 1
        return Action(agreement, low >> 64, low >> 32 & 0xFFFFFFFF, low & 0xFFFFFFFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRefused(Event):
    """Events of a batch, `count` in a row, were refused for one reason; their neighbours stand.

    The problem is that of the first.
    """

    batch: Annotated[Bytes32, INDEXED]
    position: Uint256
    count: Uint256
    problem: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRefused(Event):
    """A whole batch or intent was refused.

    Its nonce is unused, unless the ledger refused the only action of an intent.
    """

    organisation: Annotated[Uint32, INDEXED]
    intent: Annotated[Bytes32, INDEXED]
    problem: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementProposed(Event):
    """An agreement was proposed between these seats."""

    agreement: Annotated[Uint64, INDEXED]
    seats: Seats
    notice_days: Uint16


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementStepped(Event):
    """An organisation took a step; `state` is the agreement's state after it."""

    agreement: Annotated[Uint64, INDEXED]
    organisation: Annotated[Uint32, INDEXED]
    action: Uint8
    state: Uint8
    unsigned: Uint8
    ends_at: Uint64
    terms: Bytes32
    manifest: Bytes32
    intent: Bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionOpened(Event):
    """A pool operator opened an auction."""

    auction: Annotated[Uint64, INDEXED]
    organisation: Annotated[Uint32, INDEXED]
    token: Address
    bond: Uint96
    bidding_ends: Uint64
    reveal_ends: Uint64
    challenge_ends: Uint64
    perform_by: Uint64
    specification: Bytes32
    manifest: Bytes32
    reserves: Amounts
    intent: Bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class BidCommitted(Event):
    """A carrier placed a sealed bid."""

    auction: Annotated[Uint64, INDEXED]
    organisation: Annotated[Uint32, INDEXED]
    bid: Uint8
    commitment: Bytes32
    intent: Bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class BidRevealed(Event):
    """A sealed bid was revealed."""

    auction: Annotated[Uint64, INDEXED]
    organisation: Annotated[Uint32, INDEXED]
    bid: Uint8
    lots: Uint64
    price: Uint96


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationProposed(Event):
    """An allocation scored better than the one that stood."""

    auction: Annotated[Uint64, INDEXED]
    proposer: Annotated[Address, INDEXED]
    bids: Uint256
    score: Uint256


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionFinalised(Event):
    """The standing allocation became final."""

    auction: Annotated[Uint64, INDEXED]
    bids: Uint256
    score: Uint256


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStepped(Event):
    """An awarded lot moved on; `state` is its state after it."""

    auction: Annotated[Uint64, INDEXED]
    organisation: Annotated[Uint32, INDEXED]
    lot: Uint8
    action: Uint8
    state: Uint8
    document: Bytes32
    manifest: Bytes32
    intent: Bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class BondReleased(Event):
    """A bid's bond went back to its bidder's free deposit."""

    auction: Annotated[Uint64, INDEXED]
    organisation: Annotated[Uint32, INDEXED]
    bid: Uint8
    amount: Uint256


@dataclass(frozen=True, slots=True, kw_only=True)
class BondForfeited(Event):
    """A bid's bond went to the pool operator."""

    auction: Annotated[Uint64, INDEXED]
    organisation: Annotated[Uint32, INDEXED]
    bid: Uint8
    amount: Uint256


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited(Event):
    """An organisation's free deposit grew."""

    organisation: Annotated[Uint32, INDEXED]
    token: Annotated[Address, INDEXED]
    amount: Uint256


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """An organisation took free deposit out."""

    organisation: Annotated[Uint32, INDEXED]
    token: Annotated[Address, INDEXED]
    amount: Uint256
    to: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipTransferStarted(Event):
    """The council began to hand over; the new one has to accept."""

    previous_owner: Annotated[Address, INDEXED]
    new_owner: Annotated[Address, INDEXED]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipTransferred(Event):
    """The registry has a new council."""

    previous_owner: Annotated[Address, INDEXED]
    new_owner: Annotated[Address, INDEXED]
