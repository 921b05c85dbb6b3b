"""What a node says of blocks, gas, logs and receipts, in Python's own types."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Block:
    """A block's header.

    Parameters
    ----------
    timestamp : int
        Unix seconds; windows and deadlines are judged by it.
    base_fee : int
        Wei per gas; zero on chains without a fee market.
    bloom : int
        Filter of the addresses and topics of its logs; zero where the node gives none.
    """

    number: int
    hash: bytes
    parent_hash: bytes
    timestamp: int
    base_fee: int
    gas_limit: int
    gas_used: int
    bloom: int

    @classmethod
    def parse(cls, answer: dict[str, Any]) -> Self:
        """Read it from a node's answer."""
        return cls(
            number=int(answer["number"], 16),
            hash=_bytes(answer["hash"]),
            parent_hash=_bytes(answer["parentHash"]),
            timestamp=int(answer["timestamp"], 16),
            base_fee=int(answer.get("baseFeePerGas") or "0x0", 16),
            gas_limit=int(answer["gasLimit"], 16),
            gas_used=int(answer["gasUsed"], 16),
            bloom=int(answer.get("logsBloom") or "0x0", 16),
        )


@dataclass(frozen=True, slots=True)
class GasPrice:
    """What gas should cost now.

    Parameters
    ----------
    max_fee, tip : int
        ``maxFeePerGas`` and ``maxPriorityFeePerGas``, in wei per gas; zero where gas is free.
    """

    max_fee: int
    tip: int


@dataclass(frozen=True, slots=True)
class Log:
    """One log, as the chain keeps it; `ledger/event.py` gives it a meaning."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: bytes
    tx_hash: bytes
    log_index: int

    @classmethod
    def parse(cls, answer: dict[str, Any]) -> Self:
        """Read it from a node's answer."""
        return cls(
            address=answer["address"],
            topics=tuple(map(_bytes, answer["topics"])),
            data=_bytes(answer["data"]),
            block_number=int(answer["blockNumber"], 16),
            block_hash=_bytes(answer["blockHash"]),
            tx_hash=_bytes(answer["transactionHash"]),
            log_index=int(answer["logIndex"], 16),
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction.

    Parameters
    ----------
    is_success : bool
        False when all of it was undone.
    gas_price : int
        What was paid, in wei per gas.
    """

    tx_hash: bytes
    block_number: int
    block_hash: bytes
    is_success: bool
    gas_used: int
    gas_price: int
    contract_address: str | None
    logs: tuple[Log, ...]

    @classmethod
    def parse(cls, answer: dict[str, Any]) -> Self:
        """Read it from a node's answer."""
        return cls(
            tx_hash=_bytes(answer["transactionHash"]),
            block_number=int(answer["blockNumber"], 16),
            block_hash=_bytes(answer["blockHash"]),
            is_success=int(answer["status"], 16) == 1,
            gas_used=int(answer["gasUsed"], 16),
            gas_price=int(answer.get("effectiveGasPrice") or "0x0", 16),
            contract_address=answer.get("contractAddress"),
            logs=tuple(map(Log.parse, answer["logs"])),
        )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
