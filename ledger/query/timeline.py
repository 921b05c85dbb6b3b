"""What happened to an order, fact by fact, with who signed, what it cost and what it was about."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import func
from sqlmodel import Session, and_, col, select

from ledger import lifecycle
from ledger.model import Block, Document, Event, IncludedTransaction, Organisation, Record
from ledger.pair import is_among


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of a hosted organisation."""

    id: int
    commitment: bytes
    cid: str
    organisation: int
    agreement: int | None
    kind: str
    number: int
    order_number: int | None
    type: str | None
    status: str
    reason: str | None
    body: dict[str, Any] | None
    findings: list[dict[str, str]] | None
    policy: str | None
    digest: bytes | None
    position: int | None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One fact.

    Parameters
    ----------
    event : str
        Its name in the lifecycle table.
    state : str
        Where the order, delivery or agreement stood after it.
    gas_used : int, optional
        The fact's share of its transaction's gas.
    document : DocumentView, optional
        What it committed to, as far as it is known here.
    """

    event: str
    action: str
    machine: str
    agreement: int
    order_number: int | None
    number: int
    organisation: int
    organisation_name: str | None
    state: str
    tx_hash: bytes
    gas_used: int | None
    block_number: int
    log_index: int
    time: int
    digest: bytes | None
    position: int
    document: DocumentView | None


def order_timeline(session: Session, agreement: int, number: int) -> list[TimelineEntry]:
    """Read the facts of an order and its deliveries, in the order in which the chain took them."""
    about = and_(Event.agreement == agreement, Event.order_number == number)
    return _timeline(session, about, ("order", "delivery"))


def agreement_timeline(session: Session, agreement: int) -> list[TimelineEntry]:
    """Read the steps of an agreement, in the order in which the chain took them."""
    about = and_(
        Event.machine == "agreement",
        Event.agreement == agreement,
        Event.number == 0,
        col(Event.order_number).is_(None),
    )
    return _timeline(session, about, ("agreement",))


def document_view(document: Document) -> DocumentView:
    """Show a document."""
    assert document.id is not None
    return DocumentView(
        id=document.id,
        commitment=document.commitment,
        cid=document.cid,
        organisation=document.organisation,
        agreement=document.agreement,
        kind=document.kind,
        number=document.number,
        order_number=document.order_number,
        type=document.type,
        status=document.status,
        reason=document.reason,
        body=document.body,
        findings=document.findings,
        policy=document.policy,
        digest=document.digest,
        position=document.position,
    )


def _timeline(session: Session, about: Any, machines: tuple[str, ...]) -> list[TimelineEntry]:
    is_record = and_(
        col(Record.block_number) == Event.block_number, col(Record.log_index) == Event.log_index
    )
    is_transaction = and_(
        col(IncludedTransaction.block_number) == Record.block_number,
        col(IncludedTransaction.first_log) == Record.transaction_log,
    )
    is_document = and_(
        col(Document.digest) == Record.digest, col(Document.position) == Event.position
    )
    found = (
        select(Event, Record, IncludedTransaction, Document)
        .join(Record, is_record)
        .join(IncludedTransaction, is_transaction)
        .join(Document, is_document, isouter=True)
        .where(about, col(Event.machine).in_(machines))
        .order_by(col(Event.block_number), col(Event.log_index), col(Event.position))
    )
    rows = list(session.exec(found))
    surroundings = _Surroundings.read(session, [(row[0], row[2]) for row in rows])
    return [_entry(*row, surroundings) for row in rows]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Times of blocks, names of organisations, and how many facts share each transaction."""

    times: dict[int, int]
    names: dict[int, str]
    facts: dict[tuple[int, int], int]

    @classmethod
    def read(cls, session: Session, rows: list[tuple[Event, IncludedTransaction]]) -> Self:
        blocks = {event.block_number for event, _ in rows}
        members = {event.organisation for event, _ in rows}
        times = session.exec(select(Block.number, Block.time).where(col(Block.number).in_(blocks)))
        names = session.exec(
            select(Organisation.number, Organisation.name).where(
                col(Organisation.number).in_(members)
            )
        )
        transactions = {(each.block_number, each.first_log) for _, each in rows}
        return cls(dict(times.all()), dict(names.all()), _facts_of(session, transactions))


def _entry(
    event: Event,
    record: Record,
    transaction: IncludedTransaction,
    document: Document | None,
    around: _Surroundings,
) -> TimelineEntry:
    rows = lifecycle.rows(event.machine)
    row = next(each for each in rows if each.id == event.action)
    shared = around.facts[transaction.block_number, transaction.first_log]
    gas = transaction.gas_used
    return TimelineEntry(
        event=row.event,
        action=row.action,
        machine=event.machine,
        agreement=event.agreement or 0,
        order_number=event.order_number,
        number=event.number,
        organisation=event.organisation,
        organisation_name=around.names.get(event.organisation),
        state=lifecycle.state_name(event.machine, event.state or 0),
        tx_hash=transaction.hash,
        gas_used=None if gas is None else gas // shared,
        block_number=event.block_number,
        log_index=event.log_index,
        time=around.times[event.block_number],
        digest=record.digest,
        position=event.position,
        document=None if document is None else document_view(document),
    )


def _facts_of(session: Session, transactions: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Count the facts of each transaction."""
    if not transactions:
        return {}
    counted = (
        select(Record.block_number, Record.transaction_log, func.sum(Record.facts))
        .where(is_among(col(Record.block_number), col(Record.transaction_log), transactions))
        .group_by(col(Record.block_number), col(Record.transaction_log))
    )
    return {(number, first): facts for number, first, facts in session.exec(counted)}
