"""From a document's content to a sealed block in the vault."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Session, col, select

from ledger.document.canonical import canonical_form
from ledger.document.content_key import Recipient
from ledger.document.envelope import seal
from ledger.document.header import Binding
from ledger.document.part import Document
from ledger.document.schema import parse_document
from ledger.errors import RegistryOrganisationUnknown
from ledger.host import Host
from ledger.model import Organisation
from ledger.outbox import DocumentReference
from ledger.vault import Vault

Content = Document | Mapping[str, Any] | bytes | str
"""A document, or what `parse_document` reads one from."""


def recipients_of(session: Session, organisations: Collection[int]) -> list[Recipient]:
    """Give the current encryption keys of organisations.

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
        recipients.append(Recipient(number, member.encryption_epoch, member.encryption_key))
    return recipients


def seal_into(
    vault: Vault,
    content: Content,
    *,
    sender: Host,
    recipients: list[Recipient],
    binding: Binding,
    readers: tuple[int, ...],
) -> DocumentReference:
    """Seal a document and store its block; it is on disk when this returns.

    Parameters
    ----------
    readers : tuple of int
        Hosted organisations among the recipients.

    Raises
    ------
    DocumentInvalid
        When the content breaks its model.
    """
    document = content if isinstance(content, Document) else parse_document(content)
    sealed = seal(
        document,
        sender=sender.number,
        sign=sender.key.sign,
        recipients=recipients,
        binding=binding,
    )
    body = canonical_form(document)
    return DocumentReference(
        commitment=sealed.commitment.root,
        cid=vault.put(sealed.block),
        type=str(body["document_type"]),
        body=body,
        readers=readers,
    )
