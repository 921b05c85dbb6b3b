"""Block headers, kept as the bytes whose hash is the block's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

from eth_hash.auto import keccak

from ledger.archive import rlp
from ledger.errors import Corrupt

_DATA: Final = "data"
_NUMBER: Final = "number"
_FIELDS: Final = (
    ("parentHash", _DATA),
    ("sha3Uncles", _DATA),
    ("miner", _DATA),
    ("stateRoot", _DATA),
    ("transactionsRoot", _DATA),
    ("receiptsRoot", _DATA),
    ("logsBloom", _DATA),
    ("difficulty", _NUMBER),
    ("number", _NUMBER),
    ("gasLimit", _NUMBER),
    ("gasUsed", _NUMBER),
    ("timestamp", _NUMBER),
    ("extraData", _DATA),
    ("mixHash", _DATA),
    ("nonce", _DATA),
)
_LATER_FIELDS: Final = (
    ("baseFeePerGas", _NUMBER),
    ("withdrawalsRoot", _DATA),
    ("blobGasUsed", _NUMBER),
    ("excessBlobGas", _NUMBER),
    ("parentBeaconBlockRoot", _DATA),
    ("requestsHash", _DATA),
)
"""What forks have added, one behind the other; a header ends before the first it lacks."""

_EXTRA_DATA: Final = 12
_SIZES: Final = {0: 32, 1: 32, 2: 20, 3: 32, 4: 32, 5: 32, 6: 256, 13: 32}
"""Lengths of fields by place; the others' vary."""

_NUMBERS: Final = (8, 9, 10, 11)
"""Places of number, gas limit, gas used and time."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a block's hash says of it.

    Parameters
    ----------
    timestamp : int
        Unix seconds.
    bloom : int
        Bitmap that every log's address and topics have left a mark in.
    """

    number: int
    hash: bytes
    parent_hash: bytes
    transactions_root: bytes
    receipts_root: bytes
    bloom: int
    gas_limit: int
    gas_used: int
    timestamp: int
    base_fee: int

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a header from the bytes that its hash is of.

        Raises
        ------
        Corrupt
            When they are no header.
        """
        fields = rlp.decode_list(raw)
        if len(fields) < len(_FIELDS):
            raise Corrupt(problem=f"a header with {len(fields)} fields")
        for place, size in _SIZES.items():
            if len(rlp.as_bytes(fields[place])) != size:
                raise Corrupt(problem=f"a header whose {_FIELDS[place][0]} is not {size} bytes")
        numbers = [rlp.as_number(fields[place]) for place in _NUMBERS]
        if max(numbers) >> 64:
            raise Corrupt(problem="a header with a number of more than 64 bits")
        number, gas_limit, gas_used, timestamp = numbers
        data = [field if isinstance(field, bytes) else b"" for field in fields]
        return cls(
            number=number,
            hash=keccak(raw),
            parent_hash=data[0],
            transactions_root=data[4],
            receipts_root=data[5],
            bloom=int.from_bytes(data[6]),
            gas_limit=gas_limit,
            gas_used=gas_used,
            timestamp=timestamp,
            base_fee=rlp.as_number(fields[15]) if len(fields) > len(_FIELDS) else 0,
        )

    def may_tell_of(self, marks: Iterable[int]) -> bool:
        """Whether the block may hold a log of one of the contracts that left these marks."""
        return any(self.bloom & mark == mark for mark in marks)


def header_bytes(answer: dict[str, Any]) -> bytes:
    """Spell the header of a node's answer, as its hash is computed.

    Raises
    ------
    Corrupt
        When the hash is not that of the fields: the chain has another kind of header.
    """
    fields = [_spelled(answer[name], kind) for name, kind in _FIELDS]
    for name, kind in _LATER_FIELDS:
        if answer.get(name) is None:
            break
        fields.append(_spelled(answer[name], kind))
    expected = bytes.fromhex(answer["hash"][2:])
    for candidate in (fields, _without_seals(fields)):
        raw = rlp.join(candidate)
        if keccak(raw) == expected:
            return raw
    number = int(answer["number"], 16)
    raise Corrupt(problem=f"the hash of block {number} is not that of the header the node gives")


def _spelled(value: str, kind: str) -> bytes:
    if kind == _NUMBER:
        return rlp.encode_number(int(value, 16))
    return rlp.encode(bytes.fromhex(value[2:]))


def _without_seals(fields: list[bytes]) -> list[bytes]:
    """Leave out what QBFT leaves out of the hash: the round, and the validators' seals.

    They stand last in the extra data, behind vanity, validators and vote.
    """
    try:
        extra = rlp.decode_list(rlp.as_bytes(rlp.decode(fields[_EXTRA_DATA])))
    except Corrupt:
        return fields
    if len(extra) != 5:
        return fields
    unsealed = rlp.encode(rlp.encode([*extra[:3], b"", []]))
    return [*fields[:_EXTRA_DATA], unsealed, *fields[_EXTRA_DATA + 1 :]]
