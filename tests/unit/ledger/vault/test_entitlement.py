"""Each kind of block has its own circle; for everybody else it is not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ledger import lifecycle
from ledger.database import connect, migrate, reading, writing
from ledger.document.encryption_key import bundle_of, new_encryption_key, new_hybrid_key
from ledger.document.header import Binding
from ledger.document.manifest import Manifest, ManifestEntry
from ledger.host import Host
from ledger.key import SigningKey
from ledger.model import Agreement, Attachment, AttachmentBlock, Event, Record, Rewrap
from ledger.outbox import DocumentReference
from ledger.rewrapping import own_recipient
from ledger.sealing import seal_into
from ledger.vault import CidInvalid, FileVault, cid_from_digest, cid_of, digest_of, parse_cid
from ledger.vault.entitlement import Entitlement
from tests.gateways import purchase
from tests.postgres import FreshDatabase

BUYER, SELLER, CARRIER, STRANGER = 1, 2, 3, 4
EVERYBODY = (BUYER, SELLER, CARRIER, STRANGER)
AGREEMENT = 7


@dataclass
class Archive:
    """A gateway's vault and what its database knows about the blocks."""

    engine: Engine
    vault: FileVault
    entitlement: Entitlement = field(init=False)

    def __post_init__(self) -> None:
        self.entitlement = Entitlement(self.vault)

    def know(self, *rows: Any) -> None:
        """Write rows."""
        with writing(self.engine) as session:
            session.add_all(rows)

    def seal(self, *recipients: int) -> DocumentReference:
        """Seal a document of the buyer."""
        hosts = [Host(each, SigningKey.create(), {1: new_encryption_key()}) for each in recipients]
        return seal_into(
            self.vault,
            purchase("PO"),
            sender=hosts[0],
            recipients=[own_recipient(host, 1) for host in hosts],
            binding=Binding(bytes(32), AGREEMENT, "order", 1),
            readers=(BUYER,),
        )

    def may_have(self, cid: str) -> set[int]:
        """Tell who of all may have a block."""
        with reading(self.engine) as session:
            return {each for each in EVERYBODY if self.entitlement.entitled(session, [each], [cid])}


@pytest.fixture
def archive(tmp_path: Path, fresh_database: FreshDatabase) -> Archive:
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    return Archive(engine, FileVault(tmp_path / "vault"))


def manifest_of(*documents: DocumentReference) -> Manifest:
    cids = [parse_cid(str(each.cid)) for each in documents]
    entries = [
        ManifestEntry(at, each.commitment, cid)
        for at, (each, cid) in enumerate(zip(documents, cids, strict=True))
    ]
    return Manifest(tuple(entries))


def batch(manifest: bytes, machine: str = "order") -> list[Any]:
    """A record with one fact, about an agreement of buyer and seller."""
    state = lifecycle.states("agreement").index("Active")
    return [
        Agreement(
            number=AGREEMENT,
            buyer=BUYER,
            seller=SELLER,
            state=state,
            unsigned=0,
            notice_days=0,
            proposed_at=0,
            changed_at=0,
        ),
        Record(
            block_number=1, log_index=0, transaction_log=0, organisation=BUYER, manifest=manifest
        ),
        Event(
            block_number=1,
            log_index=0,
            position=0,
            organisation=BUYER,
            machine=machine,
            agreement=AGREEMENT,
            number=1,
        ),
    ]


def test_a_document_is_for_its_recipients(archive: Archive) -> None:
    document = archive.seal(BUYER, SELLER)
    assert archive.may_have(str(document.cid)) == {BUYER, SELLER}
    assert archive.may_have(str(document.cid)) == {BUYER, SELLER}, "and it stays so"


def test_a_document_and_its_rewrap_are_for_whom_it_was_wrapped_anew(archive: Archive) -> None:
    document, other = archive.seal(BUYER, SELLER), archive.seal(BUYER, SELLER)
    rewrap = archive.vault.put(b"CSRW, sealed for one")
    assert archive.may_have(rewrap) == set()
    archive.know(
        Rewrap(
            document=digest_of(str(document.cid)),
            organisation=CARRIER,
            epoch=1,
            block=digest_of(rewrap),
        )
    )
    assert archive.may_have(str(document.cid)) == {BUYER, SELLER, CARRIER}
    assert archive.may_have(str(other.cid)) == {BUYER, SELLER}
    assert archive.may_have(rewrap) == {CARRIER}


def test_a_manifest_is_for_those_seated_where_its_batch_acted(archive: Archive) -> None:
    document = archive.seal(CARRIER)
    manifest = manifest_of(document)
    cid = archive.vault.put(manifest.to_block())
    archive.know(*batch(manifest.digest))
    assert archive.may_have(cid) == {BUYER, SELLER, CARRIER}


@pytest.mark.parametrize("machine", [None, "lot", "auction"])
def test_a_manifest_without_seats_is_for_recipients_of_what_it_lists(
    archive: Archive, machine: str | None
) -> None:
    manifest = manifest_of(archive.seal(BUYER, CARRIER), archive.seal(BUYER, SELLER))
    cid = archive.vault.put(manifest.to_block())
    if machine is not None:
        archive.know(*batch(manifest.digest, machine))
    assert archive.may_have(cid) == {BUYER, SELLER, CARRIER}


def test_a_public_key_is_for_every_member(archive: Archive) -> None:
    cid = archive.vault.put(bundle_of(new_hybrid_key()))
    assert archive.may_have(cid) == set(EVERYBODY)


def test_a_part_of_a_file_is_for_those_who_may_have_its_document(archive: Archive) -> None:
    document = archive.seal(BUYER, CARRIER)
    listing, chunk = archive.vault.put(b"a sealed list"), archive.vault.put(b"a sealed chunk")
    assert archive.may_have(chunk) == set()
    parts = [
        AttachmentBlock(block=digest_of(cid), listing=digest_of(listing))
        for cid in (listing, chunk)
    ]
    archive.know(*parts, attachment(str(document.cid), listing))
    assert archive.may_have(listing) == archive.may_have(chunk) == {BUYER, CARRIER}
    archive.vault.delete(str(document.cid))
    archive.entitlement = Entitlement(archive.vault)
    assert archive.may_have(chunk) == set(), "with its document erased, nobody is told of it"


def attachment(document: str, listing: str) -> Attachment:
    return Attachment(
        document=digest_of(document),
        id="PHOTO",
        organisation=BUYER,
        listing=digest_of(listing),
        key=bytes(32),
        file_digest=bytes(32),
        size_bytes=1,
        mime_code="image/png",
        file_name="photo.png",
        status="held",
    )


@pytest.mark.parametrize("block", [b"", b"CSGN", b"CSRW", b'{"entries":', b"\xff" * 100])
def test_what_is_of_no_kind_is_for_nobody(archive: Archive, block: bytes) -> None:
    assert archive.may_have(archive.vault.put(block)) == set()


def test_what_is_not_held_is_for_nobody_and_what_is_no_cid_is_refused(archive: Archive) -> None:
    assert archive.may_have(cid_of(b"elsewhere")) == set()
    assert archive.may_have(cid_from_digest(bytes(32))) == set()
    with pytest.raises(CidInvalid):
        archive.may_have("../secret")


def test_blocks_are_looked_into_few_bytes_at_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    cids = [str(archive.seal(BUYER).cid) for _ in range(5)]
    size = max(archive.vault.sizes(cids).values())
    monkeypatch.setattr("ledger.vault.entitlement.LOOKED_INTO_BYTES_MAX", 2 * size)
    monkeypatch.setattr("ledger.vault.entitlement.REMEMBERED_MAX", 2)
    for _ in range(2):
        with reading(archive.engine) as session:
            assert archive.entitlement.entitled(session, [BUYER, SELLER], cids) == set(cids)
