"""Blocks of the simulated chain: what they did, and what a node answers about them."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from eth_hash.auto import keccak

from tests.oracles.ledger.ledger import Ledger
from tests.simulation.runtime.node.contract import Outcome
from tests.simulation.runtime.node.transaction import Transaction

GAS_LIMIT = 60_000_000
_BLOOM_BITS = 2048


@dataclass(frozen=True)
class Included:
    """A transaction in a block."""

    transaction: Transaction
    outcome: Outcome
    gas_used: int
    first_log: int


@dataclass(frozen=True)
class State:
    """All that a chain remembers after a block."""

    ledger: Ledger
    nonces: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """A block and the state after it, which is kept as bytes because the model changes in place."""

    number: int
    parent: bytes
    timestamp: int
    base_fee: int
    included: tuple[Included, ...]
    nonces: dict[str, int]
    state: bytes
    salt: int = 0

    @cached_property
    def hash(self) -> bytes:
        words = [self.parent, self.number.to_bytes(32), self.timestamp.to_bytes(32)]
        words += [self.base_fee.to_bytes(32), self.salt.to_bytes(32)]
        return keccak(b"".join([*words, *(one.transaction.hash for one in self.included)]))

    @cached_property
    def places(self) -> dict[bytes, int]:
        """Give the place of each transaction by hash."""
        return {one.transaction.hash: place for place, one in enumerate(self.included)}

    @cached_property
    def header(self) -> dict[str, Any]:
        """Describe it, as a node does."""
        return {
            "number": hex(self.number),
            "hash": _hex(self.hash),
            "parentHash": _hex(self.parent),
            "timestamp": hex(self.timestamp),
            "baseFeePerGas": hex(self.base_fee),
            "gasLimit": hex(GAS_LIMIT),
            "gasUsed": hex(sum(one.gas_used for one in self.included)),
            "logsBloom": _bloom(self.included),
            "transactions": [_hex(one.transaction.hash) for one in self.included],
        }

    @cached_property
    def logs(self) -> list[dict[str, Any]]:
        """Give all logs, as a node does."""
        return [log for receipt in self.receipts for log in receipt["logs"]]

    @cached_property
    def receipts(self) -> list[dict[str, Any]]:
        """Give all receipts, as a node does."""
        return [self._receipt(place, one) for place, one in enumerate(self.included)]

    def _receipt(self, place: int, one: Included) -> dict[str, Any]:
        here = {
            "blockNumber": hex(self.number),
            "blockHash": _hex(self.hash),
            "transactionHash": _hex(one.transaction.hash),
            "transactionIndex": hex(place),
        }
        logs = [
            {
                "address": one.outcome.address,
                "topics": [_hex(topic) for topic in topics],
                "data": _hex(data),
                "logIndex": hex(index),
                "removed": False,
                **here,
            }
            for index, (topics, data) in enumerate(one.outcome.logs, one.first_log)
        ]
        transaction = one.transaction
        price = min(transaction.max_fee, self.base_fee + transaction.tip)
        return here | {
            "from": transaction.sender,
            "to": transaction.to,
            "status": "0x1" if one.outcome.problem is None else "0x0",
            "gasUsed": hex(one.gas_used),
            "effectiveGasPrice": hex(price),
            "contractAddress": None,
            "logs": logs,
        }

    def restored(self) -> State:
        """Give the state after this block, to go on from."""
        state: Ledger = pickle.loads(self.state)
        return State(state, dict(self.nonces))


def stored(ledger: Ledger) -> bytes:
    """Keep a state."""
    return pickle.dumps(ledger, pickle.HIGHEST_PROTOCOL)


def _bloom(included: Sequence[Included]) -> str:
    bits = 0
    for one in included:
        for topics, _ in one.outcome.logs:
            bits |= _bits(bytes.fromhex(one.outcome.address[2:]))
            for topic in topics:
                bits |= _bits(topic)
    return _hex(bits.to_bytes(_BLOOM_BITS // 8))


@lru_cache(4096)
def _bits(value: bytes) -> int:
    digest = keccak(value)
    pairs = (int.from_bytes(digest[at : at + 2]) % _BLOOM_BITS for at in (0, 2, 4))
    return int(sum({1 << pair for pair in pairs}))


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
