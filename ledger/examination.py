"""Cross-checking documents on arrival: what each says against what was agreed before it.

What contradicts what is the gateway's business, which reads orders off documents; here is what it
is shown, the facts of an order with their contents, and where its findings go.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import and_, select
from sqlmodel import Session, col

from ledger import lifecycle
from ledger.database import portions
from ledger.document.part import Document as Content
from ledger.document.schema import parse_document
from ledger.model import Block, Document, Event, Record
from ledger.model.parcel import OPENED
from ledger.query.terms import Place, TermsInForce, terms_in_force

Findings = list[dict[str, str]]
"""Path, message and name of each finding, what is to become of it, and what differs."""
HOLD: Final = "hold"
POLICIES: Final = ("accept", HOLD, "dispute")
"""What is to become of a finding, from the mildest to the strictest."""
OrderKey = tuple[int, int]
"""Agreement and number of an order."""


_KEYS: Final = (col(Document.id), col(Document.agreement), col(Document.order_number))
_FACTS: Final = (
    col(Event.agreement),
    col(Event.order_number),
    col(Event.machine),
    col(Event.action),
    col(Event.number),
    col(Event.block_number),
    col(Event.log_index),
    col(Event.position),
    col(Record.digest),
    col(Block.time),
)
_IS_RECORD: Final = and_(
    col(Event.block_number) == col(Record.block_number),
    col(Event.log_index) == col(Record.log_index),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded fact about an order or a delivery of it, as an examiner sees it.

    Terms that come into force between are a fact of machine ``agreement``: without a document where
    they are known, with one and no content where they are still to come.

    Parameters
    ----------
    document : int, optional
        Id of its document; none when it came without, or none is known of here.
    content : Document, optional
        What the document says; none while it is not opened.
    order : OrderKey, optional
        The order that it is about.
    time : int, optional
        Unix seconds of chain time.
    """

    machine: str
    action: str
    number: int
    document: int | None = None
    content: Content | None = None
    order: OrderKey | None = None
    time: int | None = None


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


def strictest(findings: Iterable[Mapping[str, str]]) -> str | None:
    """Give the strictest policy among findings; one without a policy is held."""
    policies = {each.get("policy", HOLD) for each in findings}
    return max(policies, key=POLICIES.index, default=None)


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
    agreements = _agreements_of(session, [id for id in opened if id not in orders])
    asked |= _unexamined(session, set(orders.values()), agreements, hosted)
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


def _agreements_of(session: Session, ids: Sequence[int]) -> set[int]:
    """Give the agreements whose terms are among some documents."""
    found: set[Any] = set()
    for part in portions(ids):
        asked = select(col(Document.agreement)).where(
            col(Document.id).in_(part), col(Document.kind) == "agreement"
        )
        found.update(session.connection().execute(asked).scalars())
    return found


def _unexamined(
    session: Session, orders: Collection[OrderKey], agreements: Collection[int], hosted: Any
) -> dict[int, OrderKey]:
    """Find the documents of others that were opened and could not be judged."""
    found: dict[int, OrderKey] = {}
    is_of_agreement = [col(Document.agreement) == each for each in agreements]
    for is_about in [*_about(Document, orders), *is_of_agreement]:
        asked = select(*_KEYS).where(
            is_about,
            col(Document.order_number).is_not(None),
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
    histories: dict[OrderKey, list[tuple[Place, Fact]]] = defaultdict(list)
    for is_about in _about(Event, orders):
        asked = (
            select(*_FACTS)
            .join(Record, _IS_RECORD)
            .join(Block, col(Block.number) == col(Event.block_number))
            .where(is_about)
        )
        for agreement, order, machine, action, number, *place, digest, time in _rows(
            session, asked
        ):
            id, body = documents.get((digest, place[2]), (None, None))
            content = _content(id, body, opened)
            named, key = lifecycle.row_of(action).action, (agreement, order)
            fact = Fact(machine, named, number, id, content, key, time)
            histories[key].append(((place[0], place[1], place[2]), fact))
    terms = _terms(session, {agreement for agreement, _ in histories}, opened)
    return [
        [fact for _, fact in sorted([*terms[key[0]], *facts], key=lambda each: each[0])]
        for key, facts in histories.items()
    ]


def _terms(
    session: Session, agreements: Collection[int], opened: Mapping[int, Content]
) -> dict[int, list[tuple[Place, Fact]]]:
    found = terms_in_force(session, agreements)
    return {
        agreement: [(each.place, _came_into_force(each, opened)) for each in found[agreement]]
        for agreement in agreements
    }


def _came_into_force(terms: TermsInForce, opened: Mapping[int, Content]) -> Fact:
    content = _content(terms.document, terms.body, opened)
    is_gap = terms.is_awaited and content is None
    return Fact("agreement", "sign", 0, (terms.document or 0) if is_gap else None, content)


def _content(id: int | None, body: Any, opened: Mapping[int, Content]) -> Content | None:
    content = opened.get(id) if id is not None else None
    return parse_document(body) if content is None and body is not None else content


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
