"""Rewraps: the content keys of many sealed documents, given to one more key in one signed block.

A key rotates, or is lost; an auditor is to read. The documents stay as they are, under their CIDs:
who can open them unwraps their content keys and seals the list of them to the new key, once. A
block is bytes::

    offset       size  what
    0            4     "CSRW"
    4            1     version, 0x01
    5            4     length H of the header, u32
    9            H     header, canonical JSON
    9+H          4     length C of what is sealed, u32
    13+H         C     content under HPKE base mode, encapsulated key first
    13+H+C       65    signature r ‖ s ‖ v of the sender

    header  = {"documents":2,          how many, 1 to ENTRIES_MAX
               "epoch":2,              of the key that it is sealed to, u32
               "network":"…64 hex…",   chain and ledger, as their EIP-712 domain separator
               "organisation":3,       that may open it, u32
               "sender":2}             that made it, u32
    content = for each document, ascending and each once:
              SHA-256 of its sealed block, which its CID names [32] ‖ its content key [32]
    info    = "consign/rewrap/1" ‖ everything before the length of what is sealed

The signature covers SHA-256("consign/rewrap-signature/1" ‖ everything before it). A content key is
worth nothing but for the block that its CID names and whose header commits to it: whoever opens a
document with a key from here checks that commitment, the sender's signature and the root on chain
as ever. So a rewrap can give reading, never another content.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from ledger.document.canonical import canonical_json
from ledger.document.content_key import Recipient, unwrap_key, wrap_key
from ledger.document.encryption_key import EncryptionKey
from ledger.document.errors import (
    ContentNotCanonical,
    ContextMismatch,
    EnvelopeMalformed,
    EnvelopeTruncated,
    EnvelopeVersionUnknown,
    EpochStale,
    RecipientAbsent,
    SenderUnexpected,
)
from ledger.document.signature import SIGNATURE_BYTES, checksummed, recover_address, require_form

ENTRIES_MAX: Final = 4096

_MAGIC: Final = b"CSRW"
_VERSION: Final = 1
_FRONT: Final = 9
_ENTRY_BYTES: Final = 64
_NUMBERS: Final = ("documents", "epoch", "organisation", "sender")


@dataclass(frozen=True, slots=True)
class RewrapHeader:
    """What a rewrap says of itself to everybody.

    Parameters
    ----------
    network : bytes
        32 bytes that stand for chain and ledger contract.
    sender : int
        Organisation that made it.
    organisation, epoch : int
        Whom it is sealed for, and to which of its keys.
    documents : int
        How many content keys it holds.
    """

    network: bytes
    sender: int
    organisation: int
    epoch: int
    documents: int

    def to_bytes(self) -> bytes:
        """Write the header as canonical JSON."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in _NUMBERS}
        return canonical_json(fields | {"network": self.network.hex()})


@dataclass(frozen=True, slots=True)
class SealedRewrap:
    """A rewrap split into its parts; nothing is verified but the structure."""

    header: RewrapHeader
    front: bytes
    sealed: bytes
    digest: bytes
    signature: bytes


def rewrap(
    content_keys: Mapping[bytes, bytes],
    *,
    network: bytes,
    sender: int,
    sign: Callable[[bytes], bytes],
    to: Recipient,
) -> bytes:
    """Seal content keys for one key of one organisation.

    Parameters
    ----------
    content_keys : mapping
        Content keys by the SHA-256 of their documents' sealed blocks.
    sign : callable
        Signs a digest with a key that may speak for the sender.

    Raises
    ------
    EnvelopeMalformed
        If there are none, or more than ``ENTRIES_MAX``.
    RecipientKeyInvalid
        If the recipient's public key is not one.
    """
    _require_count(len(content_keys))
    header = RewrapHeader(network, sender, to.organisation, to.epoch, len(content_keys)).to_bytes()
    front = _MAGIC + bytes([_VERSION]) + len(header).to_bytes(4, "big") + header
    content = b"".join(digest + content_keys[digest] for digest in sorted(content_keys))
    sealed = wrap_key(content, to, _info(front))
    unsigned = front + len(sealed).to_bytes(4, "big") + sealed
    signature = sign(_signed_digest(unsigned))
    require_form(signature)
    return unsigned + signature


def read_rewrap(block: bytes) -> SealedRewrap:
    """Split a rewrap into its parts, which needs no key.

    Raises
    ------
    EnvelopeTruncated, EnvelopeMalformed, EnvelopeVersionUnknown
        If the bytes are not the layout of this module.
    """
    if not block.startswith(_MAGIC[: len(block)]):
        raise EnvelopeMalformed("The block does not begin as a rewrap does.")
    if len(block) > 4 and block[4] != _VERSION:
        raise EnvelopeVersionUnknown("The rewrap has an unknown version.", version=block[4])
    body = _FRONT + int.from_bytes(block[5:9], "big") + 4
    end = body + int.from_bytes(block[body - 4 : body], "big") if len(block) >= body else body
    if len(block) < end + SIGNATURE_BYTES:
        raise EnvelopeTruncated("The rewrap is shorter than its lengths say.", bytes=len(block))
    if len(block) > end + SIGNATURE_BYTES:
        raise EnvelopeMalformed("The rewrap is longer than its lengths say.", bytes=len(block))
    return SealedRewrap(
        header=_header(block[_FRONT : body - 4]),
        front=block[: body - 4],
        sealed=block[body:end],
        digest=_signed_digest(block[:end]),
        signature=block[end:],
    )


def require_signer(parts: SealedRewrap, expected: Collection[str]) -> None:
    """Refuse a rewrap that its sender did not sign.

    Parameters
    ----------
    expected : collection of str
        Addresses that may speak for the sender, in hexadecimal.

    Raises
    ------
    SignatureInvalid, SenderUnexpected
        If it is signed by nobody, or by another.
    """
    signed_by = signer_of(parts)
    if signed_by not in expected:
        raise SenderUnexpected("The rewrap is not signed by its sender.", signed_by=signed_by)


def signer_of(parts: SealedRewrap) -> str:
    """Tell which address signed a rewrap.

    Raises
    ------
    SignatureInvalid
        If none can be recovered.
    """
    return checksummed(recover_address(parts.digest, parts.signature))


def open_rewrap(
    parts: SealedRewrap,
    *,
    organisation: int,
    private_keys: Mapping[int, EncryptionKey],
    network: bytes,
) -> dict[bytes, bytes]:
    """Open a rewrap; who signed it is asked once, when it is taken in.

    Parameters
    ----------
    organisation : int
        Who opens.
    private_keys : mapping
        The organisation's private keys by key epoch.

    Returns
    -------
    dict
        Content keys by the SHA-256 of their documents' sealed blocks.

    Raises
    ------
    ContextMismatch, RecipientAbsent, EpochStale
        If it belongs to another network, or is not for us.
    KeyUnwrapFailed, ContentNotCanonical
        If what is sealed does not open, or is no list of content keys.
    """
    header = parts.header
    if header.network != network:
        raise ContextMismatch("The rewrap was made for another network.")
    if header.organisation != organisation:
        raise RecipientAbsent("The rewrap is not sealed for this organisation.")
    if header.epoch not in private_keys:
        raise EpochStale(
            "The rewrap is sealed to a key epoch that is not held.", epochs=[header.epoch]
        )
    content = unwrap_key(parts.sealed, private_keys[header.epoch], _info(parts.front))
    return _entries(content, header.documents)


def _entries(content: bytes, count: int) -> dict[bytes, bytes]:
    if len(content) != count * _ENTRY_BYTES:
        raise ContentNotCanonical("The rewrap holds another number of keys than it says.")
    places = range(0, len(content), _ENTRY_BYTES)
    entries = {content[at : at + 32]: content[at + 32 : at + 64] for at in places}
    if len(entries) != count or list(entries) != sorted(entries):
        raise ContentNotCanonical("The keys of the rewrap are not in their one order.")
    return entries


def _header(content: bytes) -> RewrapHeader:
    try:
        fields = json.loads(content)
        network = bytes.fromhex(fields["network"])
        numbers = [fields[name] for name in _NUMBERS]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise EnvelopeMalformed("The header of the rewrap is not readable.") from None
    if len(network) != 32 or not all(type(n) is int and 0 <= n < 2**32 for n in numbers):
        raise EnvelopeMalformed("The header of the rewrap has fields out of range.")
    documents, epoch, organisation, sender = numbers
    _require_count(documents)
    header = RewrapHeader(network, sender, organisation, epoch, documents)
    if header.to_bytes() != content:
        raise EnvelopeMalformed("The header of the rewrap is not written in canonical form.")
    return header


def _require_count(count: int) -> None:
    if not 0 < count <= ENTRIES_MAX:
        raise EnvelopeMalformed(
            f"A rewrap holds the keys of 1 to {ENTRIES_MAX} documents.", documents=count
        )


def _info(front: bytes) -> bytes:
    return b"consign/rewrap/1" + front


def _signed_digest(unsigned: bytes) -> bytes:
    return sha256(b"consign/rewrap-signature/1" + unsigned).digest()
