"""Documents: typed contents, their salted commitments, and the sealed blocks that carry them."""

from __future__ import annotations

from ledger.document.block import read_block
from ledger.document.canonical import canonical_bytes, canonical_form, new_seed, read_canonical
from ledger.document.content_key import Recipient
from ledger.document.envelope import OpenedDocument, SealedDocument, open_envelope, seal
from ledger.document.header import Binding
from ledger.document.manifest import (
    InclusionProof,
    Manifest,
    ManifestEntry,
    documents_root,
    prove_inclusion,
    verify_inclusion,
)
from ledger.document.part import Document
from ledger.document.proof import Commitment, FieldProof, commit, prove, verify
from ledger.document.schema import DOCUMENT_MODELS, parse_document

__all__ = [
    "DOCUMENT_MODELS",
    "Binding",
    "Commitment",
    "Document",
    "FieldProof",
    "InclusionProof",
    "Manifest",
    "ManifestEntry",
    "OpenedDocument",
    "Recipient",
    "SealedDocument",
    "canonical_bytes",
    "canonical_form",
    "commit",
    "documents_root",
    "new_seed",
    "open_envelope",
    "parse_document",
    "prove",
    "prove_inclusion",
    "read_block",
    "read_canonical",
    "seal",
    "verify",
    "verify_inclusion",
]
