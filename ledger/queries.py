"""Reads what the gateway knows; the only reader of the tables from above."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ledger.database import reading
from ledger.model import Cursor, Organisation, OrganisationKey
from ledger.prediction import chain_time
from ledger.query import auction, document, feed, intent, timeline, trade
from ledger.query.attachment import AttachmentView, attachments_of
from ledger.query.auction import AuctionView, LotView
from ledger.query.feed import Notice
from ledger.query.intent import IntentView
from ledger.query.terms import TermsInForce, terms_in_force
from ledger.query.timeline import DocumentView, TimelineEntry
from ledger.query.trade import AgreementView, DeliveryView, OrderKey, OrderView

__all__ = [
    "AgreementView",
    "AttachmentView",
    "AuctionView",
    "DeliveryView",
    "DocumentView",
    "IntentView",
    "LotView",
    "Notice",
    "OrderKey",
    "OrderView",
    "Queries",
    "TimelineEntry",
]

T = TypeVar("T")


class Queries:
    """Questions to the database; each is one transaction that reads.

    What an organisation has no seat in does not exist for it: ``None``, or an empty list. A list
    ends where fewer than `limit` come.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def intent(self, number: int) -> IntentView | None:
        """Read a wish and what became of it."""
        with reading(self._engine) as session:
            return intent.intent(session, number)

    def intents(self, numbers: Sequence[int]) -> dict[int, IntentView]:
        """Read wishes and what became of them, by their numbers."""
        with reading(self._engine) as session:
            return {view.id: view for view in intent.intents(session, numbers)}

    def decided(self, numbers: Sequence[int]) -> list[IntentView]:
        """Read those of some wishes about which the chain has spoken."""
        with reading(self._engine) as session:
            return intent.decided(session, numbers)

    def cursor(self) -> tuple[int, int]:
        """Give the last block taken in and the chain's time there; -1 and 0 before the first."""
        with reading(self._engine) as session:
            row = session.exec(select(Cursor)).first()
            return (-1 if row is None else row.block_number), chain_time(session)

    def organisations(self, after: int = 0, limit: int = 50) -> list[Organisation]:
        """List members by number."""
        found = (
            select(Organisation)
            .where(Organisation.number > after)
            .order_by(col(Organisation.number))
            .limit(limit)
        )
        with reading(self._engine) as session:
            return _free(session, session.exec(found).all())

    def organisation(self, number: int) -> Organisation | None:
        """Read a member."""
        with reading(self._engine) as session:
            row = session.get(Organisation, number)
            session.expunge_all()
            return row

    def keys(self, organisation: int) -> list[OrganisationKey]:
        """List the keys of a member, revoked ones included."""
        found = select(OrganisationKey).where(OrganisationKey.organisation == organisation)
        with reading(self._engine) as session:
            return _free(session, session.exec(found).all())

    def agreements(
        self, organisation: int, after: int | None = None, limit: int = 50
    ) -> list[AgreementView]:
        """List an organisation's agreements, the highest number first."""
        with reading(self._engine) as session:
            return trade.agreements(session, organisation, after, limit)

    def agreement(self, organisation: int, number: int) -> AgreementView | None:
        """Read an agreement of an organisation."""
        with reading(self._engine) as session:
            return trade.agreement(session, organisation, number)

    def agreement_timeline(self, organisation: int, number: int) -> list[TimelineEntry]:
        """Read the steps of an organisation's agreement."""
        with reading(self._engine) as session:
            if trade.agreement(session, organisation, number) is None:
                return []
            return timeline.agreement_timeline(session, number)

    def orders(
        self,
        organisation: int,
        *,
        agreement: int | None = None,
        is_open: bool = False,
        after: OrderKey | None = None,
        limit: int = 50,
    ) -> list[OrderView]:
        """List an organisation's orders, last changed first; `key` of the last begins the next."""
        with reading(self._engine) as session:
            return trade.orders(
                session,
                organisation,
                agreement=agreement,
                is_open=is_open,
                after=after,
                limit=limit,
            )

    def order(self, organisation: int, agreement: int, number: int) -> OrderView | None:
        """Read an order of an organisation."""
        with reading(self._engine) as session:
            return trade.order(session, organisation, agreement, number)

    def worklist(
        self, organisation: int, after: OrderKey | None = None, limit: int = 50
    ) -> list[OrderView]:
        """List the orders on which an organisation can act now, last changed first."""
        with reading(self._engine) as session:
            return trade.worklist(session, organisation, after, limit)

    def timeline(self, organisation: int, agreement: int, number: int) -> list[TimelineEntry]:
        """Read the facts of an organisation's order and its deliveries, in chain order."""
        with reading(self._engine) as session:
            if not trade.has_order(session, organisation, agreement, number):
                return []
            return timeline.order_timeline(session, agreement, number)

    def deliveries(self, organisation: int, agreement: int, order: int) -> list[DeliveryView]:
        """List the deliveries of an organisation's order."""
        with reading(self._engine) as session:
            return trade.deliveries(session, organisation, agreement, order)

    def delivery(self, organisation: int, agreement: int, number: int) -> DeliveryView | None:
        """Read a delivery of an organisation."""
        with reading(self._engine) as session:
            return trade.delivery(session, organisation, agreement, number)

    def documents(
        self,
        organisation: int,
        *,
        kind: str | None = None,
        agreement: int | None = None,
        number: int | None = None,
        order: int | None = None,
        after: int = 0,
        limit: int = 50,
    ) -> list[DocumentView]:
        """List an organisation's documents; `id` of the last begins the next page."""
        with reading(self._engine) as session:
            return document.documents(
                session,
                organisation,
                kind=kind,
                agreement=agreement,
                number=number,
                order_number=order,
                after=after,
                limit=limit,
            )

    def document(self, organisation: int, commitment: bytes) -> DocumentView | None:
        """Read an organisation's document by its commitment."""
        with reading(self._engine) as session:
            return document.document(session, organisation, commitment)

    def terms(self, organisation: int, agreement: int) -> list[TermsInForce]:
        """List the terms of an agreement that were ever in force and an organisation may read."""
        with reading(self._engine) as session:
            found = terms_in_force(session, [agreement])[agreement]
            return [each for each in found if organisation in each.readers]

    def attachments(self, organisation: int, commitment: bytes) -> list[AttachmentView] | None:
        """List the files that go with an organisation's document."""
        with reading(self._engine) as session:
            found = document.document(session, organisation, commitment)
            return None if found is None else attachments_of(session, found.cid)

    def auctions(self, after: int | None = None, limit: int = 50) -> list[AuctionView]:
        """List auctions, the highest number first."""
        with reading(self._engine) as session:
            return auction.auctions(session, after, limit)

    def auction(self, number: int, organisation: int | None = None) -> AuctionView | None:
        """Read an auction, with what an organisation may do with its lots."""
        with reading(self._engine) as session:
            return auction.auction(session, number, organisation)

    def unrevealed(self, organisations: Collection[int]) -> list[tuple[int, int]]:
        """List whose bids wait to be revealed in which auctions."""
        with reading(self._engine) as session:
            return auction.unrevealed(session, organisations)

    def notices(self, organisation: int | None, after: int, limit: int = 500) -> list[Notice]:
        """Read the feed after a place, as far as an organisation may know; none reads all."""
        with reading(self._engine) as session:
            return feed.notices(session, organisation, after, limit)

    def first_sequence(self) -> int:
        """Give the place of the oldest notice that is kept."""
        with reading(self._engine) as session:
            return feed.first_sequence(session)

    def last_sequence(self) -> int:
        """Give the place of the newest notice."""
        with reading(self._engine) as session:
            return feed.last_sequence(session)


def _free(session: Session, rows: Sequence[T]) -> list[T]:
    """Let rows outlive their session."""
    session.expunge_all()
    return list(rows)
