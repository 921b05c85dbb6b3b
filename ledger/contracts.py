"""Calldata for every function of the contracts that the network calls.

The structs' types are those of `contracts/spec/intents.json`; a test compares all with the ABI.
"""

from dataclasses import fields
from functools import cache
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from ledger.calldata import encode_submit as encode_submit
from ledger.calldata import encode_submit_intents as encode_submit_intents
from ledger.intent import (
    AgreementStep,
    Batch,
    Intent,
    LotStep,
    Opening,
    SealedBid,
    Signable,
    Withdrawal,
    member_types,
)


def tuple_type(kind: type[Signable]) -> str:
    """Spell a struct as the ABI does, for example ``(uint32,uint64,bytes32,uint64,uint256)``."""
    return f"({','.join(member_types(kind.__name__))})"


FUNCTIONS: Final[dict[str, tuple[str, ...]]] = {
    "OrgRegistry.admit": ("uint32", "string", "string", "bytes32", "address"),
    "OrgRegistry.setRoles": ("uint32", "uint32"),
    "OrgRegistry.setSuspended": ("uint32", "bool"),
    "OrgRegistry.setKey": ("uint32", "address", "uint32", "uint64"),
    "OrgRegistry.setEncryptionKey": ("uint32", "bytes32"),
    "OrgRegistry.setEndpoint": ("uint32", "string"),
    "OrgRegistry.transferOwnership": ("address",),
    "OrgRegistry.acceptOwnership": (),
    "OrderLedger.submit": (tuple_type(Batch) + "[]", "bytes[]"),
    "OrderLedger.submitIntents": (tuple_type(Intent) + "[]", "bytes[]"),
    "OrderLedger.agree": (tuple_type(AgreementStep), "bytes"),
    "PoolAuction.open": (tuple_type(Opening), "bytes"),
    "PoolAuction.commit": (tuple_type(SealedBid), "bytes"),
    "PoolAuction.reveal": ("uint64", "uint8", "uint64", "uint96", "bytes32"),
    "PoolAuction.propose": ("uint64", "uint256"),
    "PoolAuction.finalise": ("uint64",),
    "PoolAuction.stepLot": (tuple_type(LotStep), "bytes"),
    "PoolAuction.deposit": ("uint32", "address", "uint256"),
    "PoolAuction.withdraw": (tuple_type(Withdrawal), "bytes"),
    "LocalBondToken.approve": ("address", "uint256"),
    "LocalBondToken.transfer": ("address", "uint256"),
}
"""Solidity types of what each function takes."""


def encode_call(function: str, *values: Any) -> bytes:
    """Give the calldata of a call, for example of ``OrgRegistry.setKey``.

    Parameters
    ----------
    function : str
        A key of `FUNCTIONS`.
    *values : Any
        Its arguments; structs as tuples.
    """
    types = FUNCTIONS[function]
    return selector(f"{function.partition('.')[2]}({','.join(types)})") + encode(types, values)


def encode_admit(
    roles: int, name: str, endpoint: str, encryption_key: bytes, first_key: str
) -> bytes:
    """Admit an organisation; the sender is the council."""
    return encode_call("OrgRegistry.admit", roles, name, endpoint, encryption_key, first_key)


def encode_set_key(organisation: int, key: str, permissions: int, expires_at: int) -> bytes:
    """Give a key permissions until a time (0: for ever), or revoke it with none."""
    return encode_call("OrgRegistry.setKey", organisation, key, permissions, expires_at)


def encode_set_encryption_key(organisation: int, encryption_key: bytes) -> bytes:
    """Replace an organisation's X25519 key and start its next epoch."""
    return encode_call("OrgRegistry.setEncryptionKey", organisation, encryption_key)


def encode_set_endpoint(organisation: int, endpoint: str) -> bytes:
    """Move an organisation's gateway."""
    return encode_call("OrgRegistry.setEndpoint", organisation, endpoint)


def encode_set_roles(organisation: int, roles: int) -> bytes:
    """Replace an organisation's roles; the sender is the council."""
    return encode_call("OrgRegistry.setRoles", organisation, roles)


def encode_set_suspended(organisation: int, is_suspended: bool) -> bytes:
    """Suspend or reinstate an organisation; the sender is the council."""
    return encode_call("OrgRegistry.setSuspended", organisation, is_suspended)


def encode_agree(step: AgreementStep, signature: bytes) -> bytes:
    """Take one step in an agreement's life."""
    return encode_call("OrderLedger.agree", struct(step), signature)


def encode_open(opening: Opening, signature: bytes) -> bytes:
    """Open an auction."""
    return encode_call("PoolAuction.open", struct(opening), signature)


def encode_commit(sealed_bid: SealedBid, signature: bytes) -> bytes:
    """Place a sealed bid."""
    return encode_call("PoolAuction.commit", struct(sealed_bid), signature)


def encode_reveal(auction: int, bid: int, lots: int, price: int, salt: bytes) -> bytes:
    """Reveal a bid; anybody who knows its contents may."""
    return encode_call("PoolAuction.reveal", auction, bid, lots, price, salt)


def encode_propose(auction: int, bids: int) -> bytes:
    """Propose an allocation, a bitmap of bids; anybody may."""
    return encode_call("PoolAuction.propose", auction, bids)


def encode_finalise(auction: int) -> bytes:
    """Make the standing allocation final; anybody may."""
    return encode_call("PoolAuction.finalise", auction)


def encode_step_lot(step: LotStep, signature: bytes) -> bytes:
    """Move an awarded lot on."""
    return encode_call("PoolAuction.stepLot", struct(step), signature)


def encode_deposit(organisation: int, token: str, amount: int) -> bytes:
    """Add to an organisation's free deposit from the sender's tokens."""
    return encode_call("PoolAuction.deposit", organisation, token, amount)


def encode_withdraw(withdrawal: Withdrawal, signature: bytes) -> bytes:
    """Take free deposit out."""
    return encode_call("PoolAuction.withdraw", struct(withdrawal), signature)


def encode_approve(spender: str, amount: int) -> bytes:
    """Let a spender move the sender's tokens."""
    return encode_call("LocalBondToken.approve", spender, amount)


def encode_transfer(receiver: str, amount: int) -> bytes:
    """Send tokens."""
    return encode_call("LocalBondToken.transfer", receiver, amount)


def struct(value: Signable) -> tuple[Any, ...]:
    """Give an intent's fields in the order of the Solidity struct."""
    return tuple(getattr(value, field.name) for field in fields(value))


@cache
def selector(signature: str) -> bytes:
    """Give the four bytes that begin a call."""
    return keccak(signature.encode())[:4]
