"""Sealing many documents: each by itself, all on disk together."""

from pathlib import Path

import pytest

from ledger.database import connect, migrate, reading, writing
from ledger.document.block import read_header
from ledger.document.canonical import canonical_form
from ledger.document.content_key import Recipient, unwrap
from ledger.document.encryption_key import (
    bundle_of,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
)
from ledger.document.envelope import open_envelope
from ledger.document.errors import DocumentInvalid, KeyBundleMissing, RecipientKeyInvalid
from ledger.document.header import Binding
from ledger.document.payload import AttachedFile
from ledger.document.schema import parse_document
from ledger.errors import RegistryOrganisationUnknown
from ledger.host import Host
from ledger.key import SigningKey
from ledger.model import Organisation
from ledger.outbox import DocumentReference
from ledger.sealing import Sealing, recipients_of, seal_all, seal_into
from ledger.vault import FileVault
from tests.gateways import purchase

KEY, PRIVATE = SigningKey.create(), new_encryption_key()
SENDER = Host(1, KEY, {1: PRIVATE})
READER = Recipient(2, 1, public_bytes(PRIVATE))


def binding(number: int) -> Binding:
    return Binding(b"n" * 32, 7, "order", number)


def test_each_document_of_a_call_opens_as_what_it_was(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    contents = [purchase(f"PO-{number}") for number in range(5)]
    sealings = [Sealing(each, [READER], binding(at), (2,)) for at, each in enumerate(contents)]
    for at, sealed in enumerate(seal_all(vault, SENDER, sealings)):
        assert isinstance(sealed, DocumentReference)
        assert sealed.cid is not None
        opened = open_envelope(
            vault.get(sealed.cid),
            organisation=2,
            private_keys={1: PRIVATE},
            expected_binding=binding(at),
            expected_commitment=sealed.commitment,
            expected_senders=[KEY.address],
        )
        assert opened.document == parse_document(contents[at])
        assert opened.fields == contents[at]
        assert sealed.body == canonical_form(opened.document)
        assert (sealed.type, sealed.readers) == ("Order", (2,))


def test_a_member_that_was_suspended_or_stripped_of_its_roles_gets_no_wrap(tmp_path: Path) -> None:
    key = public_bytes(PRIVATE)
    engine = connect(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    migrate(engine)
    with writing(engine) as session:
        for number, roles, is_suspended in (
            (1, 1, False),
            (2, 2, False),
            (3, 1, True),
            (4, 0, False),
        ):
            session.add(
                Organisation(
                    number=number,
                    roles=roles,
                    is_suspended=is_suspended,
                    name="Member",
                    endpoint="",
                    encryption_epoch=number,
                    encryption_key=key,
                )
            )
    with reading(engine) as session:
        assert recipients_of(session, {4, 3, 2, 1, 0}) == [
            Recipient(1, 1, key),
            Recipient(2, 2, key),
        ]
        with pytest.raises(RegistryOrganisationUnknown):
            recipients_of(session, {1, 5})


def test_what_cannot_be_sealed_is_refused_alone(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    good = Sealing(purchase("PO"), [READER], binding(1), ())
    empty = Sealing({"document_type": "Order", "schema_version": 2}, [READER], binding(2), ())
    closed = Sealing(purchase("PO"), [Recipient(2, 1, bytes(32))], binding(3), ())
    first, second, third, fourth = seal_all(vault, SENDER, [good, empty, closed, good])
    assert isinstance(second, DocumentInvalid)
    assert isinstance(third, RecipientKeyInvalid)
    kept = {each.cid for each in (first, fourth) if isinstance(each, DocumentReference)}
    assert set(vault) == kept
    assert len(kept) == 2
    assert seal_all(vault, SENDER, []) == []


def test_one_document_that_cannot_be_sealed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentInvalid):
        seal_into(
            FileVault(tmp_path),
            {"document_type": "Order", "schema_version": 2},
            sender=SENDER,
            recipients=[READER],
            binding=binding(1),
            readers=(),
        )


def test_hybrid_recipient_needs_its_bundle_in_the_vault(tmp_path: Path) -> None:
    vault, key = FileVault(tmp_path), new_hybrid_key()
    sealing = Sealing(purchase("PO"), [Recipient(2, 1, public_bytes(key))], binding(1), ())
    (refused,) = seal_all(vault, SENDER, [sealing])
    assert isinstance(refused, KeyBundleMissing)
    vault.put(bundle_of(key))
    (sealed,) = seal_all(vault, SENDER, [sealing])
    assert isinstance(sealed, DocumentReference)
    assert sealed.cid is not None
    assert unwrap(read_header(vault.get(sealed.cid)), 2, {1: key})


def test_keys_of_attached_files_are_sealed_with_the_document(tmp_path: Path) -> None:
    vault, photo = FileVault(tmp_path), AttachedFile("1", "bphoto", b"\1" * 32)
    sealed = seal_into(
        vault,
        purchase("PO"),
        sender=SENDER,
        recipients=[READER],
        binding=binding(1),
        readers=(),
        attachments=(photo,),
    )
    assert sealed.cid is not None
    opened = open_envelope(
        vault.get(sealed.cid),
        organisation=2,
        private_keys={1: PRIVATE},
        expected_binding=binding(1),
        expected_commitment=sealed.commitment,
        expected_senders=[KEY.address],
    )
    assert opened.attachments == (photo,)
    assert "attachment" not in opened.fields
