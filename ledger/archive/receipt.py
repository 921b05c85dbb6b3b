"""Receipts, kept as the bytes that their block commits to."""

from dataclasses import dataclass
from typing import Any, Final, Self

from eth_utils.address import to_checksum_address

from ledger.archive import rlp
from ledger.archive.header import Header
from ledger.block import Log
from ledger.errors import Corrupt

_LIST: Final = 0xC0
_TOPICS_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class RawLog:
    """One log, without where it stands."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes

    def placed(self, block: Header, tx_hash: bytes, index: int) -> Log:
        """Say where it stands."""
        return Log(
            address=to_checksum_address(self.address),
            topics=self.topics,
            data=self.data,
            block_number=block.number,
            block_hash=block.hash,
            tx_hash=tx_hash,
            log_index=index,
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction.

    Parameters
    ----------
    is_success : bool
        False when all of it was undone.
    gas_until : int
        Gas that the block's transactions used up to and with this one.
    """

    is_success: bool
    gas_until: int
    logs: tuple[RawLog, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a receipt.

        Raises
        ------
        Corrupt
            When it is none.
        """
        is_typed = bool(raw) and raw[0] < _LIST
        fields = rlp.decode_list(raw[1:] if is_typed else raw)
        if len(fields) != 4:
            raise Corrupt(problem=f"a receipt with {len(fields)} fields")
        status = rlp.as_bytes(fields[0])
        if status not in (b"", b"\1"):
            raise Corrupt(problem="a receipt that does not say whether all went well")
        return cls(
            is_success=status == b"\1",
            gas_until=rlp.as_number(fields[1]),
            logs=tuple(map(_log, rlp.as_list(fields[3]))),
        )


def receipt_bytes(answer: dict[str, Any]) -> bytes:
    """Spell the receipt of a node's answer."""
    kind = int(answer.get("type") or "0x0", 16)
    logs = [
        [_bytes(log["address"]), [_bytes(topic) for topic in log["topics"]], _bytes(log["data"])]
        for log in answer["logs"]
    ]
    fields = [
        rlp.to_bytes(int(answer["status"], 16)),
        rlp.to_bytes(int(answer["cumulativeGasUsed"], 16)),
        _bytes(answer["logsBloom"]),
        logs,
    ]
    return (bytes([kind]) if kind else b"") + rlp.encode(fields)


def _log(item: rlp.Item) -> RawLog:
    fields = rlp.as_list(item)
    if len(fields) != 3:
        raise Corrupt(problem=f"a log with {len(fields)} fields")
    topics = tuple(map(rlp.as_bytes, rlp.as_list(fields[1])))
    address = rlp.as_bytes(fields[0])
    if len(address) != 20 or len(topics) > _TOPICS_MAX or any(len(each) != 32 for each in topics):
        raise Corrupt(problem="a log whose address or topics are malformed")
    return RawLog(address, topics, rlp.as_bytes(fields[2]))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
