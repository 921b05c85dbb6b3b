"""What organisations signed, read from calldata as the contract reads it.

The contract follows whatever offsets the sender wrote, also backwards, and reads zeros behind the
end; so does this, or a sender could make a transaction that only the contract can read. Only
calldata of transactions that succeeded is read: what the contract would revert on is not there.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from eth_hash.auto import keccak

from ledger.archive.words import WORD
from ledger.contracts import FUNCTIONS, selector
from ledger.errors import Corrupt
from ledger.intent import member_types, type_string

_ARGUMENTS: Final = 4
_BATCH_STATIC: Final = 5 * WORD
_INTENT: Final = 9 * WORD
_STEP: Final = 13 * WORD
_ADDRESSES: Final = 1 << 256
_SEATS: Final = slice(3 * WORD, 8 * WORD)


def _selector(name: str) -> bytes:
    return selector(f"{name}({','.join(FUNCTIONS['OrderLedger.' + name])})")


SUBMIT: Final = _selector("submit")
SUBMIT_INTENTS: Final = _selector("submitIntents")
AGREE: Final = _selector("agree")


def _padding(types: Iterable[str]) -> int:
    """Give the bits of consecutive words that have to be zero, as their types are narrower."""
    bits = 0
    for solidity_type in types:
        width = int(solidity_type[4:]) if solidity_type.startswith("uint") else 8 * WORD
        bits = bits << 8 * WORD | ((1 << 8 * WORD) - (1 << width))
    return bits


_BATCH_PADDING: Final = _padding(member_types("Batch")[:-1])
_INTENT_PADDING: Final = _padding(member_types("Intent"))
_STEP_PADDING: Final = _padding(
    each
    for member in member_types("AgreementStep")
    for each in (["uint32"] * 5 if member == "uint32[5]" else [member])
)
_BATCH_TYPE, _INTENT_TYPE, _STEP_TYPE = (
    keccak(type_string(name).encode()) for name in ("Batch", "Intent", "AgreementStep")
)


class Said(NamedTuple):
    """One signed thing.

    Parameters
    ----------
    struct_hash : bytes
        Its EIP-712 struct hash.
    words : bytes
        Its fields, one word each, without a batch's actions.
    actions : bytes
        A batch's actions.
    """

    struct_hash: bytes
    words: bytes
    actions: bytes
    signature: bytes

    def number(self, field: int) -> int:
        """Read a field by its place."""
        return int.from_bytes(self.words[field * WORD : (field + 1) * WORD])


def batches_in(data: bytes) -> Iterator[Said]:
    """Read the arguments of ``submit``."""
    start, count = _array(data, _ARGUMENTS)
    signatures, _ = _array(data, _ARGUMENTS + WORD)
    for i in range(count):
        at = start + _offset(data, start + WORD * i)
        fields = _fields(data, at, _BATCH_STATIC, _BATCH_PADDING)
        actions = _bytes(data, at + _offset(data, at + _BATCH_STATIC))
        signature = _bytes(data, signatures + _offset(data, signatures + WORD * i))
        yield Said(keccak(_BATCH_TYPE + fields + keccak(actions)), fields, actions, signature)


def intents_in(data: bytes) -> Iterator[Said]:
    """Read the arguments of ``submitIntents``."""
    start, count = _array(data, _ARGUMENTS)
    signatures, _ = _array(data, _ARGUMENTS + WORD)
    for i in range(count):
        fields = _fields(data, start + _INTENT * i, _INTENT, _INTENT_PADDING)
        signature = _bytes(data, signatures + _offset(data, signatures + WORD * i))
        yield Said(keccak(_INTENT_TYPE + fields), fields, b"", signature)


def step_in(data: bytes) -> Said:
    """Read the arguments of ``agree``."""
    fields = _fields(data, _ARGUMENTS, _STEP, _STEP_PADDING)
    seats = keccak(fields[_SEATS])
    hashed = keccak(_STEP_TYPE + fields[: _SEATS.start] + seats + fields[_SEATS.stop :])
    signature = _bytes(data, _ARGUMENTS + _offset(data, _ARGUMENTS + _STEP))
    return Said(hashed, fields, b"", signature)


def _fields(data: bytes, at: int, size: int, padding: int) -> bytes:
    """Read a struct's words."""
    found = _slice(data, at, size)
    if int.from_bytes(found) & padding:
        raise Corrupt(problem="calldata with a number too wide for its type")
    return found


def _array(data: bytes, at: int) -> tuple[int, int]:
    """Tell where an array's members begin, and how many there are."""
    start = _ARGUMENTS + _offset(data, at)
    count = int.from_bytes(_slice(data, start, WORD))
    if count > len(data) // WORD:
        raise Corrupt(problem="calldata with more members than words")
    return start + WORD, count


def _offset(data: bytes, at: int) -> int:
    return int.from_bytes(_slice(data, at, WORD), signed=True)


def _bytes(data: bytes, at: int) -> bytes:
    length = int.from_bytes(_slice(data, at, WORD))
    if length > len(data):
        raise Corrupt(problem="calldata with bytes behind its end")
    return _slice(data, at + WORD, length)


def _slice(data: bytes, at: int, size: int) -> bytes:
    """Read bytes; zeros where there are none."""
    if at < 0:
        # Before the beginning is behind the end: the contract's offsets wrap around, word by word.
        words = (_slice(data, (at + i) % _ADDRESSES, WORD) for i in range(0, size, WORD))
        return b"".join(words)[:size]
    part = data[at : at + size]
    return part if len(part) == size else part + bytes(size - len(part))
