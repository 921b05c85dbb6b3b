"""Folds an archive into a database, as the indexer would have from a node.

The tables come out the same, byte for byte; the indexer goes on from where the archive ends.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from ledger.archive.header import Header
from ledger.archive.network import Network
from ledger.archive.proof import ProvenBlock, blocks_of, network_of
from ledger.block import Block, Log
from ledger.database import reading, writing
from ledger.fact import Record, Refusal, read_facts
from ledger.fault import ArchiveFalse
from ledger.intake import take_in
from ledger.lease import Lease, LeaseLost
from ledger.log import decode_logs
from ledger.model import Cursor
from ledger.stretch import Stretch

FINALITY: Final = 10_000
"""As a gateway's runtime has it: headers behind it are forgotten."""

_BLOCKS: Final = 256
_FACTS: Final = 20_000
"""How much one transaction takes in, about."""


def fold_archive(
    engine: Engine,
    path: Path,
    *,
    hosted: frozenset[int] = frozenset(),
    finality: int = FINALITY,
) -> int:
    """Fold a verified archive into a database; gives how many blocks were new to it.

    Safe to stop and run again: it goes on behind the last block that the database has.

    Parameters
    ----------
    hosted : frozenset of int
        Organisations whose documents are to be fetched.
    finality : int
        Blocks behind the head whose headers are kept.

    Raises
    ------
    ArchiveUnreadable, ArchiveFalse
        When it does not hold after all, or is of another chain than the database.
    LeaseLost
        When a gateway works on the database now.
    """
    network = network_of(path)
    lease, taken = Lease("indexer"), 0
    try:
        for stretch in _stretches(path, network, _cursor(engine, network)):
            with writing(engine) as session:
                if not lease.take(session):
                    raise LeaseLost("a gateway works on this database")
                take_in(session, stretch, network.chain_id, finality, hosted)
            taken += len(stretch.headers)
    finally:
        with writing(engine) as session:
            lease.give_back(session)
    return taken


def _cursor(engine: Engine, network: Network) -> Cursor | None:
    with reading(engine) as session:
        return session.get(Cursor, network.chain_id)


def _stretches(path: Path, network: Network, cursor: Cursor | None) -> Iterator[Stretch]:
    """Gather blocks that the database does not have yet, in ranges for one transaction each."""
    contracts = {
        bytes.fromhex(address[2:])
        for address in (network.registry, network.order_ledger, network.pool_auction)
    }
    stretch, facts = Stretch([], [], [], {}), 0
    for block in blocks_of(path):
        if cursor is not None and block.header.number <= cursor.block_number:
            _require_same(block.header, cursor)
            continue
        records, refusals = _gather(stretch, block, contracts)
        facts += sum(len(record.facts) for record in records)
        stretch.records.extend(records)
        stretch.refusals.extend(refusals)
        if len(stretch.headers) == _BLOCKS or facts >= _FACTS:
            yield stretch
            stretch, facts = Stretch([], [], [], {}), 0
    if stretch.headers:
        yield stretch


def _require_same(header: Header, cursor: Cursor) -> None:
    if header.number == cursor.block_number and header.hash != cursor.block_hash:
        problem = "the database has read another block"
        raise ArchiveFalse(block=header.number, problem=problem)


def _gather(
    stretch: Stretch, block: ProvenBlock, contracts: set[bytes]
) -> tuple[list[Record], list[Refusal]]:
    """Add a block's header and gas to a stretch; gives what its logs tell."""
    header = block.header
    stretch.headers.append(
        Block(
            number=header.number,
            hash=header.hash,
            parent_hash=header.parent_hash,
            timestamp=header.timestamp,
            base_fee=header.base_fee,
            gas_limit=header.gas_limit,
            gas_used=header.gas_used,
            bloom=header.bloom,
        )
    )
    logs: list[Log] = []
    index = gas_before = 0
    for transaction, receipt in zip(block.transactions, block.receipts, strict=True):
        ours = len(logs)
        for place, log in enumerate(receipt.logs, index):
            if log.address in contracts:
                logs.append(log.placed(header, transaction.hash, place))
        index += len(receipt.logs)
        if len(logs) > ours:
            stretch.gas_used[transaction.hash] = receipt.gas_until - gas_before
        gas_before = receipt.gas_until
    return read_facts(decode_logs(logs))
