"""From a document's content to a sealed block in the vault."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from ledger.document.content_key import Recipient
from ledger.document.encryption_key import is_hybrid
from ledger.document.envelope import seal
from ledger.document.errors import DocumentError
from ledger.document.header import Binding
from ledger.document.part import Document
from ledger.document.payload import AttachedFile
from ledger.document.schema import parse_document
from ledger.errors import RegistryOrganisationUnknown
from ledger.host import Host
from ledger.model import Organisation
from ledger.outbox import DocumentReference
from ledger.vault import BlockMissing, Vault, cid_from_digest, cid_of

Content = Document | Mapping[str, Any] | bytes | str
"""A document, or what `parse_document` reads one from."""


def recipients_of(session: Session, organisations: Collection[int]) -> list[Recipient]:
    """Give the current encryption keys of organisations, but for those that are to read no more.

    Who is suspended, or has lost every role, gets no wrap: nothing that is sealed from then on
    opens for it, with whatever key.

    Raises
    ------
    RegistryOrganisationUnknown
        When one of them is not a member.
    """
    wanted = sorted({each for each in organisations if each})
    found = session.exec(select(Organisation).where(col(Organisation.number).in_(wanted))).all()
    by_number = {each.number: each for each in found}
    recipients = []
    for number in wanted:
        member = by_number.get(number)
        if member is None or member.encryption_key is None:
            raise RegistryOrganisationUnknown(number)
        if is_revoked(member):
            continue
        recipients.append(Recipient(number, member.encryption_epoch, member.encryption_key))
    return recipients


def is_revoked(member: Organisation) -> bool:
    """Say whether nothing is to be sealed to a member any more."""
    return member.is_suspended or member.roles == 0


@dataclass(frozen=True, slots=True)
class Sealing:
    """A document that is to be sealed.

    Parameters
    ----------
    readers : tuple of int
        Hosted organisations among the recipients.
    attachments : tuple of AttachedFile
        Files that go with it.
    """

    content: Content
    recipients: list[Recipient]
    binding: Binding
    readers: tuple[int, ...]
    attachments: tuple[AttachedFile, ...] = ()


def seal_into(
    vault: Vault,
    content: Content,
    *,
    sender: Host,
    recipients: list[Recipient],
    binding: Binding,
    readers: tuple[int, ...],
    attachments: tuple[AttachedFile, ...] = (),
) -> DocumentReference:
    """Seal a document and store its block; it is on disk when this returns.

    Raises
    ------
    DocumentInvalid
        When the content breaks its model.
    """
    sealing = Sealing(content, recipients, binding, readers, attachments)
    (outcome,) = seal_all(vault, sender, [sealing])
    if isinstance(outcome, DocumentError):
        raise outcome
    return outcome


def seal_all(
    vault: Vault, sender: Host, sealings: Sequence[Sealing]
) -> list[DocumentReference | DocumentError]:
    """Seal documents and store their blocks together; they are on disk when this returns.

    Returns
    -------
    list
        For each what stands for it, or why it cannot be sealed; its neighbours are none the less.
    """
    outcomes: list[DocumentReference | DocumentError] = []
    blocks = []
    for each in sealings:
        try:
            document, block = _sealed(vault, sender, each)
        except DocumentError as problem:
            outcomes.append(problem)
        else:
            outcomes.append(document)
            blocks.append(block)
    if blocks:
        vault.put_all(blocks)
    return outcomes


def _sealed(vault: Vault, sender: Host, sealing: Sealing) -> tuple[DocumentReference, bytes]:
    content = sealing.content
    sealed = seal(
        content if isinstance(content, Document) else parse_document(content),
        sender=sender.number,
        sign=sender.key.sign,
        recipients=[with_bundle(vault, each) for each in sealing.recipients],
        binding=sealing.binding,
        attachments=sealing.attachments,
    )
    document = DocumentReference(
        commitment=sealed.commitment.root,
        cid=cid_of(sealed.block),
        type=str(sealed.fields["document_type"]),
        body=sealed.fields,
        readers=sealing.readers,
        attached=tuple(each.id for each in sealing.attachments),
    )
    return document, sealed.block


def with_bundle(vault: Vault, recipient: Recipient) -> Recipient:
    """Add the bundle of a hybrid key, where it is here; sealing refuses by name where it is not."""
    if recipient.bundle is not None or not is_hybrid(recipient.public_key):
        return recipient
    try:
        return replace(recipient, bundle=vault.get(cid_from_digest(recipient.public_key)))
    except BlockMissing:
        return recipient
