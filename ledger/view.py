"""Reads the contracts' views, as of a block.

The indexer's rows answer most questions; these are for those that must ask the chain itself.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from ledger.client import Client
from ledger.contracts import selector
from ledger.errors import DeploymentAbsent

Which = int | str

ORGANISATION: Final = "(uint32,bool,uint32,bytes32,string,string)"
AGREEMENT: Final = "(uint32[5],uint8,uint8,uint16,uint64,bytes32,bytes32)"
AUCTION: Final = (
    "(uint32,uint8,uint16,bool,uint64,uint64,uint64,address,uint96,uint64,uint128,bytes32,uint256)"
)
BID: Final = "(uint32,uint8,uint8,uint64,uint96,bytes32)"

VIEWS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "OrgRegistry.owner": ((), ("address",)),
    "OrgRegistry.organisationCount": ((), ("uint32",)),
    "OrgRegistry.organisationOf": (("uint32",), (ORGANISATION,)),
    "OrgRegistry.rolesOf": (("uint32",), ("uint32",)),
    "OrgRegistry.permissionsOf": (("uint32", "address"), ("uint32",)),
    "OrderLedger.registry": ((), ("address",)),
    "OrderLedger.agreementOf": (("uint64",), (AGREEMENT,)),
    "OrderLedger.orderState": (("uint64", "uint32"), ("uint8",)),
    "OrderLedger.deliveryState": (("uint64", "uint32"), ("uint8", "uint32")),
    "OrderLedger.isNonceUsed": (("uint32", "uint256"), ("bool",)),
    "PoolAuction.registry": ((), ("address",)),
    "PoolAuction.CONFIRMATION_PERIOD": ((), ("uint64",)),
    "PoolAuction.auctionOf": (("uint64",), (AUCTION,)),
    "PoolAuction.bidOf": (("uint64", "uint8"), (BID,)),
    "PoolAuction.lotOf": (("uint64", "uint8"), ("uint8", "uint96")),
    "PoolAuction.freeDepositOf": (("uint32", "address"), ("uint256",)),
    "PoolAuction.commitmentOf": (
        ("uint64", "uint32", "uint64", "uint96", "bytes32"),
        ("bytes32",),
    ),
    "PoolAuction.isNonceUsed": (("uint32", "uint256"), ("bool",)),
    "LocalBondToken.balanceOf": (("address",), ("uint256",)),
    "LocalBondToken.allowance": (("address", "address"), ("uint256",)),
}
"""Solidity types of what each view takes and gives."""


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """What the registry remembers of an organisation; see IOrgRegistry."""

    roles: int
    is_suspended: bool
    encryption_epoch: int
    encryption_key: bytes
    name: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class AgreementView:
    """What the ledger remembers of an agreement; see IOrderLedger."""

    seats: tuple[int, ...]
    state: int
    unsigned: int
    notice_days: int
    ends_at: int
    terms: bytes
    proposed_terms: bytes


@dataclass(frozen=True, slots=True)
class AuctionView:
    """What the contract remembers of an auction; see IPoolAuction."""

    organisation: int
    lot_count: int
    bid_count: int
    is_finalised: bool
    bidding_ends: int
    reveal_ends: int
    perform_by: int
    token: str
    bond: int
    challenge_ends: int
    score: int
    specification: bytes
    standing: int


@dataclass(frozen=True, slots=True)
class BidView:
    """What the contract remembers of a bid; see IPoolAuction."""

    organisation: int
    status: int
    undelivered: int
    lots: int
    price: int
    commitment: bytes


async def read_view(
    client: Client, contract: str, view: str, *values: Any, which: Which = "latest"
) -> tuple[Any, ...]:
    """Ask any view of `VIEWS`.

    Parameters
    ----------
    contract : str
        Address of the contract.
    view : str
        A key of `VIEWS`.
    *values : Any
        Its arguments.
    which : int or str
        Block number or tag to read at.

    Raises
    ------
    DeploymentAbsent
        When no such contract answers there.
    Refused
        When the contract reverts.
    """
    inputs, outputs = VIEWS[view]
    name = view.partition(".")[2]
    data = selector(f"{name}({','.join(inputs)})") + encode(inputs, values)
    answer = await client.eth_call(contract, data, which)
    try:
        decoded = decode(outputs, answer)
    except DecodingError:
        raise DeploymentAbsent(address=contract, chain_id=await client.chain_id()) from None
    return tuple(
        to_checksum_address(value) if solidity_type == "address" else value
        for solidity_type, value in zip(outputs, decoded, strict=True)
    )


async def read_organisation(
    client: Client, registry: str, organisation: int, which: Which = "latest"
) -> OrganisationView:
    """Read an organisation; all zero when it does not exist."""
    view = "OrgRegistry.organisationOf"
    (fields,) = await read_view(client, registry, view, organisation, which=which)
    return OrganisationView(*fields)


async def read_agreement(
    client: Client, order_ledger: str, agreement: int, which: Which = "latest"
) -> AgreementView:
    """Read an agreement; all zero when it does not exist."""
    view = "OrderLedger.agreementOf"
    (fields,) = await read_view(client, order_ledger, view, agreement, which=which)
    return AgreementView(*fields)


async def read_auction(
    client: Client, pool_auction: str, auction: int, which: Which = "latest"
) -> AuctionView:
    """Read an auction; all zero when it does not exist."""
    view = "PoolAuction.auctionOf"
    (fields,) = await read_view(client, pool_auction, view, auction, which=which)
    read = AuctionView(*fields)
    return replace(read, token=to_checksum_address(read.token))


async def read_bid(
    client: Client, pool_auction: str, auction: int, bid: int, which: Which = "latest"
) -> BidView:
    """Read a bid; all zero when it does not exist."""
    view = "PoolAuction.bidOf"
    (fields,) = await read_view(client, pool_auction, view, auction, bid, which=which)
    return BidView(*fields)
