"""Signed transactions, read as a node reads them."""

from dataclasses import dataclass
from functools import lru_cache

import rlp  # type: ignore[import-untyped]
from coincurve import PublicKey
from eth_hash.auto import keccak


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction of EIP-1559; addresses in lower case."""

    hash: bytes
    sender: str
    chain_id: int
    nonce: int
    max_fee: int
    tip: int
    gas: int
    to: str
    data: bytes


@lru_cache(4096)
def read(raw: bytes) -> Transaction:
    """Read a raw transaction and who signed it."""
    assert raw[0] == 2, "the simulated chain takes transactions of EIP-1559 alone"
    fields = rlp.decode(raw[1:])
    signed = keccak(b"\2" + rlp.encode(fields[:9]))
    parity, r, s = fields[9:]
    compact = r.rjust(32, b"\0") + s.rjust(32, b"\0") + bytes([int.from_bytes(parity)])
    public = PublicKey.from_signature_and_message(compact, signed, hasher=None)
    chain_id, nonce, tip, max_fee, gas = map(int.from_bytes, fields[:5])
    return Transaction(
        hash=keccak(raw),
        sender="0x" + keccak(public.format(compressed=False)[1:])[12:].hex(),
        chain_id=chain_id,
        nonce=nonce,
        max_fee=max_fee,
        tip=tip,
        gas=gas,
        to="0x" + fields[5].hex(),
        data=fields[7],
    )
