"""Proofs that a document was recorded: at that place of that batch, in that block.

A block's hash is that of its header, the header commits to the receipts of its transactions, a
receipt holds the logs of the ledger, and a log holds the documents root of a batch, or the one
commitment of what was signed by itself. So whoever trusts a block's hash needs nobody else.

An inclusion travels as bytes: 0x02, then in the recursive length prefix of Ethereum the list of

- the proof of fields that it comes with (see `ledger.document.proof`), or nothing;
- the commitment, its position in the batch, and the siblings of its path, one behind the other;
- the place of the transaction in its block, and of the log in its receipt;
- the block's header, and the list of trie nodes from the receipts' root to the receipt.

The receipt is there as a whole, so that what the ledger refused of a batch is seen as well. It
takes up most of the proof, and grows with the batch: 4 to 8 bytes an event, unless they come in
runs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Self

from ledger.archive import rlp
from ledger.archive.header import Header
from ledger.archive.receipt import Receipt
from ledger.archive.trie import value_at
from ledger.block import Log
from ledger.document.errors import ProofMalformed, ProofMismatch
from ledger.document.manifest import ENTRIES_MAX, InclusionProof, verify_inclusion
from ledger.document.merkle import DIGEST_BYTES
from ledger.document.proof import FieldProof
from ledger.document.proof import verify as verify_fields
from ledger.errors import Corrupt
from ledger.event import ActionRefused
from ledger.fact import Record, read_facts
from ledger.intent import ZERO
from ledger.log import decode_logs

INCLUSION_BYTES_MAX: Final = 16 << 20
VERSION: Final = 2
_PLACE_MAX: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where and how a document was recorded.

    Parameters
    ----------
    timestamp : int
        Unix seconds of the block.
    contract : str
        Address of the contract that recorded it, checksummed.
    organisation : int
        Who signed the record.
    digest : bytes
        Digest of the batch, intent or step that was signed.
    position, positions : int
        Which of how many events of the batch; 0 of 1 for what was signed by itself.
    machine, agreement, number : str, int
        What it is about; empty and zero where the ledger refused the event.
    action : int, optional
        What was done to it.
    is_refused : bool
        The batch was recorded, but not this event of it: the document had no effect.
    """

    block_number: int
    block_hash: bytes
    timestamp: int
    contract: str
    organisation: int
    digest: bytes
    position: int
    positions: int
    machine: str
    agreement: int
    number: int
    action: int | None
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What leads from a document's commitment, or from fields of it, to a block's hash.

    Parameters
    ----------
    fields : FieldProof, optional
        Fields of the document that are shown as well.
    position : int
        Position in the batch; 0 for what was signed by itself.
    siblings : tuple of bytes
        From the commitment to the documents root; none for what was signed by itself.
    transaction, log : int
        Place of the transaction in its block, and of the log among those of its receipt.
    header : bytes
        The block's header, whose hash is the block's.
    nodes : tuple of bytes
        From the receipts' root to the receipt.
    """

    commitment: bytes
    position: int
    siblings: tuple[bytes, ...]
    transaction: int
    log: int
    header: bytes
    nodes: tuple[bytes, ...]
    fields: FieldProof | None = None

    def to_bytes(self) -> bytes:
        """Write the inclusion in the layout of this module."""
        content = [
            self.fields.to_bytes() if self.fields else b"",
            self.commitment,
            rlp.to_bytes(self.position),
            b"".join(self.siblings),
            rlp.to_bytes(self.transaction),
            rlp.to_bytes(self.log),
            self.header,
            list(self.nodes),
        ]
        return bytes([VERSION]) + rlp.encode(content)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read an inclusion.

        Raises
        ------
        ProofMalformed
            If the bytes do not have the layout of this module.
        """
        if len(content) > INCLUSION_BYTES_MAX or content[:1] != bytes([VERSION]):
            raise ProofMalformed("The proof is too large, or has an unknown version.")
        try:
            return cls._from_items(rlp.decode_list(content[1:]))
        except Corrupt as problem:
            raise _malformed(problem) from None

    @classmethod
    def _from_items(cls, items: list[rlp.Item]) -> Self:
        if len(items) != 8:
            raise ProofMalformed("The proof has too few parts, or too many.")
        fields, commitment, siblings, header = (rlp.as_bytes(items[at]) for at in (0, 1, 3, 6))
        position, transaction, log = (rlp.as_number(items[at]) for at in (2, 4, 5))
        starts = range(0, len(siblings), DIGEST_BYTES)
        if len(siblings) % DIGEST_BYTES or max(position, transaction, log) >= _PLACE_MAX:
            raise ProofMalformed("A part of the proof has the wrong length.")
        return cls(
            commitment,
            position,
            tuple(siblings[start : start + DIGEST_BYTES] for start in starts),
            transaction,
            log,
            header,
            tuple(map(rlp.as_bytes, rlp.as_list(items[7]))),
            FieldProof.from_bytes(fields) if fields else None,
        )

    @property
    def block(self) -> Header:
        """The block that it claims; believe it only when its hash is known from elsewhere.

        Raises
        ------
        ProofMalformed
            If the header is none.
        """
        try:
            return Header.parse(self.header)
        except Corrupt as problem:
            raise _malformed(problem) from None


def verify_recorded(
    inclusion: Inclusion, block_hash: bytes, contracts: Collection[str] | None = None
) -> Recorded:
    """Check that a document, and the fields shown of it, were recorded in a block.

    Parameters
    ----------
    block_hash : bytes
        From a node or an archive that the caller trusts.
    contracts : collection of str, optional
        Checksummed addresses of the network's contracts; without them the caller has to compare
        the one that is given back, since anybody can deploy a contract that tells the same.

    Raises
    ------
    ProofMalformed
        If the proof has not the shape its numbers call for.
    ProofMismatch
        If it leads to another block, contract, batch or document.
    """
    block = inclusion.block
    if block.hash != block_hash:
        raise ProofMismatch("The proof leads to another block.", expected="0x" + block_hash.hex())
    try:
        logs = _logs_of(inclusion, block)
        contract = logs[-1].address
        if contracts is not None and contract not in contracts:
            raise ProofMismatch("Another contract than the network's recorded it.", found=contract)
        record = _record_of(logs)
    except Corrupt as problem:
        raise _malformed(problem) from None
    _require_committed(inclusion, record)
    if inclusion.fields is not None:
        verify_fields(inclusion.fields, inclusion.commitment)
    return _recorded(inclusion.position, record, block, contract)


def _logs_of(inclusion: Inclusion, block: Header) -> list[Log]:
    """Read what a contract told in a transaction, up to the log that the proof names."""
    raw = value_at(block.receipts_root, inclusion.transaction, inclusion.nodes)
    logs = Receipt.parse(raw).logs
    if inclusion.log >= len(logs):
        raise Corrupt(problem="the receipt has no such log")
    address = logs[inclusion.log].address
    return [
        log.placed(block, ZERO, index)
        for index, log in enumerate(logs[: inclusion.log + 1])
        if log.address == address
    ]


def _record_of(logs: Sequence[Log]) -> Record:
    """Read the record that the last log is, with what was refused of it."""
    events = decode_logs(logs)
    # Anybody's contract could tell of as many as there are numbers.
    if any(isinstance(each, ActionRefused) and each.count > ENTRIES_MAX for each in events):
        raise Corrupt(problem="more events are refused than a batch has")
    records, _ = read_facts(events)
    if not records or records[-1].row["log_index"] != logs[-1].log_index:
        raise Corrupt(problem="the log records no document")
    return records[-1]


def _require_committed(inclusion: Inclusion, record: Record) -> None:
    root, positions = record.row["documents_root"], record.row["positions"]
    if root is None or inclusion.commitment == ZERO:
        raise ProofMismatch("The record commits to no document.")
    if positions is None:
        if inclusion.siblings or inclusion.position:
            raise ProofMalformed("What was signed by itself has one document.")
        if inclusion.commitment != root:
            raise ProofMismatch("The record is of another document.", expected="0x" + root.hex())
        return
    siblings = inclusion.siblings
    proof = InclusionProof(inclusion.position, positions, inclusion.commitment, siblings)
    verify_inclusion(proof, root)


def _recorded(position: int, record: Record, block: Header, contract: str) -> Recorded:
    facts = [each for each in record.facts if each["position"] == position]
    fact = facts[0] if facts else {}
    return Recorded(
        block_number=block.number,
        block_hash=block.hash,
        timestamp=block.timestamp,
        contract=contract,
        organisation=record.row["organisation"],
        digest=record.digest or ZERO,
        position=position,
        positions=record.row["positions"] or 1,
        machine=fact.get("machine", ""),
        agreement=fact.get("agreement") or 0,
        number=fact.get("number", 0),
        action=fact.get("action"),
        is_refused=not facts,
    )


def _malformed(problem: Corrupt) -> ProofMalformed:
    return ProofMalformed(f"The proof cannot be followed: {problem.arguments['problem']}.")
