"""What an archive proves of the chain: nothing was changed, and nothing was left out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eth_hash.auto import keccak

from ledger.archive import rlp
from ledger.archive.file import (
    BODY,
    HEADER,
    HEADER_SIZE_MAX,
    NETWORK,
    NETWORK_SIZE_MAX,
    Reader,
)
from ledger.archive.header import Header
from ledger.archive.network import Network
from ledger.archive.receipt import Receipt
from ledger.archive.transaction import Transaction
from ledger.archive.trie import root_of
from ledger.errors import Corrupt
from ledger.fault import ArchiveFalse

BODY_SIZE_MAX: Final = 256 << 20
FOUNDED: Final = keccak(b"OwnershipTransferred(address,address)")
"""What a registry tells when it begins, naming nobody as the council before."""

_PER_TRANSACTION: Final = 4_096


@dataclass(frozen=True, slots=True)
class Head:
    """The last block of an archive; who trusts its hash can trust all below it.

    Parameters
    ----------
    blocks, bodies : int
        How many blocks there are up to it, and how many come with transactions and receipts.
    """

    number: int
    hash: bytes
    timestamp: int
    blocks: int
    bodies: int


@dataclass(frozen=True, slots=True)
class ProvenBlock:
    """A block, with its transactions and receipts where it may tell of the network."""

    header: Header
    transactions: Sequence[Transaction]
    receipts: Sequence[Receipt]


def network_of(path: Path) -> Network:
    """Read which network an archive says it is of.

    Raises
    ------
    ArchiveUnreadable
        When the file is no archive.
    """
    with Reader(path) as reader:
        return _take_network(reader)


def head_of(path: Path) -> Head:
    """Link the headers of an archive by their hashes, up to its head.

    Raises
    ------
    ArchiveUnreadable
        When the file is damaged.
    ArchiveFalse
        When a block is missing, or another one than its successor names.
    """
    with Reader(path) as reader:
        network = _take_network(reader)
        last, bodies = None, 0
        for last in _headers(reader, network):
            bodies += last.may_tell_of(network.marks)
        if last is None:
            raise reader.unreadable("there is no block in it")
    blocks = last.number - network.block + 1
    return Head(last.number, last.hash, last.timestamp, blocks, bodies)


def hash_at(path: Path, number: int) -> bytes:
    """Give the hash of a block in an archive, which holds as far as its head can be trusted.

    Raises
    ------
    ArchiveUnreadable
        When the file is damaged.
    ArchiveFalse
        When its headers do not lead to each other, or the block is not among them.
    """
    with Reader(path) as reader:
        found = None
        for header in _headers(reader, _take_network(reader)):
            found = header.hash if header.number == number else found
    if found is None:
        raise ArchiveFalse(block=number, problem="the archive does not hold this block")
    return found


def blocks_of(path: Path) -> Iterator[ProvenBlock]:
    """Read blocks in their order, each proven as far as the head can be trusted.

    Raises
    ------
    ArchiveUnreadable
        When the file is damaged.
    ArchiveFalse
        When a block contradicts its header or its neighbours, or one is left out.
    """
    with Reader(path) as headers, Reader(path) as bodies:
        network = _take_network(headers)
        _take_network(bodies)
        while bodies.take(HEADER, HEADER_SIZE_MAX) is not None:
            pass
        for header in _headers(headers, network):
            transactions: list[Transaction] = []
            receipts: list[Receipt] = []
            if header.may_tell_of(network.marks):
                bodies.place = f"in the body of block {header.number}"
                transactions, receipts = _body(bodies, header)
            block = ProvenBlock(header, transactions, receipts)
            if header.number == network.block:
                _require_founding(block, network)
            yield block
        bodies.place = "behind the last body"
        bodies.end()


@contextmanager
def blaming(block: int) -> Iterator[None]:
    """Say of what cannot be at which block it stands."""
    try:
        yield
    except Corrupt as found:
        if isinstance(found, ArchiveFalse):
            raise
        problem = found.arguments["problem"]
        raise ArchiveFalse(block=block, problem=problem) from None


def _take_network(reader: Reader) -> Network:
    data = reader.take(NETWORK, NETWORK_SIZE_MAX)
    try:
        return Network.from_bytes(data or b"")
    except Corrupt as wrong:
        raise reader.unreadable(wrong.arguments["problem"]) from None


def _headers(reader: Reader, network: Network) -> Iterator[Header]:
    """Read the headers; each must be the next, and name the one before as its parent."""
    before: Header | None = None
    while True:
        number = network.block if before is None else before.number + 1
        reader.place = f"in the header of block {number}"
        raw = reader.take(HEADER, HEADER_SIZE_MAX)
        if raw is None:
            return
        with blaming(number):
            header = Header.parse(raw)
            if header.number != number:
                raise Corrupt(problem=f"block {header.number} stands in its place")
        if before is not None and header.parent_hash != before.hash:
            problem = f"block {number} names another parent: this header was changed, or that one"
            raise ArchiveFalse(block=before.number, problem=problem)
        yield header
        before = header


def _body(reader: Reader, header: Header) -> tuple[list[Transaction], list[Receipt]]:
    """Read a block's transactions and receipts, and hold them against its header."""
    raw = reader.take(BODY, _size_max(header))
    with blaming(header.number):
        if raw is None:
            raise Corrupt(problem="it may tell of the network, but its transactions are left out")
        number, *items = map(rlp.as_bytes, rlp.decode_list(raw))
        del raw
        if rlp.as_number(number) != header.number:
            raise Corrupt(problem=f"the transactions of block {rlp.as_number(number)} are there")
        raw_transactions, raw_receipts = items[::2], items[1::2]
        if root_of(raw_transactions) != header.transactions_root:
            raise Corrupt(problem="its transactions are not those that its header commits to")
        if root_of(raw_receipts) != header.receipts_root:
            raise Corrupt(problem="its receipts are not those that its header commits to")
        if len(raw_transactions) != len(raw_receipts):
            raise Corrupt(problem="it has more transactions than receipts")
        transactions = list(map(Transaction.parse, raw_transactions))
        return transactions, list(map(Receipt.parse, raw_receipts))


def _size_max(header: Header) -> int:
    """Tell how large a body can be: a byte on the chain costs more than a unit of gas."""
    transactions_max = header.gas_used // 21_000 + 1
    return min(BODY_SIZE_MAX, 2 * header.gas_used + _PER_TRANSACTION * transactions_max)


def _require_founding(block: ProvenBlock, network: Network) -> None:
    """Make sure that the registry begins here, so that nothing of the network is older."""
    address = bytes.fromhex(network.registry[2:])
    for receipt in block.receipts:
        for log in receipt.logs:
            if log.address == address and log.topics[:2] == (FOUNDED, bytes(32)):
                return
    problem = "the registry does not begin here, so something older may be left out"
    raise ArchiveFalse(block=block.header.number, problem=problem)
