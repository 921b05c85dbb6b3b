"""Reads logs into typed events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, get_args, get_type_hints

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.block import Log
from ledger.errors import Corrupt
from ledger.event import INDEXED, Event


@dataclass(frozen=True, slots=True)
class Shape:
    """How an event stands in a log.

    Parameters
    ----------
    signature : str
        Its Solidity signature, whose hash is the first topic.
    indexed, plain : tuple of (str, str)
        Name and Solidity type of what stands in the topics, and of what stands in the data.
    """

    kind: type[Event]
    signature: str
    indexed: tuple[tuple[str, str], ...]
    plain: tuple[tuple[str, str], ...]

    @property
    def types(self) -> tuple[str, ...]:
        """Solidity types of what stands in the data."""
        return tuple(solidity_type for _, solidity_type in self.plain)

    @property
    def topic(self) -> bytes:
        """The first topic of such a log."""
        return keccak(self.signature.encode())


def decode_log(log: Log) -> Event | None:
    """Read a log; none when it is not an event of ours.

    Raises
    ------
    Corrupt
        When it has an event's name but not its shape.
    """
    shape = _shapes_by_topic().get(log.topics[0]) if log.topics else None
    if shape is None:
        return None
    if len(log.topics) != 1 + len(shape.indexed):
        raise Corrupt(problem=f"a log with too few topics for {shape.signature}")
    values: dict[str, Any] = {
        name: _from_topic(solidity_type, topic)
        for (name, solidity_type), topic in zip(shape.indexed, log.topics[1:], strict=True)
    }
    plain = read_words(shape.types, log.data) or _decode(shape, log.data)
    for (name, solidity_type), value in zip(shape.plain, plain, strict=True):
        values[name] = _python_value(solidity_type, value)
    return shape.kind(
        contract=checksummed(log.address),
        block_number=log.block_number,
        block_hash=log.block_hash,
        tx_hash=log.tx_hash,
        log_index=log.log_index,
        **values,
    )


def decode_logs(logs: Iterable[Log]) -> list[Event]:
    """Read logs in their order; what is not ours is left out."""
    return [event for event in map(decode_log, logs) if event is not None]


def shape_of(kind: type[Event]) -> Shape:
    """Tell how an event stands in a log, from the types of its fields."""
    hints = get_type_hints(kind, include_extras=True)
    typed = [(name, get_args(hint)) for name, hint in hints.items() if name not in _PLACE]
    return Shape(
        kind=kind,
        signature=f"{kind.__name__}({','.join(marks[1] for _, marks in typed)})",
        indexed=tuple((name, marks[1]) for name, marks in typed if INDEXED in marks),
        plain=tuple((name, marks[1]) for name, marks in typed if INDEXED not in marks),
    )


def read_words(types: Sequence[str], data: bytes) -> list[Any] | None:
    """Read words, and bytes behind them, as Solidity writes them; gives none for anything else.

    Nearly all logs are of this kind. The others, malformed ones too, are left to the full decoder.
    """
    values: list[Any] = []
    size = 32 * len(types)
    for place, solidity_type in enumerate(types):
        word = data[32 * place : 32 * place + 32]
        value = int.from_bytes(word)
        if solidity_type == "bytes32":
            values.append(word)
        elif solidity_type == "bytes" and place == len(types) - 1 and value == size:
            length = int.from_bytes(data[size : size + 32])
            end = size + 32 + length
            size = end + -length % 32
            values.append(data[end - length : end])
            if any(data[end:size]):
                return None
        elif solidity_type.startswith("uint") and solidity_type.isalnum():
            if value >> int(solidity_type[4:]):
                return None
            values.append(value)
        else:
            return None
    return values if len(data) == size else None


def _python_value(solidity_type: str, value: Any) -> Any:
    if solidity_type == "address":
        return checksummed(value)
    if solidity_type == "string":
        # Not every database takes a NUL, and all have to hold the same.
        return value.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return value


@lru_cache(maxsize=256)
def checksummed(address: str | bytes) -> str:
    """Write an address with its checksum; the same few come again and again."""
    return to_checksum_address(address)


def _decode(shape: Shape, data: bytes) -> tuple[Any, ...]:
    # Members write what they like where Solidity says string.
    types = ["bytes" if each == "string" else each for each in shape.types]
    try:
        return decode(types, data)
    except (DecodingError, OverflowError) as problem:
        raise Corrupt(problem=f"a log that is not {shape.signature}: {problem}") from problem


_PLACE: Final = frozenset(get_type_hints(Event))


def _from_topic(solidity_type: str, topic: bytes) -> int | str | bytes:
    if solidity_type == "address":
        return checksummed(topic[12:])
    return topic if solidity_type == "bytes32" else int.from_bytes(topic)


@cache
def _shapes_by_topic() -> dict[bytes, Shape]:
    shapes = map(shape_of, Event.__subclasses__())
    return {shape.topic: shape for shape in shapes}


def known_topics() -> tuple[bytes, ...]:
    """Give the first topics of all events of ours."""
    return tuple(_shapes_by_topic())
