"""Logs are read the same by the short way and by the full decoder, whatever members write."""

import pytest
from eth_abi.abi import decode, encode
from hypothesis import given
from hypothesis import strategies as st

from ledger.block import Log
from ledger.errors import Corrupt
from ledger.event import BatchRecorded, EndpointSet, Event
from ledger.log import decode_log, read_words, shape_of

TYPES = st.lists(st.sampled_from(["uint8", "uint32", "uint64", "uint256", "bytes32"]), max_size=5)
DATA = st.binary(max_size=100)


def value_of(solidity_type: str, number: int) -> int | bytes:
    if solidity_type == "bytes32":
        return number.to_bytes(32)
    return number >> 256 - int(solidity_type[4:])


@given(TYPES, st.integers(0, 2**256 - 1), st.booleans(), DATA)
def test_words_and_bytes_are_read_as_the_full_decoder_reads_them(
    types: list[str], number: int, has_bytes: bool, data: bytes
) -> None:
    kinds = [*types, "bytes"] if has_bytes else types
    values = [value_of(each, number) for each in types] + ([data] if has_bytes else [])
    encoded = encode(kinds, values)
    assert read_words(kinds, encoded) == list(decode(kinds, encoded))


@given(TYPES, st.binary(max_size=300))
def test_what_is_read_the_short_way_is_what_the_full_decoder_reads(
    types: list[str], data: bytes
) -> None:
    kinds = [*types, "bytes"]
    values = read_words(kinds, data)
    assert values is None or values == list(decode(kinds, data))


@pytest.mark.parametrize(
    ("kinds", "data"),
    [
        (["uint8"], (256).to_bytes(32)),
        (["uint256"], bytes(31)),
        (["uint256"], bytes(33)),
        (["bytes"], (64).to_bytes(32) + bytes(64)),
        (["bytes"], (32).to_bytes(32) + (1).to_bytes(32) + b"ab" + bytes(30)),
        (["bytes"], (32).to_bytes(32) + (33).to_bytes(32) + bytes(32)),
        (["bytes", "uint8"], bytes(64)),
        (["string"], bytes(64)),
        (["uint96[]"], bytes(64)),
        (["bool"], bytes(32)),
    ],
)
def test_what_is_not_words_and_bytes_is_left_to_the_full_decoder(
    kinds: list[str], data: bytes
) -> None:
    assert read_words(kinds, data) is None


def log_of(kind: type[Event], topics: tuple[bytes, ...], data: bytes) -> Log:
    topics = (shape_of(kind).topic, *topics)
    return Log("0x" + "00" * 20, topics, data, 1, bytes(32), bytes(32), 0)


def test_a_batch_with_a_wrong_offset_is_corrupt() -> None:
    word = (1).to_bytes(32)
    log = log_of(BatchRecorded, (word, word), bytes(64) + (1 << 40).to_bytes(32) + bytes(32))
    with pytest.raises(Corrupt):
        decode_log(log)


def test_text_that_is_no_text_is_read_the_same_everywhere() -> None:
    log = log_of(EndpointSet, ((1).to_bytes(32),), encode(["bytes"], [b"a\xff\xfe\0b"]))
    event = decode_log(log)
    assert isinstance(event, EndpointSet)
    assert event.endpoint == "a\ufffd\ufffd\ufffdb"
