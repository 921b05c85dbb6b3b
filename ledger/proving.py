"""Proves what documents that are held here say, and where they were recorded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from sqlalchemy import Engine
from sqlmodel import col, select

from ledger.archive.export import receipts_of
from ledger.archive.header import Header, header_bytes
from ledger.archive.receipt import receipt_bytes
from ledger.archive.trie import path_to, root_of
from ledger.arrival import addresses_of
from ledger.client import Client
from ledger.database import in_thread, reading
from ledger.document.envelope import OpenedDocument
from ledger.document.errors import DocumentUnrecorded
from ledger.document.header import Binding
from ledger.document.manifest import Manifest, prove_inclusion
from ledger.document.proof import FieldProof, prove_fields
from ledger.errors import Corrupt, Unreachable
from ledger.host import Host, require_host
from ledger.inclusion import Inclusion
from ledger.model import Block, Document, Record
from ledger.opening import Opener
from ledger.vault import Vault, cid_from_digest


@dataclass(frozen=True, slots=True)
class Place:
    """Where the chain recorded a document.

    Parameters
    ----------
    log_index : int
        Among all logs of the block.
    siblings : tuple of bytes
        From the commitment to the documents root.
    """

    block_hash: bytes
    log_index: int
    commitment: bytes
    position: int
    siblings: tuple[bytes, ...]


class Prover:
    """Proves what documents of hosted organisations say, and where they were recorded.

    Parameters
    ----------
    network : bytes
        Domain separator of the ledger, to which every document is bound.
    """

    def __init__(
        self, engine: Engine, vault: Vault, network: bytes, hosts: Mapping[int, Host]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._network = network
        self._hosts = hosts
        self._opener = Opener(engine, vault, self._network, hosts)

    def prove_fields(
        self, organisation: int, document: int, pointers: Collection[str]
    ) -> FieldProof:
        """Prove some fields of a document that an organisation may read.

        Parameters
        ----------
        document : int
            Id of its row.

        Raises
        ------
        BlockMissing
            If its sealed block is not here.
        EnvelopeError
            If the organisation cannot open it.
        FieldUnknown
            If it has nothing at one of the pointers.
        """
        require_host(self._hosts, organisation)
        opened = self._open(organisation, document)
        return prove_fields(opened.fields, opened.seed, pointers)

    async def prove_recorded(
        self, client: Client, document: int, fields: FieldProof | None = None
    ) -> Inclusion:
        """Prove in which event of which block a document was recorded.

        Raises
        ------
        DocumentUnrecorded
            If the chain has not recorded it.
        BlockMissing
            If the manifest of its batch is not here.
        Unreachable
            If the node does not answer, or does not have the block.
        Corrupt
            If what the node tells does not fit together.
        """
        place = await in_thread(self._place_of, document)
        return replace(await prove_place(client, place), fields=fields)

    def _open(self, organisation: int, document: int) -> OpenedDocument:
        with reading(self._engine) as session:
            row = session.get_one(Document, document)
            senders = addresses_of(session, [row.organisation]).get(row.organisation, [])
        return self._opener.open(
            organisation,
            self._vault.get(row.cid),
            expected_binding=Binding(self._network, row.agreement or 0, row.kind, row.number),
            expected_commitment=row.commitment,
            expected_senders=senders,
        )

    def _place_of(self, document: int) -> Place:
        with reading(self._engine) as session:
            row = session.get_one(Document, document)
            found = (
                select(Record, Block.hash)
                .join(Block, col(Block.number) == col(Record.block_number))
                .where(Record.digest == row.digest)
            )
            # A batch of which nothing stood names no documents root that would be of use.
            places = [] if row.digest is None else session.exec(found).all()
            recorded = [each for each in places if each[0].documents_root is not None]
            if not recorded or row.position is None:
                raise DocumentUnrecorded("The chain has not recorded this document.")
            record, block_hash = recorded[0]
            siblings = self._siblings_of(record, row.position)
            return Place(block_hash, record.log_index, row.commitment, row.position, siblings)

    def _siblings_of(self, record: Record, position: int) -> tuple[bytes, ...]:
        if record.positions is None:
            return ()
        manifest = Manifest.from_block(self._vault.get(cid_from_digest(record.manifest or b"")))
        return prove_inclusion(manifest.commitments(record.positions), position).siblings


async def prove_place(client: Client, place: Place) -> Inclusion:
    """Prove that a block holds the log at a place, from what one node tells.

    Raises
    ------
    Unreachable
        If the node does not answer, or does not have the block.
    Corrupt
        If what the node tells does not fit together.
    """
    name = "0x" + place.block_hash.hex()
    (answer,) = await client.batch([("eth_getBlockByHash", (name, True))])
    if answer is None:
        raise Unreachable(url=client.url, problem=f"it has no block {name}")
    (told,) = await receipts_of(client, [name], [answer])
    header = header_bytes(answer)
    receipts = [receipt_bytes(each) for each in told]
    if root_of(receipts) != Header.parse(header).receipts_root:
        raise Corrupt(problem=f"the node's receipts do not give the root of block {name}")
    transaction, log = _found(place.log_index, [len(each["logs"]) for each in told])
    return Inclusion(
        commitment=place.commitment,
        position=place.position,
        siblings=place.siblings,
        transaction=transaction,
        log=log,
        header=header,
        nodes=tuple(path_to(receipts, transaction)),
    )


def _found(log_index: int, counts: Sequence[int]) -> tuple[int, int]:
    """Tell which transaction a log of a block is of, and which log of it."""
    for transaction, end in enumerate(accumulate(counts)):
        if log_index < end:
            return transaction, log_index - end + counts[transaction]
    raise Corrupt(problem=f"a block whose logs end before number {log_index}")
