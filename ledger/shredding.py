"""Erasing documents here for good while what was committed stays.

Gone are the content, the seed of its salts, the sealed block with its wraps, the key that a rewrap
holds, and files that go with no other document: from the rows, from the vault, and from what the
databases keep of rows that are no more. Commitment, events and signatures stay, and proofs that
were made before still verify. What other parties hold is theirs. As long as a key is held to which
the document was sealed, a copy of theirs could be opened again: destroying old keys
(`consign keys retire`) ends that too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from ledger import lifecycle
from ledger.attachment.register import forget_attached
from ledger.database import portions, reading, writing
from ledger.errors import DatabaseUnreachable
from ledger.fault import DocumentLive
from ledger.host import Host
from ledger.identifier import OrderId
from ledger.model import Agreement, Attachment, Document, FeedEntry, Lot, Order, Upload
from ledger.model.parcel import SHREDDED
from ledger.model.table import table_of
from ledger.number import agreement_id
from ledger.rewrapping import Rewrapping
from ledger.vault import Vault

_DOCUMENTS: Final = table_of(Document)
_FEED: Final = table_of(FeedEntry)
_OF_FILES: Final = (table_of(Attachment), table_of(Upload))


@dataclass(frozen=True, slots=True)
class Shredder:
    """Erases documents of this gateway.

    Parameters
    ----------
    hosts : mapping
        Organisations hosted here: of rewraps made for them the erased keys are taken out.
    """

    engine: Engine
    vault: Vault
    rewrapping: Rewrapping
    hosts: Mapping[int, Host]

    def shred(self, commitments: Sequence[bytes], *, is_forced: bool = False) -> list[str]:
        """Erase documents; gives the CIDs of the blocks that are gone.

        What is not known here is left out; what was erased before is erased again. Databases are
        rewritten in the end, so that many documents are best erased together.

        Parameters
        ----------
        is_forced : bool
            Erase what belongs to something that is not ended too.

        Raises
        ------
        DocumentLive
            When one does and it is not forced; nothing is erased then.
        """
        with reading(self.engine) as session:
            found = [row for each in commitments for row in _rows_of(session, each)]
            if not is_forced:
                for row in found:
                    _require_ended(session, row)
        if not found:
            return []
        cids = list(dict.fromkeys(row.cid for row in found))
        self.rewrapping.take_out(self.hosts, cids)
        with writing(self.engine) as session:
            _erase_rows(session, found)
            _erase_findings(session, found)
            for cid in cids:
                forget_attached(session, self.vault, cid)
        self.vault.delete_all(cids)
        self.vault.settle()
        _rewrite(self.engine)
        return cids


def _rows_of(session: Session, commitment: bytes) -> Sequence[Any]:
    asked = select(
        *(column for column in _DOCUMENTS.c if column.name not in ("body", "findings"))
    ).where(_DOCUMENTS.c.commitment == commitment)
    return session.connection().execute(asked).all()


def _require_ended(session: Session, row: Any) -> None:
    if row.status == SHREDDED:
        return
    subject, has_ended = _subject_of(session, row)
    # A document that was accepted and is not on the chain yet is on its way there.
    if row.digest is None or not has_ended:
        raise DocumentLive(commitment="0x" + row.commitment.hex(), subject=subject)


def _subject_of(session: Session, row: Any) -> tuple[str, bool]:
    """Name what a document belongs to, and tell whether that has come to its end."""
    if row.kind == "agreement":
        agreement = session.get(Agreement, row.agreement)
        return agreement_id(row.agreement), _is_ended("agreement", agreement)
    if row.order_number is not None:
        order = session.get(Order, (row.agreement, row.order_number))
        return str(OrderId(row.agreement, row.order_number)), _is_ended("order", order)
    lots = session.execute(select(Lot).where(col(Lot.auction) == row.agreement)).scalars().all()
    return f"{row.kind} {row.number}", all(_is_ended("lot", lot) for lot in lots)


def _is_ended(machine: str, row: Agreement | Order | Lot | None) -> bool:
    ended = lifecycle.terminal_states(machine)
    return row is not None and lifecycle.state_name(machine, row.state) in ended


def _erase_rows(session: Session, rows: Sequence[Any]) -> None:
    connection = session.connection()
    erased: dict[str, Any] = dict.fromkeys(("body", "findings", "reason"))
    erased |= {"status": SHREDDED, "contradicts": False}
    for part in portions(rows):
        is_one = _DOCUMENTS.c.id.in_([row.id for row in part])
        connection.execute(update(_DOCUMENTS).where(is_one).values(**erased))


def _erase_findings(session: Session, rows: Sequence[Any]) -> None:
    """Take out of what subscribers were told what the documents say."""
    connection = session.connection()
    ids = {row.id for row in rows}
    for agreement in {row.agreement for row in rows}:
        asked = select(_FEED.c.sequence, _FEED.c.body).where(
            _FEED.c.topic == "document", _FEED.c.agreement == agreement
        )
        for sequence, body in connection.execute(asked).all():
            if body["document"] in ids and body["findings"]:
                is_it = _FEED.c.sequence == sequence
                erased = {**body, "findings": None}
                connection.execute(update(_FEED).where(is_it).values(body=erased))


def _rewrite(engine: Engine) -> None:
    """Have the database forget what it keeps of rows that are no more.

    Raises
    ------
    DatabaseUnreachable
        When readers do not let go of its log; what is erased then is read no more, but lies there.
    """
    # Neither works inside a transaction, which connections of the engine begin by themselves.
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        if engine.dialect.name == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (is_busy, *_) = cursor.fetchone() or (True,)
            if is_busy:
                raise DatabaseUnreachable(problem="its log is being read; erase once more")
            return
        connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        try:
            for table in (_DOCUMENTS, _FEED, *_OF_FILES):
                cursor.execute(f"VACUUM (FULL) {table.name}")
        finally:
            connection.driver_connection.autocommit = False  # type: ignore[union-attr]
    finally:
        connection.close()
