"""What organisations sign: typed intents and their EIP-712 digests.

The types stand in `contracts/spec/intents.json`; a field here is the Solidity field in snake_case.
Type hashes are computed once, domain separators once per contract.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from eth_hash.auto import keccak

from ledger.catalogue import snake_case
from ledger.errors import IntentMalformed
from ledger.spec import read_json

_TABLE: Final = read_json("intents.json")
ZERO: Final = bytes(32)
"""No document, no manifest, no terms."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Where an intent counts: one contract on one chain.

    Parameters
    ----------
    name : str
        ``OrderLedger`` or ``PoolAuction``.
    chain_id : int
        EIP-155 number of the chain.
    contract : str
        Address of the contract.
    """

    name: str
    chain_id: int
    contract: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Many actions of one organisation under one signature; see IOrderLedger."""

    organisation: int
    deadline: int
    nonce: int
    documents_root: bytes
    manifest: bytes
    actions: bytes


@dataclass(frozen=True, slots=True)
class Intent:
    """One action, signed on its own; see IOrderLedger."""

    organisation: int
    agreement: int
    action: int
    number: int
    order: int
    deadline: int
    nonce: int
    document: bytes = ZERO
    manifest: bytes = ZERO


@dataclass(frozen=True, slots=True)
class AgreementStep:
    """One organisation's step in an agreement's life; see IOrderLedger."""

    organisation: int
    agreement: int
    action: int
    seats: tuple[int, int, int, int, int]
    notice_days: int
    terms: bytes
    manifest: bytes
    deadline: int
    nonce: int


@dataclass(frozen=True, slots=True)
class Opening:
    """What a pool operator signs to open an auction; see IPoolAuction."""

    organisation: int
    auction: int
    token: str
    bond: int
    bidding_ends: int
    reveal_ends: int
    challenge_ends: int
    perform_by: int
    specification: bytes
    manifest: bytes
    reserves: tuple[int, ...]
    deadline: int
    nonce: int


@dataclass(frozen=True, slots=True)
class SealedBid:
    """What a carrier signs to place a sealed bid; see IPoolAuction."""

    organisation: int
    auction: int
    commitment: bytes
    deadline: int
    nonce: int


@dataclass(frozen=True, slots=True)
class LotStep:
    """What a carrier or pool operator signs to move an awarded lot on; see IPoolAuction."""

    organisation: int
    auction: int
    lot: int
    action: int
    document: bytes
    manifest: bytes
    deadline: int
    nonce: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What an organisation signs to take free bonds out; see IPoolAuction."""

    organisation: int
    token: str
    amount: int
    to: str
    deadline: int
    nonce: int


Signable = Batch | Intent | AgreementStep | Opening | SealedBid | LotStep | Withdrawal


def digest(domain: Domain, value: Signable) -> bytes:
    """Compute what has to be signed for an intent (EIP-712).

    Raises
    ------
    IntentMalformed
        When a field does not fit its type.
    """
    return keccak(b"\x19\x01" + domain_separator(domain) + struct_hash(value))


@lru_cache(maxsize=64)
def domain_separator(domain: Domain) -> bytes:
    """Compute the EIP-712 domain separator of a contract."""
    named = _TABLE["domains"][domain.name]
    return keccak(
        _type_hash("EIP712Domain")
        + keccak(named["name"].encode())
        + keccak(named["version"].encode())
        + domain.chain_id.to_bytes(32)
        + bytes.fromhex(domain.contract[2:]).rjust(32, b"\0")
    )


def struct_hash(value: Signable) -> bytes:
    """Compute the EIP-712 struct hash of an intent.

    Raises
    ------
    IntentMalformed
        When a field does not fit its type.
    """
    head, fields = _plan(type(value).__name__)
    words = [head]
    for name, solidity_type, encode in fields:
        field = getattr(value, name)
        try:
            words.append(encode(field))
        except (OverflowError, ValueError, TypeError, AttributeError):
            raise IntentMalformed(
                intent=type(value).__name__,
                field=name,
                value=field if isinstance(field, int | bytes) else str(field),
                solidity_type=solidity_type,
            ) from None
    return keccak(b"".join(words))


def bid_commitment(
    domain: Domain, auction: int, organisation: int, lots: int, price: int, salt: bytes
) -> bytes:
    """Compute what a carrier commits to: the sealed content of its bid.

    Parameters
    ----------
    domain : Domain
        The auction contract.
    lots : int
        Bitmap of the lots that the bid covers.
    price : int
        Price in the auction's minor unit.
    salt : bytes
        256 random bits, kept until revealing.
    """
    numbers = (auction, organisation, lots, price)
    return keccak(
        domain.chain_id.to_bytes(32)
        + _address(domain.contract)
        + b"".join(number.to_bytes(32) for number in numbers)
        + _fixed(salt)
    )


def type_string(name: str) -> str:
    """Spell a type as EIP-712 hashes it, for example ``SealedBid(uint32 organisation,…)``."""
    members = ",".join(f"{field['type']} {field['name']}" for field in _TABLE["types"][name])
    return f"{name}({members})"


def member_types(name: str) -> tuple[str, ...]:
    """List the Solidity types of a struct's members, in order."""
    return tuple(field["type"] for field in _TABLE["types"][name])


_Encoder = Callable[[Any], bytes]


@cache
def _plan(name: str) -> tuple[bytes, tuple[tuple[str, str, _Encoder], ...]]:
    fields = _TABLE["types"][name]
    return _type_hash(name), tuple(
        (snake_case(field["name"]), field["type"], _encoder(field["type"])) for field in fields
    )


@cache
def _type_hash(name: str) -> bytes:
    return keccak(type_string(name).encode())


def _encoder(solidity_type: str) -> _Encoder:
    """Give the function that encodes one field to its 32 bytes."""
    if solidity_type.endswith("]"):
        return _array(solidity_type)
    if solidity_type == "bytes":
        return keccak
    if solidity_type == "bytes32":
        return _fixed
    if solidity_type == "address":
        return _address
    assert solidity_type.startswith("uint")
    length = int(solidity_type[4:]) // 8
    padding = bytes(32 - length)
    return lambda number: padding + int.to_bytes(number, length)


def _array(solidity_type: str) -> _Encoder:
    element, _, length = solidity_type[:-1].partition("[")
    encode = _encoder(element)

    def hashed(items: Sequence[Any]) -> bytes:
        if length and len(items) != int(length):
            raise ValueError(f"{len(items)} items instead of {length}")
        return keccak(b"".join(map(encode, items)))

    return hashed


def _fixed(value: bytes) -> bytes:
    if len(value) != 32:
        raise ValueError(f"{len(value)} bytes instead of 32")
    return bytes(value)


def _address(text: str) -> bytes:
    value = bytes.fromhex(text.removeprefix("0x"))
    if len(value) != 20:
        raise ValueError(f"{len(value)} bytes instead of 20")
    return value.rjust(32, b"\0")
