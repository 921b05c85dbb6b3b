"""Documents given to other keys: rotated, lost and lent ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.database import connect, migrate, reading
from ledger.document.block import read_header
from ledger.document.content_key import Recipient, unwrap
from ledger.document.encryption_key import EncryptionKey, new_encryption_key, new_hybrid_key
from ledger.document.envelope import open_with_key
from ledger.document.errors import EpochStale, RecipientAbsent, SenderUnexpected
from ledger.document.header import Binding
from ledger.host import Host
from ledger.key import SigningKey
from ledger.outbox import DocumentReference
from ledger.rewrapping import Rewrapping, own_recipient, rewrapped_keys
from ledger.sealing import Sealing, seal_all
from ledger.vault import FileVault
from tests.gateways import purchase

NETWORK = b"n" * 32
SENDER, READER, AUDITOR = 1, 2, 3


def _host(number: int, *keys: EncryptionKey) -> Host:
    return Host(number, SigningKey.create(), dict(enumerate(keys, 1)))


@dataclass
class Office:
    """A gateway's database and vault, with documents that one member sealed for another."""

    engine: Engine
    vault: FileVault
    sender: Host
    reader: Host
    documents: list[DocumentReference]

    @property
    def cids(self) -> list[str]:
        return [str(each.cid) for each in self.documents]

    @property
    def rewrapping(self) -> Rewrapping:
        return Rewrapping(self.engine, self.vault, NETWORK)

    def keys_of(self, host: Host) -> dict[str, bytes]:
        with reading(self.engine) as session:
            return rewrapped_keys(session, self.vault, NETWORK, host, self.cids)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    engine = connect(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    migrate(engine)
    vault = FileVault(tmp_path / "vault")
    sender, reader = (_host(number, new_encryption_key()) for number in (SENDER, READER))
    recipients = [own_recipient(host, 1) for host in (sender, reader)]
    sealings = [
        Sealing(purchase(f"PO-{at}"), recipients, Binding(NETWORK, 7, "order", at), (READER,))
        for at in range(3)
    ]
    sealed = seal_all(vault, sender, sealings)
    documents = [each for each in sealed if isinstance(each, DocumentReference)]
    return Office(engine, vault, sender, reader, documents)


def _rotated(host: Host, key: EncryptionKey) -> Host:
    newest = max(host.encryption_keys) + 1
    return replace(host, encryption_keys={**host.encryption_keys, newest: key})


def _opens(office: Office, content_keys: dict[str, bytes]) -> bool:
    for at, document in enumerate(office.documents):
        cid = str(document.cid)
        opened = open_with_key(
            office.vault.get(cid),
            content_key=content_keys[cid],
            expected_binding=Binding(NETWORK, 7, "order", at),
            expected_commitment=document.commitment,
            expected_senders=[office.sender.key.address],
        )
        assert opened.commitment == document.commitment
    return True


def test_a_rotated_key_opens_what_was_sealed_to_the_one_before_it(office: Office) -> None:
    both = _rotated(office.reader, new_hybrid_key())
    newest = own_recipient(both, 2)
    assert office.rewrapping.lacking(newest, office.cids) == office.cids
    (cid,) = office.rewrapping.rewrap_all(both, newest, office.cids)
    assert office.vault.has(cid)
    assert office.rewrapping.lacking(newest, office.cids) == []
    alone = replace(both, encryption_keys={2: both.encryption_keys[2]})
    with pytest.raises(EpochStale):
        unwrap(read_header(office.vault.get(office.cids[0])), READER, alone.encryption_keys)
    assert _opens(office, office.keys_of(alone))
    assert office.keys_of(office.reader) == {}
    assert office.rewrapping.rewrap_all(both, newest, office.cids) == []


def test_what_was_rewrapped_can_be_rewrapped_again(office: Office) -> None:
    second = _rotated(office.reader, new_encryption_key())
    office.rewrapping.rewrap_all(second, own_recipient(second, 2), office.cids)
    third = _rotated(
        replace(second, encryption_keys={2: second.encryption_keys[2]}), new_encryption_key()
    )
    assert office.rewrapping.rewrap_all(third, own_recipient(third, 3), office.cids)
    alone = replace(third, encryption_keys={3: third.encryption_keys[3]})
    assert _opens(office, office.keys_of(alone))


def test_an_auditor_reads_what_it_was_given_and_nothing_else(
    office: Office, tmp_path: Path
) -> None:
    auditor = _host(AUDITOR, new_encryption_key())
    given = office.cids[:2]
    (cid,) = office.rewrapping.rewrap_all(office.sender, own_recipient(auditor, 1), given)
    other = connect(f"sqlite:///{tmp_path / 'auditor.sqlite'}")
    migrate(other)
    theirs = Rewrapping(other, FileVault(tmp_path / "theirs"), NETWORK)
    block = office.vault.get(cid)
    with pytest.raises(SenderUnexpected):
        theirs.accept(auditor, block, [office.reader.key.address])
    with pytest.raises(RecipientAbsent):
        theirs.accept(_host(4, new_encryption_key()), block, [office.sender.key.address])
    with pytest.raises(EpochStale):
        theirs.accept(replace(auditor, encryption_keys={}), block, [office.sender.key.address])
    assert theirs.accept(auditor, block, [office.sender.key.address]) == 2
    with reading(other) as session:
        keys = rewrapped_keys(
            session, FileVault(tmp_path / "theirs"), NETWORK, auditor, office.cids
        )
    assert sorted(keys) == sorted(given)


def test_who_cannot_open_a_document_rewraps_nothing(office: Office) -> None:
    stranger = _host(9, new_encryption_key())
    auditor = Recipient(AUDITOR, 1, own_recipient(stranger, 1).public_key)
    assert office.rewrapping.rewrap_all(stranger, auditor, office.cids) == []
    office.vault.delete_all(office.cids)
    assert office.rewrapping.rewrap_all(office.reader, auditor, office.cids) == []


def test_a_document_is_taken_out_of_the_rewraps_of_a_host(office: Office) -> None:
    both = _rotated(office.reader, new_encryption_key())
    (before,) = office.rewrapping.rewrap_all(both, own_recipient(both, 2), office.cids)
    gone, *kept = office.cids
    office.rewrapping.take_out({READER: both}, [gone])
    assert not office.vault.has(before)
    assert sorted(office.keys_of(both)) == sorted(kept)
    office.rewrapping.take_out({READER: both}, kept)
    assert office.keys_of(both) == {}


def test_a_rewrap_that_is_damaged_gives_nothing(office: Office) -> None:
    both = _rotated(office.reader, new_encryption_key())
    (cid,) = office.rewrapping.rewrap_all(both, own_recipient(both, 2), office.cids)
    office.vault.delete(cid)
    assert office.keys_of(both) == {}
    foreign = replace(both, encryption_keys={2: new_encryption_key()})
    office.rewrapping.rewrap_all(both, own_recipient(both, 2), office.cids)
    assert office.keys_of(foreign) == {}


def test_what_only_earlier_keys_may_open_depends_on_them(office: Office) -> None:
    both = _rotated(office.reader, new_encryption_key())
    newest = own_recipient(both, 2)
    office.rewrapping.rewrap_all(both, newest, office.cids[:1])
    assert office.rewrapping.depending(both, newest, office.cids) == office.cids[1:]
    office.vault.delete(office.cids[1])
    assert office.rewrapping.depending(both, newest, office.cids) == office.cids[1:]
    stranger = _host(9, new_encryption_key())
    to = own_recipient(stranger, 1)
    assert office.rewrapping.depending(stranger, to, office.cids) == [office.cids[1]]
    no_document = office.vault.put(b"no document")
    assert office.rewrapping.depending(both, newest, [no_document]) == [no_document]
