"""The manifest of a batch, and proofs that a document was in it.

The manifest is a block of canonical JSON; the SHA-256 digest of the block goes on chain, and is
at once what its CID names::

    {"entries":[{"cid":"b…","commitment":"0x…64 hex…","position":0}, …],"manifest_version":1}

An entry stands for each event of the batch that has a document, in ascending order of position.
It has no ``cid`` where the parties carry the document outside Consign. Who may open a document is
said by its sealed block, not here. The documents root is the Merkle root over the commitments of
all positions of the batch (see `ledger.document.merkle`), 32 zero bytes where an event has no
document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from ledger.document.canonical import canonical_json
from ledger.document.errors import ManifestInvalid, ProofMalformed, ProofMismatch
from ledger.document.merkle import (
    DIGEST_BYTES,
    batch_leaf,
    batch_root,
    climb,
    siblings_of,
    top_of,
)
from ledger.vault.cid import Cid, cid_from_digest, parse_cid
from ledger.vault.errors import CidInvalid

ENTRIES_MAX: Final = 65_536
NO_DOCUMENT: Final = bytes(32)

_is_commitment: Final = re.compile(r"0x[0-9a-f]{64}").fullmatch


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One document of a batch: its position, its commitment and where its sealed block is.

    Parameters
    ----------
    cid : Cid, optional
        None where the document travels outside Consign: nobody fetches it.
    """

    position: int
    commitment: bytes
    cid: Cid | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The documents of a batch, by position."""

    entries: tuple[ManifestEntry, ...]

    def __post_init__(self) -> None:
        """Refuse entries out of order, and commitments that are none.

        Raises
        ------
        ManifestInvalid
            If so.
        """
        positions = [entry.position for entry in self.entries]
        if positions != sorted(set(positions)) or not all(
            0 <= position < ENTRIES_MAX for position in positions
        ):
            raise ManifestInvalid("The positions of the manifest do not ascend.")
        for entry in self.entries:
            if len(entry.commitment) != DIGEST_BYTES or entry.commitment == NO_DOCUMENT:
                raise ManifestInvalid(
                    "A commitment of the manifest is none.", position=entry.position
                )

    def to_block(self) -> bytes:
        """Write the manifest as it is stored."""
        entries = [_fields_of(entry) for entry in self.entries]
        return canonical_json({"entries": entries, "manifest_version": 1})

    @property
    def digest(self) -> bytes:
        """The SHA-256 digest of the block, which goes on chain."""
        return sha256(self.to_block()).digest()

    @property
    def cid(self) -> Cid:
        """The CID of the block, which the digest on chain names as well."""
        return cid_from_digest(self.digest)

    @classmethod
    def from_block(cls, block: bytes) -> Manifest:
        """Read a manifest.

        Raises
        ------
        ManifestInvalid
            If `block` is not exactly what `to_block` would write.
        """
        try:
            fields = json.loads(block)
            manifest = cls(tuple(_entry(each) for each in fields["entries"]))
        except (ValueError, KeyError, TypeError, RecursionError, CidInvalid):
            raise ManifestInvalid("The manifest is not readable.") from None
        if manifest.to_block() != block:
            raise ManifestInvalid("The manifest is not written in canonical form.")
        return manifest

    def commitments(self, count: int) -> list[bytes]:
        """List the commitments of all positions of a batch of `count` events.

        Raises
        ------
        ManifestInvalid
            If an entry stands at a position the batch does not have.
        """
        found = [NO_DOCUMENT] * count
        for entry in self.entries:
            if entry.position >= count:
                raise ManifestInvalid(
                    "The manifest names a position beyond the batch.", position=entry.position
                )
            found[entry.position] = entry.commitment
        return found


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What leads from one commitment to the documents root of its batch.

    Parameters
    ----------
    position : int
        Position in the batch.
    count : int
        Number of positions of the batch.
    commitment : bytes
        32 bytes.
    siblings : tuple of bytes
        The path from leaf to top, 32 bytes each.
    """

    position: int
    count: int
    commitment: bytes
    siblings: tuple[bytes, ...]


def documents_root(commitments: Sequence[bytes]) -> bytes:
    """Compute the Merkle root over the commitments of a batch by position."""
    return batch_root(len(commitments), top_of(_leaves(commitments)))


def prove_inclusion(commitments: Sequence[bytes], position: int) -> InclusionProof:
    """Prove that the commitment at `position` is in a batch."""
    assert 0 <= position < len(commitments), "the position is one of the batch"
    siblings = siblings_of(_leaves(commitments), [position])
    return InclusionProof(position, len(commitments), commitments[position], tuple(siblings))


def verify_inclusion(proof: InclusionProof, root: bytes) -> None:
    """Check that a commitment is in the batch whose documents root is `root`.

    Raises
    ------
    ProofMalformed
        If the proof has not the shape its numbers call for.
    ProofMismatch
        If it leads to another root.
    """
    if any(len(each) != DIGEST_BYTES for each in (proof.commitment, *proof.siblings)):
        raise ProofMalformed("A digest of the proof has not 32 bytes.")
    if not 0 <= proof.position < proof.count <= ENTRIES_MAX:
        raise ProofMalformed("The position of the proof is outside the batch.")
    leaf = {proof.position: batch_leaf(proof.position, proof.commitment)}
    top = climb(proof.count, leaf, proof.siblings)
    if batch_root(proof.count, top) != root:
        raise ProofMismatch("The proof leads to another batch.", expected="0x" + root.hex())


def _leaves(commitments: Sequence[bytes]) -> list[bytes]:
    assert 0 < len(commitments) <= ENTRIES_MAX, "a batch has 1 to 65,536 positions"
    return [batch_leaf(position, each) for position, each in enumerate(commitments)]


def _fields_of(entry: ManifestEntry) -> dict[str, Any]:
    fields = {"commitment": "0x" + entry.commitment.hex(), "position": entry.position}
    return fields if entry.cid is None else fields | {"cid": entry.cid}


def _entry(fields: dict[str, Any]) -> ManifestEntry:
    commitment, position = fields["commitment"], fields["position"]
    if type(position) is not int or not _is_commitment(commitment):
        raise ValueError("position or commitment")
    cid = parse_cid(fields["cid"]) if "cid" in fields else None
    return ManifestEntry(position, bytes.fromhex(commitment[2:]), cid)
