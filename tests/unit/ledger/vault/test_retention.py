"""A collection forgets what nothing needs, and never what something may need."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from ledger.attachment.chunk import CHUNK_BYTES
from ledger.attachment.register import attach, keep_upload
from ledger.attachment.sealer import FileSealer
from ledger.clock import now_ms
from ledger.database import reading, writing
from ledger.document.encryption_key import bundle_of, new_hybrid_key, public_bytes
from ledger.intent import Batch
from ledger.lifecycle import state_number
from ledger.model import (
    Agreement,
    Attachment,
    Block,
    Document,
    Manifest,
    Organisation,
    Record,
    Rewrap,
    SignedIntent,
    Upload,
)
from ledger.model.parcel import OPENED, SEALED, SHREDDED
from ledger.signed_value import freeze
from ledger.vault import Cid, FileVault, cid_of, digest_of
from ledger.vault.large import LARGE_BYTES
from ledger.vault.retention import DAY_S, Checked, check, collect
from tests import postgres
from tests.tables import AGREEMENT, Tables, filled

NOW_S = 100 * DAY_S
KEEP_DAYS = 30.0
LONG_AGO = 1


@dataclass
class Archive:
    """Tables and a vault, on a chain that is a hundred days old."""

    tables: Tables
    folder: Path
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def vault(self) -> FileVault:
        return self.tables.vault

    def document(self, order: int | None = None, **more: Any) -> Cid:
        """Keep a sealed block, and the row of its document."""
        number = next(self.numbers)
        cid = self.vault.put(b"sealed document %d" % number)
        fields = {
            "commitment": number.to_bytes(32),
            "cid": cid,
            "organisation": 1,
            "agreement": AGREEMENT,
            "kind": "order",
            "number": order or 0,
            "order_number": order,
            "readers": [1],
            "status": OPENED,
        }
        self.tables.put(Document(**(fields | more)))
        return cid

    def order(self, state: str, **more: Any) -> Cid:
        """Keep an order and its document."""
        number = next(self.numbers)
        self.tables.order(number, state)
        return self.document(number, **more)

    def file(self, *documents: Cid, stored_ms: int | None = None) -> set[Cid]:
        """Keep a file that goes with documents, and give its blocks."""
        sealer = FileSealer(self.vault, "text/plain", 10 * CHUNK_BYTES)
        sealer.write(b"x" * (CHUNK_BYTES + 1))
        sealed = sealer.finish()
        with writing(self.tables.engine) as session:
            described = keep_upload(session, 1, sealed, "a.txt", "text/plain")
            session.flush()
            for cid in documents:
                attach(session, 1, cid, [described.id])
            if stored_ms is not None:
                session.get_one(Upload, described.id).stored_ms = stored_ms
        return {sealed.cid, *sealed.chunks}

    def age(self) -> None:
        """Let all blocks have been stored long ago."""
        for path in (self.folder / "vault/large").iterdir():
            os.utime(path, (LONG_AGO, LONG_AGO))
        with closing(sqlite3.connect(self.folder / "vault/blocks.sqlite")) as database, database:
            database.execute("UPDATE block SET stored_ms = 0")

    def collected(self, keep_days: float = KEEP_DAYS) -> set[str]:
        """Collect; gives what is left."""
        collect(self.tables.engine, self.vault, keep_days=keep_days, upload_days=7.0)
        return set(self.vault)

    def checked(self) -> Checked:
        return check(self.tables.engine, self.vault, keep_days=KEEP_DAYS)


@pytest.fixture(params=postgres.KINDS)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    if request.param == "sqlite":
        yield _furnished(postgres.sqlite_database(tmp_path), tmp_path)
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.dropping():
        yield _furnished(server.database(tmp_path), tmp_path)


def _furnished(url: str, folder: Path) -> Archive:
    archive = Archive(filled(url, folder), folder)
    archive.tables.put(Block(number=1, hash=bytes(32), parent=bytes(32), time=NOW_S))
    return archive


@pytest.mark.parametrize("state", ["Issued", "Confirmed", "Disputed", "BuyerCancelRequested"])
def test_document_of_a_live_order_stays(archive: Archive, state: str) -> None:
    cid = archive.order(state)
    archive.age()
    assert archive.collected() == {cid}


@pytest.mark.parametrize("state", ["Closed", "Cancelled", "Rejected"])
def test_document_of_an_order_that_ended_long_ago_goes(archive: Archive, state: str) -> None:
    archive.order(state)
    archive.age()
    assert archive.collected(keep_days=100.0) != set()
    assert archive.collected() == set()


@pytest.mark.parametrize(
    ("state", "stays"), [("Disputed", True), ("Received", True), ("Settled", False)]
)
def test_delivery_that_is_under_way_keeps_all_of_its_order(
    archive: Archive, state: str, stays: bool
) -> None:
    first = archive.order("Closed")
    archive.tables.delivery(1, 1, state)
    other = archive.document(1, kind="delivery", number=1)
    archive.age()
    assert archive.collected() == ({first, other} if stays else set())


def test_document_of_which_the_chain_knows_nothing_stays(archive: Archive) -> None:
    cids = {archive.document(99), archive.document(98, status=SEALED)}
    archive.age()
    assert archive.collected() == cids


def test_terms_stay_as_long_as_their_agreement(archive: Archive) -> None:
    cid = archive.document(kind="agreement", number=0)
    archive.age()
    assert archive.collected() == {cid}
    _end(archive)
    assert archive.collected() == set()


def test_terms_stay_while_an_order_of_an_ended_agreement_lives(archive: Archive) -> None:
    cids = {archive.document(kind="agreement", number=0), archive.order("Confirmed")}
    _end(archive)
    archive.age()
    assert archive.collected() == cids


def test_file_stays_with_any_live_document(archive: Archive) -> None:
    live, dead = archive.order("Confirmed"), archive.order("Closed")
    shared, kept, gone = (
        archive.file(*documents, stored_ms=0) for documents in ((live, dead), (live,), (dead,))
    )
    archive.age()
    assert archive.collected() == {live} | shared | kept
    assert not gone & set(archive.vault)


def test_file_that_no_document_names_goes_after_a_week(archive: Archive) -> None:
    young, _ = archive.file(), archive.file(stored_ms=now_ms() - 8 * DAY_S * 1000)
    archive.age()
    assert archive.collected() == young
    with reading(archive.tables.engine) as session:
        assert len(session.exec(select(Upload)).all()) == 1


def test_rewrap_stays_with_its_document(archive: Archive) -> None:
    live, dead = archive.order("Confirmed"), archive.order("Closed")
    kept, gone = archive.vault.put_all([b"a rewrap", b"another rewrap"])
    for document, block in ((live, kept), (dead, gone)):
        row = Rewrap(document=digest_of(document), organisation=1, epoch=2, block=digest_of(block))
        archive.tables.put(row)
    archive.age()
    assert archive.collected() == {live, kept}


def test_manifests_and_bundles_stay(archive: Archive) -> None:
    bundle = bundle_of(key := new_hybrid_key())
    blocks = [b"recorded", b"awaited", b"signed", bundle]
    recorded, awaited, signed, _ = archive.vault.put_all(blocks)
    batch = Batch(1, 9, 9, bytes(32), digest_of(signed), b"")
    archive.tables.put(
        Record(
            block_number=1,
            log_index=0,
            transaction_log=0,
            organisation=1,
            manifest=digest_of(recorded),
        ),
        Manifest(
            digest=b"m" * 32,
            block=digest_of(awaited),
            root=bytes(32),
            organisation=2,
            status=SEALED,
        ),
        SignedIntent(
            organisation=1,
            kind="batch",
            digest=bytes(32),
            nonce=bytes(32),
            deadline=9,
            value=freeze(batch),
            signature=b"",
            status="signed",
        ),
    )
    with writing(archive.tables.engine) as session:
        session.get_one(Organisation, 2).encryption_key = public_bytes(key)
    archive.age()
    assert archive.collected() == {cid_of(block) for block in blocks}


def test_what_was_just_stored_stays_though_nothing_names_it(archive: Archive) -> None:
    old = archive.vault.put_all([b"old", b"o" * LARGE_BYTES])
    archive.age()
    fresh = archive.vault.put_all([b"fresh", b"f" * LARGE_BYTES])
    done = collect(archive.tables.engine, archive.vault, keep_days=1.0, upload_days=1.0)
    assert (done.kept, done.dropped, done.dropped_bytes) == (2, len(old), 3 + LARGE_BYTES)
    assert set(archive.vault) == set(fresh)


def test_check_tells_what_is_missing_and_what_is_damaged(archive: Archive) -> None:
    whole, missing, damaged = (archive.order("Confirmed") for _ in range(3))
    archive.order("Closed")
    archive.document(status=SEALED)
    archive.document(status=SHREDDED)
    chunks = archive.file(whole)
    assert archive.checked().whole == 3 + len(chunks)
    archive.vault.delete(missing)
    with closing(sqlite3.connect(archive.folder / "vault/blocks.sqlite")) as database, database:
        database.execute("UPDATE block SET content = x'78' WHERE digest = ?", (digest_of(damaged),))
    assert archive.checked() == Checked(1 + len(chunks), (missing,), (damaged,))


def test_awaited_file_is_not_missing_but_stays(archive: Archive) -> None:
    live = archive.order("Confirmed")
    blocks = archive.file(live)
    with writing(archive.tables.engine) as session:
        row = session.exec(select(Attachment)).one()
        row.status = "awaited"
    archive.age()
    assert archive.collected() == {live} | blocks
    archive.vault.delete_all(blocks)
    assert archive.checked() == Checked(1, (), ())


def _end(archive: Archive) -> None:
    with writing(archive.tables.engine) as session:
        row = session.get_one(Agreement, AGREEMENT)
        row.state = state_number("agreement", "Ended")
