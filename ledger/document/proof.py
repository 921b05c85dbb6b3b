"""Commitments to documents, and proofs of single fields that show nothing else.

A proof travels as bytes::

    offset  size  what
    0       1     version, 0x01
    1       4     number of leaves of the document, u32
    5       2     number n of fields proven, u16
    7             n fields, in ascending order of their index:
                     4   index of the leaf, u32
                    32   salt
                     2   length of the pointer, u16, and the pointer in UTF-8
                     4   length of the value, u32, and the value as canonical JSON in UTF-8
    ...           siblings, 32 bytes each, to the end

Integers are big-endian. For one field the siblings are the path from leaf to top.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ledger.document.canonical import (
    SALT_BYTES,
    canonical_form,
    canonical_json,
    leaves_of,
    salts_of,
    split_leaf,
)
from ledger.document.errors import (
    DocumentError,
    FieldUnknown,
    LeafDuplicate,
    ProofMalformed,
    ProofMismatch,
    UnicodeInvalid,
)
from ledger.document.merkle import (
    DIGEST_BYTES,
    climb,
    document_root,
    leaf_digest,
    leaf_digests,
    siblings_of,
    top_of,
)
from ledger.document.part import Document
from ledger.document.scalar import INTEGER_MAX

FIELDS_MAX: Final = 65_535
_VERSION: Final = 1
_is_pointer: Final = re.compile(r"(/([a-z][a-z0-9_]{0,63}|0|[1-9][0-9]{0,6}))+").fullmatch


@dataclass(frozen=True, slots=True)
class Commitment:
    """The only trace of a document on chain.

    Parameters
    ----------
    root : bytes
        32 bytes, what the chain records.
    leaf_count : int
        Number of fields, bound by the root.
    """

    root: bytes
    leaf_count: int


@dataclass(frozen=True, slots=True)
class ProvenField:
    """One disclosed field: where it stands, what it says, and its salt."""

    index: int
    pointer: str
    value_json: str
    salt: bytes

    @property
    def value(self) -> Any:
        """The value as text, integer or boolean."""
        return json.loads(self.value_json)


@dataclass(frozen=True, slots=True)
class FieldProof:
    """Some fields of a document and what leads from them to its commitment."""

    leaf_count: int
    fields: tuple[ProvenField, ...]
    siblings: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Write the proof in the layout of this module."""
        parts = [
            bytes([_VERSION]),
            self.leaf_count.to_bytes(4, "big"),
            len(self.fields).to_bytes(2, "big"),
        ]
        for field in self.fields:
            pointer, value = field.pointer.encode(), field.value_json.encode()
            parts += [
                field.index.to_bytes(4, "big"),
                field.salt,
                len(pointer).to_bytes(2, "big"),
                pointer,
                len(value).to_bytes(4, "big"),
                value,
            ]
        return b"".join([*parts, *self.siblings])

    @classmethod
    def from_bytes(cls, content: bytes) -> FieldProof:
        """Read a proof.

        Raises
        ------
        ProofMalformed
            If the bytes do not have the layout of this module.
        """
        return _Reader(content).proof()


def commit(document: Document, seed: bytes) -> Commitment:
    """Compute the commitment of a document under the salts of `seed`."""
    return commit_fields(canonical_form(document), seed)


def commit_fields(fields: dict[str, Any], seed: bytes) -> Commitment:
    """Compute the commitment of plain values in canonical form."""
    return commit_leaves(leaves_of(fields), seed)


def commit_leaves(leaves: list[str], seed: bytes) -> Commitment:
    """Compute the commitment of leaves in their order."""
    digests = _digests(leaves, seed)
    return Commitment(document_root(len(leaves), top_of(digests)), len(leaves))


def prove(document: Document, seed: bytes, pointers: Iterable[str]) -> FieldProof:
    """Prove some fields of a document as it is written now; see `prove_fields`."""
    return prove_fields(canonical_form(document), seed, pointers)


def prove_fields(fields: dict[str, Any], seed: bytes, pointers: Iterable[str]) -> FieldProof:
    """Prove some fields of a document and show nothing else.

    Parameters
    ----------
    fields : dict
        The document as it was committed to, which may be in an older version of its schema.
    pointers : iterable of str
        JSON pointers of scalar fields, for example ``/order_line/3/quantity/value``. One that ends
        in a slash stands for all fields below it, for example ``/order_line/3/``.

    Raises
    ------
    FieldUnknown
        If the document has nothing at one of the pointers, or none is given.
    """
    leaves = leaves_of(fields)
    salts = salts_of(seed, len(leaves))
    indices = _indices_of([split_leaf(leaf)[0] for leaf in leaves], set(pointers))
    proven = tuple(
        ProvenField(index, *split_leaf(leaves[index]), _salt(salts, index)) for index in indices
    )
    siblings = siblings_of(leaf_digests(salts, leaves), indices)
    return FieldProof(len(leaves), proven, tuple(siblings))


def verify(proof: FieldProof, root: bytes) -> dict[str, Any]:
    """Check that the fields of a proof belong to the document committed to by `root`.

    Returns
    -------
    dict
        Value of each proven field by its pointer.

    Raises
    ------
    LeafDuplicate
        If two fields share one index or one pointer.
    ProofMalformed
        If the proof has not the shape its numbers call for.
    ProofMismatch
        If it leads to another root.
    """
    known: dict[int, bytes] = {}
    for field in proof.fields:
        if not _is_pointer(field.pointer) or len(field.salt) != SALT_BYTES:
            raise ProofMalformed("A field of the proof is not well formed.")
        known[field.index] = leaf_digest(field.salt, f"{field.pointer}\n{field.value_json}")
    values = {field.pointer: field for field in proof.fields}
    if len(known) != len(proof.fields) or len(values) != len(proof.fields):
        raise LeafDuplicate("Two fields of the proof share one path or position.")
    if any(len(sibling) != DIGEST_BYTES for sibling in proof.siblings):
        raise ProofMalformed("A sibling of the proof has not 32 bytes.")
    top = climb(proof.leaf_count, known, proof.siblings)
    if document_root(proof.leaf_count, top) != root:
        raise ProofMismatch("The proof leads to another commitment.", expected="0x" + root.hex())
    if not all(_is_scalar(field.value_json) for field in proof.fields):
        raise ProofMalformed("A value of the proof is not the canonical JSON of a scalar.")
    return {pointer: field.value for pointer, field in values.items()}


def _indices_of(known: list[str], wanted: set[str]) -> list[int]:
    """Find where fields stand among all; those below a pointer that ends in a slash."""
    groups = tuple(pointer for pointer in wanted if pointer.endswith("/"))
    indices = [
        index
        for index, pointer in enumerate(known)
        if pointer in wanted or (groups and pointer.startswith(groups))
    ]
    found = {known[index] for index in indices}
    unknown = {each for each in wanted if each not in found}
    unknown -= {group for group in groups if any(each.startswith(group) for each in found)}
    if unknown or not 0 < len(indices) <= FIELDS_MAX:
        raise FieldUnknown("The document has no such field.", paths=sorted(unknown))
    return indices


def _is_scalar(value_json: str) -> bool:
    """Tell whether this is what a document's leaf can say, in its one spelling."""
    try:
        value = json.loads(value_json)
        is_number = isinstance(value, int) and abs(value) <= INTEGER_MAX
        is_leaf = is_number or isinstance(value, str) or value == {}
        return is_leaf and canonical_json(value).decode() == value_json
    except (ValueError, RecursionError, DocumentError):
        return False


def _digests(leaves: list[str], seed: bytes) -> list[bytes]:
    try:
        return leaf_digests(salts_of(seed, len(leaves)), leaves)
    except UnicodeEncodeError:
        raise UnicodeInvalid("A string of the document holds a lone surrogate.") from None


def _salt(salts: bytes, index: int) -> bytes:
    return salts[SALT_BYTES * index : SALT_BYTES * (index + 1)]


class _Reader:
    """Reads a proof from bytes, refusing whatever runs over the end."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def proof(self) -> FieldProof:
        if self._number(1) != _VERSION:
            raise ProofMalformed("The proof has an unknown version.")
        leaf_count = self._number(4)
        fields = tuple(self._field() for _ in range(self._number(2)))
        indices = [field.index for field in fields]
        if indices != sorted(indices):
            raise ProofMalformed("The fields of the proof are not in order.")
        rest = self._content[self._at :]
        if not fields or len(rest) % DIGEST_BYTES:
            raise ProofMalformed("The proof has the wrong length.")
        siblings = (rest[at : at + DIGEST_BYTES] for at in range(0, len(rest), DIGEST_BYTES))
        return FieldProof(leaf_count, fields, tuple(siblings))

    def _field(self) -> ProvenField:
        index, salt = self._number(4), self._take(SALT_BYTES)
        try:
            pointer = self._take(self._number(2)).decode()
            value_json = self._take(self._number(4)).decode()
        except UnicodeDecodeError:
            raise ProofMalformed("A text of the proof is not UTF-8.") from None
        return ProvenField(index, pointer, value_json, salt)

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _take(self, size: int) -> bytes:
        taken = self._content[self._at : self._at + size]
        if len(taken) != size:
            raise ProofMalformed("The proof is truncated.")
        self._at += size
        return taken
