"""Writes the archive of a network, from what one node tells."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

from ledger.archive import rlp
from ledger.archive.file import BODY, HEADER, NETWORK, Writer
from ledger.archive.header import Header, header_bytes
from ledger.archive.network import Network
from ledger.archive.receipt import receipt_bytes
from ledger.archive.transaction import transaction_bytes
from ledger.archive.trie import root_of
from ledger.client import Call, Client
from ledger.errors import Corrupt, RpcRefused, Unreachable

HEADERS_AT_ONCE: Final = 500
BODIES_AT_ONCE: Final = 8


async def export(
    client: Client,
    network: Network,
    path: Path,
    *,
    confirmations: int = 0,
) -> Header:
    """Write an archive up to the chain's head, and give the last block in it.

    Parameters
    ----------
    confirmations : int
        Blocks at the head that are left out, because the chain may still take them back.

    Raises
    ------
    Unreachable
        When the node does not answer, or its chain changes meanwhile.
    Corrupt
        When what the node gives does not fit together.
    """
    head = await client.block_number() - confirmations
    if head < network.block:
        problem = f"its head, less {confirmations} blocks, is before the network began"
        raise Unreachable(url=client.url, problem=problem)
    wanted: list[Header] = []
    last: Header | None = None
    with Writer(path) as writer:
        writer.write(NETWORK, network.to_bytes())
        async for raw, header in _headers(client, network.block, head):
            if last is not None and header.parent_hash != last.hash:
                raise Unreachable(url=client.url, problem="its chain changed meanwhile")
            writer.write(HEADER, raw)
            if header.may_tell_of(network.marks):
                wanted.append(header)
            last = header
        for start in range(0, len(wanted), BODIES_AT_ONCE):
            part = wanted[start : start + BODIES_AT_ONCE]
            for body in await _bodies(client, part):
                writer.write(BODY, body)
    assert last is not None
    return last


async def _headers(client: Client, first: int, last: int) -> AsyncIterator[tuple[bytes, Header]]:
    for start in range(first, last + 1, HEADERS_AT_ONCE):
        numbers = range(start, min(start + HEADERS_AT_ONCE, last + 1))
        asked: list[Call] = [("eth_getBlockByNumber", (hex(each), False)) for each in numbers]
        for answer in await client.batch(asked):
            if answer is None:
                raise Unreachable(url=client.url, problem="its chain changed meanwhile")
            raw = header_bytes(answer)
            yield raw, Header.parse(raw)


async def _bodies(client: Client, headers: Sequence[Header]) -> list[bytes]:
    hashes = ["0x" + header.hash.hex() for header in headers]
    blocks = await client.batch([("eth_getBlockByHash", (each, True)) for each in hashes])
    receipts = await receipts_of(client, hashes, blocks)
    return [_body(*each) for each in zip(headers, blocks, receipts, strict=True)]


async def receipts_of(
    client: Client, hashes: Sequence[str], blocks: Sequence[dict[str, Any] | None]
) -> list[Any]:
    """Read the receipts of blocks; one by one from a node that does not give them by block.

    Raises
    ------
    Unreachable
        When the node does not answer, or its chain changed meanwhile.
    """
    transactions = [block["transactions"] for block in blocks if block is not None]
    try:
        found = await client.batch([("eth_getBlockReceipts", (each,)) for each in hashes])
    except RpcRefused:
        asked = [
            [("eth_getTransactionReceipt", (each["hash"],)) for each in of] for of in transactions
        ]
        found = [await client.batch(calls) for calls in asked]
    told = [sum(each is not None for each in of or ()) for of in found]
    if told != [len(of) for of in transactions]:
        raise Unreachable(url=client.url, problem="its chain changed meanwhile")
    return found


def _body(header: Header, block: dict[str, Any], answers: Sequence[dict[str, Any]]) -> bytes:
    """Spell a block's transactions and receipts, held against its header."""
    transactions = list(map(transaction_bytes, block["transactions"]))
    receipts = list(map(receipt_bytes, answers))
    roots = (root_of(transactions), root_of(receipts))
    if roots != (header.transactions_root, header.receipts_root):
        at_odds = "transactions" if roots[0] != header.transactions_root else "receipts"
        raise Corrupt(problem=f"block {header.number}: the node's {at_odds} do not give the root")
    pairs = zip(transactions, receipts, strict=True)
    return rlp.encode([rlp.to_bytes(header.number), *(part for pair in pairs for part in pair)])
