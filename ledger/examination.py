"""Cross-checking documents on arrival: what each says against what was agreed before it.

What contradicts what is the gateway's business, which reads orders off documents; here is what it
is shown, the facts of an order with their contents, and where its findings go.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import and_, select
from sqlmodel import Session, col

from ledger import lifecycle
from ledger.database import portions
from ledger.document.part import Document as Content
from ledger.document.schema import parse_document
from ledger.model import Document, Event, Record
from ledger.model.parcel import OPENED

Findings = list[dict[str, str]]
"""Path, message and name of each finding."""
OrderKey = tuple[int, int]
"""Agreement and number of an order."""


_KEYS: Final = (col(Document.id), col(Document.agreement), col(Document.order_number))
_FACTS: Final = (
    col(Event.agreement),
    col(Event.order_number),
    col(Event.machine),
    col(Event.action),
    col(Event.number),
    col(Event.position),
    col(Record.digest),
)
_PLACE: Final = (col(Event.block_number), col(Event.log_index), col(Event.position))
_IS_RECORD: Final = and_(
    col(Event.block_number) == col(Record.block_number),
    col(Event.log_index) == col(Record.log_index),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded fact about an order or a delivery of it, as an examiner sees it.

    Parameters
    ----------
    document : int, optional
        Id of its document; none when it came without, or none is known of here.
    content : Document, optional
        What the document says; none while it is not opened.
    """

    machine: str
    action: str
    number: int
    document: int | None = None
    content: Content | None = None


class Examiner(Protocol):
    """Finds where documents contradict what was agreed before them."""

    def refers(self, content: Content) -> bool:
        """Say whether a document says anything about others; one that does not is not examined."""
        ...

    def examine(self, history: Sequence[Fact]) -> Mapping[int, Findings]:
        """Read an order off its facts, in the order in which the chain took them.

        Returns
        -------
        mapping
            Findings by the id of the document, for each up to the first that is not opened: what
            follows on it cannot be judged yet.
        """
        ...


def examine(
    session: Session, examiner: Examiner, hosted: Collection[int], opened: Mapping[int, Content]
) -> dict[int, Findings]:
    """Examine documents that were just opened, and those that waited for one of them.

    Parameters
    ----------
    opened : mapping
        Contents by the id of their document, whose rows do not have them yet.
    """
    orders = _orders_of(session, list(opened))
    found: dict[int, Findings] = {id: [] for id in orders if not examiner.refers(opened[id])}
    asked = {id: key for id, key in orders.items() if id not in found}
    asked |= _unexamined(session, set(orders.values()), hosted)
    for history in _histories(session, set(asked.values()), opened):
        judged = examiner.examine(history)
        found |= {id: findings for id, findings in judged.items() if id in asked}
    return found


def _orders_of(session: Session, ids: Sequence[int]) -> dict[int, OrderKey]:
    orders: dict[int, OrderKey] = {}
    for part in portions(ids):
        asked = select(*_KEYS).where(
            col(Document.id).in_(part), col(Document.order_number).is_not(None)
        )
        orders |= {id: (agreement, number) for id, agreement, number in _rows(session, asked)}
    return orders


def _unexamined(
    session: Session, orders: Collection[OrderKey], hosted: Collection[int]
) -> dict[int, OrderKey]:
    """Find the documents of others that were opened and could not be judged."""
    found: dict[int, OrderKey] = {}
    for is_about in _about(Document, orders):
        asked = select(*_KEYS).where(
            is_about,
            col(Document.status) == OPENED,
            col(Document.findings).is_(None),
            col(Document.organisation).not_in(hosted),
        )
        found |= {id: (agreement, number) for id, agreement, number in _rows(session, asked)}
    return found


def _histories(
    session: Session, orders: Collection[OrderKey], opened: Mapping[int, Content]
) -> list[list[Fact]]:
    documents = _documents(session, orders)
    histories: dict[OrderKey, list[Fact]] = defaultdict(list)
    for is_about in _about(Event, orders):
        asked = select(*_FACTS).join(Record, _IS_RECORD).where(is_about).order_by(*_PLACE)
        for agreement, order, machine, action, number, position, digest in _rows(session, asked):
            id, body = documents.get((digest, position), (None, None))
            content = opened.get(id) if id is not None else None
            if content is None and body is not None:
                content = parse_document(body)
            named = lifecycle.row_of(action).action
            histories[agreement, order].append(Fact(machine, named, number, id, content))
    return list(histories.values())


def _documents(
    session: Session, orders: Collection[OrderKey]
) -> dict[tuple[bytes, int], tuple[int | None, Any]]:
    columns = (col(Document.digest), col(Document.position), col(Document.id), col(Document.body))
    return {
        (digest, position): (id, body)
        for is_about in _about(Document, orders)
        for digest, position, id, body in _rows(session, select(*columns).where(is_about))
    }


def _about(model: Any, orders: Collection[OrderKey]) -> list[Any]:
    """Name orders of one agreement after the other, so that an index leads to them."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for agreement, number in sorted(orders):
        numbers[agreement].append(number)
    return [
        and_(model.agreement == agreement, col(model.order_number).in_(part))
        for agreement, each in numbers.items()
        for part in portions(each)
    ]


def _rows(session: Session, asked: Any) -> Any:
    return session.connection().execute(asked)
