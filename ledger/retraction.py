"""Taking back what the chain has lost.

Facts above the fork go, and what they were about is derived anew from those that remain.
Subscribers are told: every fact that goes becomes a `retracted` entry of the feed, newest first.
"""

from typing import Any, Final

from sqlalchemy import and_, update
from sqlmodel import Session, SQLModel, col, delete, select

from ledger import settlement
from ledger.database import ROWS_PER_STATEMENT
from ledger.model import (
    Agreement,
    Auction,
    Bid,
    Block,
    ChainTransaction,
    Delivery,
    Event,
    FeedEntry,
    IncludedTransaction,
    Lot,
    Order,
    Organisation,
    OrganisationKey,
    Record,
)
from ledger.model.sending import SENT
from ledger.projection import TRADE, fold
from ledger.standing import Row, Standing

_AUCTION: Final = ("auction", "bid", "lot")
_Subject = tuple[tuple[str, ...], int | None, int]


def retract(session: Session, fork: int) -> None:
    """Take back everything above a block.

    Parameters
    ----------
    fork : int
        Number of the last block that still stands.
    """
    table = SQLModel.metadata.tables[str(Event.__tablename__)]
    above = table.select().where(table.c.block_number > fork)
    newest_first = above.order_by(
        table.c.block_number.desc(), table.c.log_index.desc(), table.c.position.desc()
    )
    lost = [dict(row) for row in session.connection().execute(newest_first).mappings()]
    _tell(session, lost)
    digests = select(Record.digest).where(
        col(Record.block_number) > fork, col(Record.digest).is_not(None)
    )
    settlement.unsettle(session, [each for each in session.exec(digests) if each is not None])
    session.exec(
        update(ChainTransaction)
        .where(col(ChainTransaction.block_number) > fork)
        .values(status=SENT, block_number=None, gas_used=None)
    )
    for model in (Event, Record, IncludedTransaction):
        session.exec(delete(model).where(model.block_number > fork))  # type: ignore[arg-type]
    refold(session, lost)
    session.exec(delete(Block).where(col(Block.number) > fork))


def _tell(session: Session, lost: list[Row]) -> None:
    """Write the retractions, and keep for late readers what the entries taken back had said."""
    feed = SQLModel.metadata.tables[str(FeedEntry.__tablename__)]
    for row in lost:
        place = {key: row[key] for key in ("block_number", "log_index", "position")}
        told = and_(*(feed.c[key] == value for key, value in place.items()))
        session.connection().execute(
            update(feed)
            .where(told, feed.c.topic == "event")
            .values(body=row, block_number=None, log_index=None, position=None)
        )
        session.add(
            FeedEntry(
                topic="retracted",
                agreement=row["agreement"],
                organisation=row["organisation"],
                body=row,
            )
        )
    session.flush()


def refold(session: Session, lost: list[Row]) -> None:
    """Derive anew what lost facts were about, from the facts that remain.

    Parameters
    ----------
    lost : list of dict
        Rows of the event table that have been deleted.
    """
    standing = Standing(session)
    remaining: list[Row] = []
    for machines, agreement, number in sorted(_subjects(lost), key=repr):
        _forget(session, machines, agreement, number)
        remaining += _facts_about(session, machines, agreement, number)
    remaining.sort(key=lambda row: (row["block_number"], row["log_index"], row["position"]))
    blocks = sorted({row["block_number"] for row in remaining})
    times: dict[int, int] = {}
    for start in range(0, len(blocks), ROWS_PER_STATEMENT):
        part = blocks[start : start + ROWS_PER_STATEMENT]
        found = session.exec(select(Block.number, Block.time).where(col(Block.number).in_(part)))
        times.update(dict(found.all()))
    fold(standing, remaining, times)
    standing.write()


def _subjects(facts: list[Row]) -> set[_Subject]:
    """Say what is derived together: an order and its deliveries, an auction and its lots."""
    found: set[_Subject] = set()
    for fact in facts:
        if fact["machine"] in TRADE:
            found.add((TRADE, fact["agreement"], fact["order_number"]))
        elif fact["machine"] in _AUCTION:
            found.add((_AUCTION, fact["agreement"], 0))
        else:
            found.add(((fact["machine"],), fact["agreement"], fact["number"]))
    return found


def _forget(
    session: Session, machines: tuple[str, ...], agreement: int | None, number: int
) -> None:
    if machines == TRADE:
        session.exec(delete(Order).where(_is(Order, agreement=agreement, number=number)))
        session.exec(
            delete(Delivery).where(_is(Delivery, agreement=agreement, order_number=number))
        )
    elif machines == _AUCTION:
        session.exec(delete(Auction).where(_is(Auction, number=agreement)))
        session.exec(delete(Lot).where(_is(Lot, auction=agreement)))
        session.exec(delete(Bid).where(_is(Bid, auction=agreement)))
    elif machines == ("agreement",):
        session.exec(delete(Agreement).where(_is(Agreement, number=agreement)))
    else:
        session.exec(delete(Organisation).where(_is(Organisation, number=number)))
        session.exec(delete(OrganisationKey).where(_is(OrganisationKey, organisation=number)))


def _is(model: type[SQLModel], **columns: Any) -> Any:
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    conditions = [table.c[name] == value for name, value in columns.items()]
    joined = conditions[0]
    for each in conditions[1:]:
        joined &= each
    return joined


def _facts_about(
    session: Session, machines: tuple[str, ...], agreement: int | None, number: int
) -> list[Row]:
    table = SQLModel.metadata.tables[str(Event.__tablename__)]
    about = table.select().where(table.c.machine.in_(machines))
    if agreement is not None:
        about = about.where(table.c.agreement == agreement)
    if machines == TRADE:
        about = about.where(table.c.order_number == number)
    elif machines == ("organisation",):
        about = about.where(table.c.number == number)
    return [dict(row) for row in session.connection().execute(about).mappings()]
