"""Keeps hosted organisations from acting on documents that have not been read."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session

from ledger.catalogue import LedgerError
from ledger.fault import DocumentBroken, DocumentUnread
from ledger.forecast import Subject, looked_up
from ledger.model import Document, Event, Manifest, Record
from ledger.model.parcel import BROKEN, DOCUMENT_WAITS, MANIFEST_WAITS
from ledger.model.table import table_of
from ledger.vault import cid_from_digest


class _Unread(NamedTuple):
    """A document or manifest that is not read; `sender` is who knows it all the same."""

    sender: int | None
    status: str
    name: str
    reason: str | None


class Unread:
    """What has not been read of some orders and their deliveries.

    Parameters
    ----------
    orders : iterable of Subject
        All that will be asked about.
    """

    def __init__(self, session: Session, orders: Iterable[Subject]) -> None:
        wanted = set(orders)
        self._found: dict[Subject, list[_Unread]] = {}
        for agreement, number, *unread in looked_up(session, _DOCUMENTS, wanted):
            self._found.setdefault((agreement, number), []).append(_document(*unread))
        if session.connection().execute(_ANY_MANIFEST).first() is None:
            return
        for agreement, number, *manifest in looked_up(session, _MANIFESTS, wanted):
            self._found.setdefault((agreement, number), []).append(_manifest(*manifest))

    def require_read(self, organisation: int, agreement: int, order: int) -> None:
        """Refuse to act on unread documents of an order.

        Raises
        ------
        DocumentUnread
            When one has not arrived, or cannot be had now.
        DocumentBroken
            When one is not what the chain recorded.
        """
        _require_read(organisation, self._found.get((agreement, order), ()))


def require_terms_read(session: Session, organisation: int, agreement: int) -> None:
    """Refuse to act on an agreement whose terms are unread.

    Raises
    ------
    DocumentUnread
        When they have not arrived, or cannot be had now.
    DocumentBroken
        When they are not what the chain recorded.
    """
    connection, wanted = session.connection(), {"agreement": agreement}
    found = [_document(*unread) for unread in connection.execute(_TERMS, wanted)]
    found += [_manifest(*manifest) for manifest in connection.execute(_TERMS_MANIFESTS, wanted)]
    _require_read(organisation, found)


def _require_read(organisation: int, found: Iterable[_Unread]) -> None:
    for each in found:
        if each.sender != organisation:
            raise _refusal(each)


def _refusal(unread: _Unread) -> LedgerError:
    problem = f"the {unread.name} is {unread.status}: {unread.reason or 'not fetched yet'}"
    if unread.status == BROKEN:
        return DocumentBroken(problem=problem)
    return DocumentUnread(problem=problem)


def _document(sender: int, status: str, cid: str, reason: str | None) -> _Unread:
    return _Unread(sender, status, f"document {cid}", reason)


def _manifest(status: str, block: bytes, reason: str | None) -> _Unread:
    return _Unread(None, status, f"manifest {cid_from_digest(block)}", reason)


def _orders_of(table: Any) -> tuple[Any, Any]:
    return (
        table.c.agreement.in_(bindparam("agreements", expanding=True)),
        table.c.order_number.in_(bindparam("numbers", expanding=True)),
    )


_DOCUMENT: Final = table_of(Document)
_EVENT: Final = table_of(Event)
_RECORD: Final = table_of(Record)
_MANIFEST: Final = table_of(Manifest)

_UNREAD: Final = (_DOCUMENT.c.organisation, _DOCUMENT.c.status, _DOCUMENT.c.cid, _DOCUMENT.c.reason)
_DOCUMENTS: Final = select(_DOCUMENT.c.agreement, _DOCUMENT.c.order_number, *_UNREAD).where(
    *_orders_of(_DOCUMENT), DOCUMENT_WAITS
)
_TERMS: Final = select(*_UNREAD).where(
    _DOCUMENT.c.agreement == bindparam("agreement"),
    _DOCUMENT.c.kind == "agreement",
    DOCUMENT_WAITS,
)
_ANY_MANIFEST: Final = select(_MANIFEST.c.digest).where(MANIFEST_WAITS).limit(1)
_OF_MANIFEST: Final = (_MANIFEST.c.status, _MANIFEST.c.block, _MANIFEST.c.reason)
_IS_EVENT: Final = (_EVENT.c.block_number == _RECORD.c.block_number) & (
    _EVENT.c.log_index == _RECORD.c.log_index
)
_IS_UNLISTED: Final = (_RECORD.c.digest == _MANIFEST.c.digest) & MANIFEST_WAITS
_MANIFESTS: Final = (
    select(_EVENT.c.agreement, _EVENT.c.order_number, *_OF_MANIFEST)
    .join_from(_EVENT, _RECORD, _IS_EVENT)
    .join(_MANIFEST, _IS_UNLISTED)
    .where(*_orders_of(_EVENT))
)
_TERMS_MANIFESTS: Final = (
    select(*_OF_MANIFEST)
    .join_from(_EVENT, _RECORD, _IS_EVENT)
    .join(_MANIFEST, _IS_UNLISTED)
    .where(
        _EVENT.c.machine == "agreement",
        _EVENT.c.agreement == bindparam("agreement"),
        _EVENT.c.order_number.is_(None),
    )
)
