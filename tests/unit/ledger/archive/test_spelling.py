"""Headers, transactions, receipts and roots are spelled as chains spell them."""

from typing import Any

import pytest
import rlp as peer
from eth_account import Account
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from ledger.archive import rlp
from ledger.archive.header import Header, header_bytes
from ledger.archive.receipt import receipt_bytes
from ledger.archive.transaction import Transaction, transaction_bytes
from ledger.archive.trie import EMPTY_ROOT, root_of
from ledger.client import Client
from ledger.errors import Corrupt
from tests.simulation.bare_chain import BareChain

ITEMS = st.recursive(
    st.binary(max_size=80), lambda inner: st.lists(inner, max_size=5), max_leaves=9
)
SOMEBODY = to_checksum_address("ab" * 20)
GENESIS: dict[str, Any] = {
    "parentHash": "0x" + "00" * 32,
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x" + "00" * 20,
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": "0x" + EMPTY_ROOT.hex(),
    "receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x400000000",
    "number": "0x0",
    "gasLimit": "0x1388",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "mixHash": "0x" + "00" * 32,
    "nonce": "0x0000000000000042",
    "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
}
"""The first block of Ethereum's main network."""


@given(item=ITEMS)
def test_items_are_spelled_as_the_peer_spells_them(item: rlp.Item) -> None:
    assert rlp.encode(item) == peer.encode(item)
    assert rlp.decode(rlp.encode(item)) == item


@pytest.mark.parametrize("size", [55, 56, 255, 256, 65_535, 65_536])
def test_long_items_are_spelled_as_the_peer_spells_them(size: int) -> None:
    for item in (bytes(size), [b"a"] * size):
        assert rlp.encode(item) == peer.encode(item)
        assert rlp.decode(rlp.encode(item)) == item


@given(data=st.binary(max_size=80))
def test_what_can_be_read_is_spelled_the_same_again(data: bytes) -> None:
    try:
        item = rlp.decode(data)
    except Corrupt:
        return
    assert rlp.encode(item) == data


@pytest.mark.parametrize(
    "data",
    ["", "8100", "817f", "b800", "b837" + "00" * 55, "b90000", "c180ff", "83aaaa", "c3c2", "f800"],
)
def test_item_that_is_not_well_spelled_is_refused(data: str) -> None:
    with pytest.raises(Corrupt):
        rlp.decode(bytes.fromhex(data))


def test_lists_that_stand_too_deep_are_refused() -> None:
    data = b"\x80"
    for _ in range(1_000):
        data = rlp.join([data])
    with pytest.raises(Corrupt, match="too deep"):
        rlp.decode(data)


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01"])
def test_number_with_leading_zeros_is_refused(data: bytes) -> None:
    with pytest.raises(Corrupt, match="leading zeros"):
        rlp.as_number(data)


def test_hash_of_the_first_block_of_the_main_network_is_found() -> None:
    header = Header.parse(header_bytes(GENESIS))
    assert header.hash.hex() == GENESIS["hash"][2:]
    assert (header.number, header.gas_limit, header.base_fee) == (0, 5_000, 0)


def test_header_whose_hash_is_of_other_fields_is_refused() -> None:
    with pytest.raises(Corrupt, match="the hash of block 0 is not that of the header"):
        header_bytes(GENESIS | {"timestamp": "0x1"})


def test_header_of_qbft_is_kept_as_it_is_hashed() -> None:
    """The hash leaves the round and the validators' seals out."""
    extra = [bytes(32), [b"\1" * 20, b"\2" * 20], [], b"\3", [b"\4" * 65]]
    unsealed = rlp.encode([*extra[:3], b"", []])
    plain = GENESIS | {"extraData": "0x" + unsealed.hex()}
    raw = rlp.encode([_field(plain, place) for place in range(15)])
    answer = plain | {
        "hash": "0x" + keccak(raw).hex(),
        "extraData": "0x" + rlp.encode(extra).hex(),
    }
    assert header_bytes(answer) == raw


def _field(answer: dict[str, Any], place: int) -> bytes:
    name = list(GENESIS)[place]
    if name in ("difficulty", "number", "gasLimit", "gasUsed", "timestamp"):
        return rlp.to_bytes(int(answer[name], 16))
    return bytes.fromhex(answer[name][2:])


@pytest.mark.parametrize("raw", [b"", b"\x80", rlp.encode([b""] * 15), rlp.encode([[]] * 15)])
def test_bytes_that_are_no_header_are_refused(raw: bytes) -> None:
    with pytest.raises(Corrupt):
        Header.parse(raw)


@pytest.mark.parametrize("raw", [b"", b"\x80", b"\x05\xc0", b"\x02\xc0", b"\xc0"])
def test_bytes_that_are_no_transaction_are_refused(raw: bytes) -> None:
    with pytest.raises(Corrupt):
        Transaction.parse(raw)


@pytest.mark.parametrize("count", [1, 2, 16, 17, 128, 129, 260])
async def test_roots_are_those_of_a_chain(still_chain: BareChain, count: int) -> None:
    account = Account.create()
    async with Client(still_chain.url) as client:
        for nonce in range(count):
            await client.send_raw(_signed(account, nonce))
        await client.call("evm_mine")
        block = await client.call("eth_getBlockByNumber", "latest", True)
        receipts = await client.call("eth_getBlockReceipts", "latest")
    assert len(block["transactions"]) == count
    header = Header.parse(header_bytes(block))
    assert root_of(list(map(transaction_bytes, block["transactions"]))) == header.transactions_root
    assert root_of(list(map(receipt_bytes, receipts))) == header.receipts_root


KINDS: dict[str, dict[str, Any]] = {
    "without a chain": {"gasPrice": 0},
    "legacy": {"gasPrice": 0, "chainId": 31337},
    "access list": {
        "type": 1,
        "gasPrice": 0,
        "chainId": 31337,
        "accessList": [{"address": SOMEBODY, "storageKeys": ["0x" + "01" * 32]}],
    },
    "market": {"type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0, "chainId": 31337},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_transaction_of_each_type_is_spelled_as_it_was_sent(
    still_chain: BareChain, kind: str
) -> None:
    account = Account.create()
    raw = _signed(account, 0, KINDS[kind])
    await _require_spelled(still_chain, raw, account.address)


async def test_transaction_that_delegates_code_is_spelled_as_it_was_sent(
    still_chain: BareChain,
) -> None:
    account = Account.create()
    authorisation = account.sign_authorization({"chainId": 31337, "address": SOMEBODY, "nonce": 1})
    fields = KINDS["market"] | {"type": 4, "authorizationList": [authorisation]}
    await _require_spelled(still_chain, _signed(account, 0, fields), account.address)


async def _require_spelled(chain: BareChain, raw: bytes, sender: str) -> None:
    async with Client(chain.url) as client:
        tx_hash = await client.send_raw(raw)
        await client.call("evm_mine")
        answer = await client.call("eth_getTransactionByHash", "0x" + tx_hash.hex())
    assert transaction_bytes(answer) == raw
    transaction = Transaction.parse(raw)
    assert transaction.hash == tx_hash
    assert transaction.sender() == sender.lower()
    assert (transaction.to.hex(), transaction.data) == ("ab" * 20, b"hello")


def _signed(account: Any, nonce: int, fields: dict[str, Any] | None = None) -> bytes:
    call = {"to": SOMEBODY, "value": 0, "data": b"hello", "gas": 200_000, "nonce": nonce}
    return bytes(account.sign_transaction(call | (fields or KINDS["market"])).raw_transaction)


def test_transaction_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(Corrupt, match="type 126"):
        transaction_bytes({"type": "0x7e"})
