"""Named errors of documents, their commitments and their envelopes.

The tree, by what went wrong::

    DocumentError
    ├── DocumentInvalid             the content breaks its model; carries every problem found
    │   └── DocumentTypeUnknown     no model for this document_type and schema_version
    ├── CommitmentError             the content cannot be committed to
    │   ├── FieldNameInvalid        a name that is not lower snake case
    │   ├── FieldEmpty              null or an empty list, which canonical form leaves out
    │   ├── NestingTooDeep          more levels than DEPTH_MAX
    │   ├── TextTooLarge            one string above TEXT_BYTES_MAX
    │   ├── LeavesTooMany           no leaf at all, or more than LEAVES_MAX
    │   ├── UnicodeInvalid          a lone surrogate, not encodable as UTF-8
    │   └── NumberInexact           a float, or an integer beyond 2**53 - 1
    ├── ProofError                  a proof cannot be made or does not hold
    │   ├── ProofMalformed          not the shape of a proof
    │   ├── LeafDuplicate           two of its fields share one path or one position
    │   ├── ProofMismatch           well formed, but leads to another root
    │   ├── FieldUnknown            the document has no such field
    │   └── DocumentUnrecorded      the chain has not recorded the document
    ├── ManifestInvalid             the manifest block breaks its own rules
    ├── EncryptionKeyUnreadable     wrong password, damaged file, another kind of key
    └── EnvelopeError               a sealed block cannot be opened, or must not be trusted
        ├── EnvelopeTruncated       fewer bytes than the lengths announce
        ├── EnvelopeMalformed       bad magic, bad header, trailing bytes
        ├── EnvelopeTooLarge        above ENVELOPE_BYTES_MAX
        ├── EnvelopeVersionUnknown  sealed by a later version of this format
        ├── RecipientKeyInvalid     a public key nothing can be sealed to
        ├── KeyBundleMissing        a registered hybrid key whose bundle is not here
        ├── KeyBundleInvalid        not the bundle that the registry names, or no public keys
        ├── ContextMismatch         sealed for another agreement, subject or number
        ├── RecipientAbsent         not wrapped for this organisation
        ├── EpochStale              wrapped for a key epoch whose private key is not held
        ├── KeyUnwrapFailed         the wrap does not open with the private key
        ├── KeyCommitmentMismatch   the unwrapped key is not the one the header commits to
        ├── ContentTampered         the ciphertext fails authentication
        ├── ContentNotCanonical     the content is not in the one canonical spelling
        ├── CommitmentMismatch      the content does not have the commitment recorded on chain
        ├── SignatureInvalid        no address can be recovered from the signature
        └── SenderUnexpected        signed by an address that may not speak for the sender

Messages and contexts carry paths, names and sizes, never the values of a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document.

    Parameters
    ----------
    path : str
        JSON pointer (RFC 6901) of the offending field; empty for the whole document.
    message : str
        What is wrong, as a sentence fragment without the value itself.
    """

    path: str
    message: str

    def __str__(self) -> str:
        """Read as ``/path: message``."""
        return f"{self.path or '/'}: {self.message}"


class DocumentError(Exception):
    """Anything wrong with a document, its commitment or its envelope.

    Parameters
    ----------
    detail : str
        A sentence for people.
    **context : Any
        The offending names, sizes and digests, for programs.
    """

    def __init__(self, detail: str, **context: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.context: dict[str, Any] = context

    @property
    def name(self) -> str:
        """Name of the error, the same in every catalogue."""
        return type(self).__name__


class DocumentInvalid(DocumentError):
    """The content breaks its model.

    Parameters
    ----------
    problems : tuple of Problem
        Every problem found, in document order.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        shown = "; ".join(str(problem) for problem in problems[:3])
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        super().__init__(
            f"The document is invalid: {shown}{more}.",
            problems=[{"path": p.path, "message": p.message} for p in problems],
        )
        self.problems = problems


class DocumentTypeUnknown(DocumentInvalid):
    """There is no model for this document_type and schema_version."""


class CommitmentError(DocumentError):
    """The content cannot be committed to."""


class FieldNameInvalid(CommitmentError):
    """A field has a name that is not lower snake case."""


class FieldEmpty(CommitmentError):
    """A field is null or an empty list, which the canonical form leaves out."""


class NestingTooDeep(CommitmentError):
    """The document nests deeper than allowed."""


class TextTooLarge(CommitmentError):
    """One string of the document is larger than allowed."""


class LeavesTooMany(CommitmentError):
    """The document has no field at all, or more fields than allowed."""


class UnicodeInvalid(CommitmentError):
    """A string holds a lone surrogate and cannot be encoded as UTF-8."""


class NumberInexact(CommitmentError):
    """A number is a float, or an integer that JSON readers would round."""


class ProofError(DocumentError):
    """A proof cannot be made or does not hold."""


class ProofMalformed(ProofError):
    """The bytes or fields are not the shape of a proof."""


class LeafDuplicate(ProofError):
    """Two fields of a proof share one path or one position."""


class ProofMismatch(ProofError):
    """The proof is well formed but leads to another root."""


class FieldUnknown(ProofError):
    """The document has no scalar field at this path."""


class DocumentUnrecorded(ProofError):
    """The chain has not recorded the document, or has taken it back."""


class ManifestInvalid(DocumentError):
    """The manifest block breaks its own rules."""


class EncryptionKeyUnreadable(DocumentError):
    """A stored encryption key cannot be read."""


class EnvelopeError(DocumentError):
    """A sealed block cannot be opened, or must not be trusted."""


class EnvelopeTruncated(EnvelopeError):
    """The block has fewer bytes than its lengths announce."""


class EnvelopeMalformed(EnvelopeError):
    """The block is not an envelope: bad magic, bad header or trailing bytes."""


class EnvelopeTooLarge(EnvelopeError):
    """The block is larger than any envelope may be."""


class EnvelopeVersionUnknown(EnvelopeError):
    """The block was sealed by a version of this format that is not known here."""


class RecipientKeyInvalid(EnvelopeError):
    """A recipient's public key is not one that anything can be sealed to."""


class KeyBundleMissing(EnvelopeError):
    """A recipient registered a hybrid key, and the bundle of its public keys is not here."""


class KeyBundleInvalid(EnvelopeError):
    """A key bundle is not the one that the registry names, or holds no public keys."""


class ContextMismatch(EnvelopeError):
    """The block was sealed for another agreement, subject or number."""


class RecipientAbsent(EnvelopeError):
    """The content key is not wrapped for this organisation."""


class EpochStale(EnvelopeError):
    """The content key is wrapped for a key epoch whose private key is not held."""


class KeyUnwrapFailed(EnvelopeError):
    """The wrapped content key does not open with the private key of its epoch."""


class KeyCommitmentMismatch(EnvelopeError):
    """The unwrapped content key is not the one the header commits to."""


class ContentTampered(EnvelopeError):
    """The ciphertext fails its authentication."""


class ContentNotCanonical(EnvelopeError):
    """The content is not written in its one canonical spelling."""


class CommitmentMismatch(EnvelopeError):
    """The content does not have the commitment recorded on chain."""


class SignatureInvalid(EnvelopeError):
    """No address can be recovered from the sender's signature."""


class SenderUnexpected(EnvelopeError):
    """The block is signed by an address that may not speak for the sender."""
