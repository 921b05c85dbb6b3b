"""What is erased here is nowhere in the files of this gateway; what was proven stays proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ledger.database import connect, migrate, reading, writing
from ledger.document.encryption_key import new_encryption_key
from ledger.document.envelope import open_envelope
from ledger.document.header import Binding
from ledger.document.proof import prove_fields, verify
from ledger.fault import DocumentLive
from ledger.feed import tell
from ledger.host import Host
from ledger.key import SigningKey
from ledger.lifecycle import state_number
from ledger.model import Document, FeedEntry, Order
from ledger.model.parcel import OPENED
from ledger.outbox import DocumentReference
from ledger.rewrapping import Rewrapping, own_recipient
from ledger.sealing import seal_into
from ledger.shredding import Shredder
from ledger.vault import FileVault
from tests import postgres
from tests.gateways import purchase

NETWORK, AGREEMENT = b"n" * 32, 7
SECRET = "Jacket of the secret collection"


@dataclass
class Office:
    """A gateway with one order, whose document it holds opened and sealed."""

    folder: Path
    engine: Engine
    vault: FileVault
    host: Host
    document: DocumentReference

    @property
    def shredder(self) -> Shredder:
        rewrapping = Rewrapping(self.engine, self.vault, NETWORK)
        return Shredder(self.engine, self.vault, rewrapping, {1: self.host})

    def stand(self, state: str) -> None:
        """Put the order into a state."""
        with writing(self.engine) as session:
            session.connection().execute(
                text('UPDATE "order" SET state = :state'), {"state": state_number("order", state)}
            )

    def holds(self, secret: bytes) -> bool:
        """Say whether any file of the gateway has some bytes."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return any(secret in path.read_bytes() for path in files)


@pytest.fixture(params=postgres.KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    if request.param == "sqlite":
        yield _furnished(tmp_path, connect(postgres.sqlite_database(tmp_path)))
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.dropping():
        yield _furnished(tmp_path, connect(server.database(tmp_path)))


def _furnished(folder: Path, engine: Engine) -> Office:
    migrate(engine)
    vault = FileVault(folder / "vault")
    host = Host(1, SigningKey.create(), dict(enumerate([new_encryption_key()] * 2, 1)))
    content = purchase("PO-1")
    content["order_line"][0]["item"]["name"] = SECRET
    document = seal_into(
        vault,
        content,
        sender=host,
        recipients=[own_recipient(host, 1)],
        binding=Binding(NETWORK, AGREEMENT, "order", 1),
        readers=(1,),
    )
    with writing(engine) as session:
        session.add(_row(document))
        for id in range(2, 40):
            session.add(_row(document, id))
        places = dict.fromkeys(("issued_at", "changed_at", "changed_block"), 1)
        places |= dict.fromkeys(("changed_log", "changed_position"), 0)
        order = {"agreement": AGREEMENT, "number": 1, "buyer": 1, "seller": 2, "state": 1}
        session.add(Order(**order, **places))
        findings = [{"path": "/order_line/0", "name": "PriceDiffers", "message": SECRET}]
        told = {"document": 1, "findings": findings}
        tell(session, "document", agreement=AGREEMENT, body=told)
    with writing(engine) as session:
        # What databases drop is still in their files.
        if engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("PRAGMA secure_delete = OFF")
        session.connection().execute(text("DELETE FROM document WHERE id > 1"))
    return Office(folder, engine, vault, host, document)


def _row(document: DocumentReference, id: int = 1) -> Document:
    return Document(
        id=id,
        commitment=document.commitment,
        cid=str(document.cid),
        organisation=1,
        agreement=AGREEMENT,
        kind="order",
        number=1,
        order_number=1,
        type=document.type,
        body=document.body,
        readers=[1],
        findings=[{"path": "/order_line/0", "name": "PriceDiffers", "message": SECRET}],
        contradicts=True,
        digest=bytes(31) + bytes([id]),
        position=0,
        status=OPENED,
    )


def test_nothing_of_an_erased_document_is_left_but_its_commitment(office: Office) -> None:
    office.stand("Closed")
    cid = str(office.document.cid)
    rewrapping = office.shredder.rewrapping
    (rewrapped,) = rewrapping.rewrap_all(office.host, own_recipient(office.host, 2), [cid])
    block = office.vault.get(cid)
    opened = open_envelope(
        block,
        organisation=1,
        private_keys=office.host.encryption_keys,
        expected_binding=Binding(NETWORK, AGREEMENT, "order", 1),
        expected_commitment=office.document.commitment,
        expected_senders=[office.host.key.address],
    )
    proof = prove_fields(opened.fields, opened.seed, ["/order_line/0/id"])
    assert office.shredder.shred([office.document.commitment]) == [cid]

    with reading(office.engine) as session:
        row = session.get_one(Document, 1)
        assert (row.status, row.body, row.findings, row.contradicts) == (
            "shredded",
            None,
            None,
            False,
        )
        assert row.commitment == office.document.commitment
        (told,) = session.execute(text("SELECT sequence FROM feed")).scalars().all()
        notice = session.get_one(FeedEntry, told)
        assert notice.body == {"document": 1, "findings": None}
    assert not office.vault.has(cid)
    assert not office.vault.has(rewrapped)
    assert not office.holds(SECRET.encode())
    assert not office.holds(block[-200:-100])
    assert verify(proof, office.document.commitment) == {"/order_line/0/id": "1"}
    assert office.shredder.shred([office.document.commitment]) == [cid]


def test_what_is_not_ended_keeps_its_documents_unless_forced(office: Office) -> None:
    office.stand("Confirmed")
    with pytest.raises(DocumentLive, match="A0-7-O1"):
        office.shredder.shred([office.document.commitment])
    assert office.vault.has(str(office.document.cid))
    office.shredder.shred([office.document.commitment], is_forced=True)
    assert not office.vault.has(str(office.document.cid))


def test_a_document_on_its_way_to_the_chain_is_live(office: Office) -> None:
    office.stand("Closed")
    with writing(office.engine) as session:
        session.connection().execute(text("UPDATE document SET digest = NULL"))
    with pytest.raises(DocumentLive):
        office.shredder.shred([office.document.commitment])


def test_what_is_not_known_is_left_out(office: Office) -> None:
    assert office.shredder.shred([bytes(32)]) == []
