"""Sealed documents: only their recipients can open them, and only where they belong.

The layout of a block stands in `ledger.document.block`, that of its header in
`ledger.document.header`, that of its content in `ledger.document.payload`, and what keys there are
in `ledger.document.content_key`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.document.block import (
    ENVELOPE_BYTES_MAX,
    SealedBlock,
    front_of,
    read_block,
    signed_digest,
)
from ledger.document.canonical import (
    canonical_form,
    document_of,
    new_seed,
    read_fields,
    spell,
)
from ledger.document.content_key import (
    Recipient,
    encryption_key_of,
    key_commitment_of,
    new_content_key,
    require_committed,
    unwrap,
    wrap,
)
from ledger.document.encryption_key import EncryptionKey
from ledger.document.errors import (
    CommitmentMismatch,
    ContentTampered,
    ContextMismatch,
    EnvelopeTooLarge,
    SenderUnexpected,
)
from ledger.document.header import Binding, Header, checked_recipients
from ledger.document.part import Document
from ledger.document.payload import AttachedFile, read_payload, write_payload
from ledger.document.proof import Commitment, commit_leaves
from ledger.document.signature import SIGNATURE_BYTES, checksummed, recover_address, require_form

_NONCE: Final = bytes(12)

Sign = Callable[[bytes], bytes]
"""Signs a 32-byte digest with the sender's key: r ‖ s ‖ v, v 27 or 28."""


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """What sealing gives: the block to store, the commitment to record, the seed to keep.

    Parameters
    ----------
    block : bytes
        The sealed block, to be stored in a vault.
    commitment : Commitment
        To be recorded on chain.
    seed : bytes
        Seed of the salts; who holds it can prove fields, who erases it (and the keys) cannot.
    fields : dict
        The canonical form of the document.
    """

    block: bytes
    commitment: Commitment
    seed: bytes
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document whose every check has passed.

    Parameters
    ----------
    document : Document
        What was sealed.
    fields : dict
        Its canonical form.
    seed : bytes
        Seed of its salts, with which fields can be proven.
    commitment : bytes
        32 bytes, equal to the one expected.
    leaf_count : int
        Number of its fields.
    binding : Binding
        What it belongs to.
    sender : int
        Organisation that sealed it.
    sender_address : str
        Address that signed, as it stands among those expected.
    recipients : tuple of (int, int)
        Organisation and key epoch of everybody it was sealed for.
    attachments : tuple of AttachedFile
        Where the files lie that go with it, and what opens them.
    """

    document: Document
    fields: dict[str, Any]
    seed: bytes
    commitment: bytes
    leaf_count: int
    binding: Binding
    sender: int
    sender_address: str
    recipients: tuple[tuple[int, int], ...]
    attachments: tuple[AttachedFile, ...]


def seal(
    document: Document,
    *,
    sender: int,
    sign: Sign,
    recipients: Sequence[Recipient],
    binding: Binding,
    seed: bytes | None = None,
    attachments: Sequence[AttachedFile] = (),
) -> SealedDocument:
    """Commit to a document and seal it for its recipients.

    Parameters
    ----------
    sender : int
        Organisation that seals; list it among the recipients if it is to read its own block.
    sign : callable
        Signs a digest with a key that may speak for the sender.
    seed : bytes, optional
        The seed its commitment was computed with; a fresh one by default. Sealing the same
        document anew, for other recipients, takes the same seed; another document never does.
    attachments : sequence of AttachedFile
        Where the files lie that go with it, and what opens them.

    Raises
    ------
    RecipientKeyInvalid
        If a public key is not one.
    KeyBundleMissing, KeyBundleInvalid
        If the bundle of a hybrid key is absent, or not the one registered.
    EnvelopeMalformed
        If there are no recipients, too many, or one twice.
    EnvelopeTooLarge
        If the document is too large for a block.
    CommitmentError
        If the document cannot be committed to.
    """
    seed = seed or new_seed()
    fields = canonical_form(document)
    content, leaves = spell(fields)
    commitment = commit_leaves(leaves, seed)
    payload = write_payload(seed, content, attachments)
    unsigned = _encrypt(payload, sender, recipients, binding)
    if len(unsigned) + SIGNATURE_BYTES > ENVELOPE_BYTES_MAX:
        raise EnvelopeTooLarge("The document is too large for a block.", bytes=len(unsigned))
    signature = sign(signed_digest(unsigned))
    # A signer that answers in another form would only be noticed by the recipients.
    require_form(signature)
    return SealedDocument(unsigned + signature, commitment, seed, fields)


def open_envelope(
    block: bytes,
    *,
    organisation: int,
    private_keys: Mapping[int, EncryptionKey],
    expected_binding: Binding,
    expected_commitment: bytes,
    expected_senders: Collection[str],
) -> OpenedDocument:
    """Open a block and check everything about it.

    Parameters
    ----------
    organisation : int
        Who opens.
    private_keys : mapping
        The organisation's private keys by key epoch.
    expected_binding : Binding
        What the chain says the document belongs to.
    expected_commitment : bytes
        What the chain recorded.
    expected_senders : collection of str
        Addresses that may speak for the sender, in hexadecimal.

    Raises
    ------
    EnvelopeError
        One subclass per check that fails; see `ledger.document.errors`.
    DocumentInvalid
        If what was sealed breaks the model of its type.
    """
    parts = _checked_block(block, expected_binding)
    address = _sender_address(parts, expected_senders)
    content_key = unwrap(parts.header, organisation, private_keys)
    return _opened(parts, content_key, address, expected_commitment)


def open_with_key(
    block: bytes,
    *,
    content_key: bytes,
    expected_binding: Binding,
    expected_commitment: bytes,
    expected_senders: Collection[str],
) -> OpenedDocument:
    """Open a block with a content key that came another way than by a wrap of its header.

    Raises
    ------
    EnvelopeError, DocumentInvalid
        As `open_envelope` does; `KeyCommitmentMismatch` if the key is that of another block.
    """
    parts = _checked_block(block, expected_binding)
    address = _sender_address(parts, expected_senders)
    require_committed(content_key, parts.header)
    return _opened(parts, content_key, address, expected_commitment)


def _checked_block(block: bytes, expected_binding: Binding) -> SealedBlock:
    parts = read_block(block)
    if parts.header.binding != expected_binding:
        raise ContextMismatch("The block was sealed for another agreement, subject or number.")
    return parts


def _opened(
    parts: SealedBlock, content_key: bytes, address: str, expected_commitment: bytes
) -> OpenedDocument:
    seed, content, attachments = read_payload(_decrypt(parts, content_key))
    fields, leaves = read_fields(content)
    document = document_of(fields)
    commitment = commit_leaves(leaves, seed)
    if commitment.root != expected_commitment:
        raise CommitmentMismatch(
            "The content does not have the commitment recorded.",
            expected="0x" + expected_commitment.hex(),
            actual="0x" + commitment.root.hex(),
        )
    header = parts.header
    return OpenedDocument(
        document=document,
        fields=fields,
        seed=seed,
        commitment=commitment.root,
        leaf_count=commitment.leaf_count,
        binding=header.binding,
        sender=header.sender,
        sender_address=address,
        recipients=tuple((each.organisation, each.epoch) for each in header.recipients),
        attachments=attachments,
    )


def _encrypt(
    payload: bytes, sender: int, recipients: Sequence[Recipient], binding: Binding
) -> bytes:
    content_key = new_content_key()
    key_commitment = key_commitment_of(content_key)
    wraps = tuple(
        wrap(content_key, each, binding, sender, key_commitment)
        for each in checked_recipients(recipients)
    )
    header = Header(binding, sender, key_commitment, wraps)
    front = front_of(header.to_bytes())
    ciphertext = AESGCM(encryption_key_of(content_key)).encrypt(_NONCE, payload, front)
    return front + len(ciphertext).to_bytes(4, "big") + ciphertext


def _sender_address(parts: SealedBlock, expected: Collection[str]) -> str:
    signed_by = recover_address(parts.digest, parts.signature)
    for address in expected:
        if bytes.fromhex(address.removeprefix("0x")) == signed_by:
            return address
    raise SenderUnexpected(
        "The block is not signed by its sender.", signed_by=checksummed(signed_by)
    )


def _decrypt(parts: SealedBlock, content_key: bytes) -> bytes:
    try:
        cipher = AESGCM(encryption_key_of(content_key))
        return cipher.decrypt(_NONCE, parts.ciphertext, parts.front)
    except (InvalidTag, ValueError):
        raise ContentTampered("The content fails its authentication.") from None
