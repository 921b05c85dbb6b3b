"""Documents of others that an organisation cannot rely on: missing, broken or contradicting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, and_, literal, null, or_, select
from sqlmodel import Session, col

from ledger.clock import now_ms
from ledger.examination import POLICIES
from ledger.model import Delivery, Document, Event, Manifest, Order, Record
from ledger.model.parcel import (
    BROKEN,
    DOCUMENT_CONTRADICTS,
    DOCUMENT_WAITS,
    MANIFEST_WAITS,
    MISSING,
)

FINDINGS: Final = "findings"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A recorded document that is not what it should be.

    Parameters
    ----------
    digest, position : bytes, int
        The signed intent that recorded it, and which of its events.
    cause : str
        ``missing``, ``broken`` or ``findings``.
    reason : str, optional
        Why it is missing or broken.
    commitment : bytes, optional
        Absent where the manifest that lists it cannot be had, as are its id and type.
    sender : int
        Organisation that recorded it.
    policy : str, optional
        What the strictest of its findings asks for.
    machine : str
        ``order`` or ``delivery``.
    is_buyer : bool
        Whether the organisation buys; it sells otherwise.
    order_state, delivery_state : int
        Where both stand on chain; no delivery's for a document of an order.
    """

    digest: bytes
    position: int
    cause: str
    reason: str | None
    commitment: bytes | None
    findings: list[dict[str, str]] | None
    document: int | None
    type: str | None
    sender: int
    policy: str | None
    agreement: int
    machine: str
    number: int
    order_number: int
    is_buyer: bool
    order_state: int
    delivery_state: int | None


def troubles(
    session: Session,
    organisation: int,
    *,
    missing_since_ms: int | None,
    broken_since_ms: int | None,
    policies: Collection[str],
) -> list[Trouble]:
    """List what an organisation cannot rely on, in orders that it buys or sells.

    Parameters
    ----------
    missing_since_ms, broken_since_ms : int, optional
        Only what is awaited since then or longer; none leaves these documents out. What was not
        tried since this gateway came back is not judged.
    policies : collection of str
        Which documents count that contradict what was agreed, by what their findings ask for.
    """
    found: list[Any] = []
    causes = [(MISSING, missing_since_ms), (BROKEN, broken_since_ms)]
    for cause, since_ms in causes:
        if since_ms is not None:
            found += _rows(session, _unread_documents(organisation, cause, since_ms))
            found += _rows(session, _unread_manifests(organisation, cause, since_ms))
    if policies:
        found += _rows(session, _contradicting(organisation, policies))
    return [_trouble(organisation, **row) for row in found]


def contradictions(
    session: Session,
    organisation: int,
    *,
    document: int | None = None,
    agreement: int | None = None,
    order: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Trouble]:
    """List documents with findings, in the order in which they came in.

    Parameters
    ----------
    document : int, optional
        Only this one.
    agreement, order : int, optional
        Only those of an agreement, or of one order and its deliveries.
    """
    found = _contradicting(organisation, POLICIES).where(col(Document.id) > after)
    for column, value in (
        (col(Document.id), document),
        (col(Document.agreement), agreement),
        (col(Document.order_number), order),
    ):
        if value is not None:
            found = found.where(column == value)
    rows = _rows(session, found.order_by(col(Document.id)).limit(limit))
    return [_trouble(organisation, **row) for row in rows]


def _trouble(organisation: int, *, buyer: int, seller: int, **fields: Any) -> Trouble:
    return Trouble(is_buyer=buyer == organisation, **fields)


def _unread_documents(organisation: int, cause: str, since_ms: int) -> Select[Any]:
    return _documents(organisation, cause).where(
        DOCUMENT_WAITS, _is_overdue(Document, cause, since_ms)
    )


def _contradicting(organisation: int, policies: Collection[str]) -> Select[Any]:
    return _documents(organisation, FINDINGS).where(
        DOCUMENT_CONTRADICTS, col(Document.policy).in_(policies)
    )


def _documents(organisation: int, cause: str) -> Select[Any]:
    columns: tuple[Any, ...] = (
        col(Document.digest),
        col(Document.position),
        literal(cause).label("cause"),
        col(Document.reason),
        col(Document.commitment),
        col(Document.findings),
        col(Document.id).label("document"),
        col(Document.type),
        col(Document.organisation).label("sender"),
        col(Document.policy),
        col(Document.agreement),
        col(Document.kind).label("machine"),
        col(Document.number),
        col(Document.order_number),
    )
    about = (Document.agreement, Document.order_number, Document.kind, Document.number)
    return _of_orders(select(*columns, *_STATES), about, organisation).where(
        col(Document.organisation) != organisation, col(Document.digest).is_not(None)
    )


def _unread_manifests(organisation: int, cause: str, since_ms: int) -> Select[Any]:
    columns: tuple[Any, ...] = (
        col(Manifest.digest),
        col(Event.position),
        literal(cause).label("cause"),
        col(Manifest.reason),
        null().label("commitment"),
        null().label("findings"),
        null().label("document"),
        null().label("type"),
        col(Manifest.organisation).label("sender"),
        null().label("policy"),
        col(Event.agreement),
        col(Event.machine),
        col(Event.number),
        col(Event.order_number),
    )
    is_record = and_(
        col(Event.block_number) == col(Record.block_number),
        col(Event.log_index) == col(Record.log_index),
    )
    facts = (
        select(*columns, *_STATES)
        .select_from(Manifest)
        .join(Record, col(Record.digest) == Manifest.digest)
        .join(Event, is_record)
    )
    about = (Event.agreement, Event.order_number, Event.machine, Event.number)
    return _of_orders(facts, about, organisation).where(
        col(Manifest.organisation) != organisation,
        MANIFEST_WAITS,
        _is_overdue(Manifest, cause, since_ms),
    )


_STATES: Final[tuple[Any, ...]] = (
    col(Order.buyer),
    col(Order.seller),
    col(Order.state).label("order_state"),
    col(Delivery.state).label("delivery_state"),
)


def _is_overdue(model: Any, cause: str, since_ms: int) -> Any:
    # What is to be tried again later was tried; after a pause of this gateway all is due at once.
    return and_(
        model.status == cause, model.awaited_ms <= since_ms, model.next_attempt_ms > now_ms()
    )


def _of_orders(asked: Select[Any], about: Sequence[Any], organisation: int) -> Select[Any]:
    agreement, order_number, machine, number = about
    is_order = and_(Order.agreement == agreement, Order.number == order_number)
    is_delivery = and_(
        machine == "delivery", Delivery.agreement == agreement, Delivery.number == number
    )
    return (
        asked.join(Order, is_order)
        .outerjoin(Delivery, is_delivery)
        .where(or_(col(Order.buyer) == organisation, col(Order.seller) == organisation))
    )


def _rows(session: Session, asked: Select[Any]) -> list[Any]:
    return list(session.connection().execute(asked).mappings())
