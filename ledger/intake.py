"""Writes a range of blocks into the tables: all of it in the caller's one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, delete, select

from ledger import settlement
from ledger.awaited import await_manifests
from ledger.block import Block as Header
from ledger.fact import Record as Told
from ledger.feed import add_entries
from ledger.model import (
    Block,
    Cursor,
    Event,
    IncludedTransaction,
    Record,
)
from ledger.model.table import table_of
from ledger.projection import fold
from ledger.standing import Standing
from ledger.stretch import Stretch

Row = dict[str, Any]


def take_in(
    session: Session, stretch: Stretch, chain_id: int, finality: int, hosted: frozenset[int]
) -> None:
    """Write headers, records, facts, where everything stands, the feed and the cursor."""
    times = {header.number: header.timestamp for header in stretch.headers}
    fold(Standing(session), [fact for record in stretch.records for fact in record.facts], times)
    _write_records(session, stretch)
    settle(session, stretch)
    await_manifests(session, stretch.records, hosted)
    session.flush()
    add_entries(session, [_entry(record) for record in stretch.records if record.facts])
    _write_headers(session, stretch.headers, finality)
    last = stretch.headers[-1]
    session.merge(Cursor(chain_id=chain_id, block_number=last.number, block_hash=last.hash))


class _Recorded(Mapping[bytes, Mapping[int, bytes]]):
    """What was refused of each record, by its digest; spelt out only where somebody asks.

    Anybody can have a thousand events refused for little gas, and only the refusals of our own
    intents matter here.
    """

    def __init__(self, records: Iterable[Told]) -> None:
        self._records = {each.digest: each for each in records if each.digest is not None}

    def __getitem__(self, digest: bytes) -> Mapping[int, bytes]:
        return self._records[digest].refused

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


def settle(session: Session, stretch: Stretch) -> None:
    """Tell the outbox what became of its intents and transactions.

    What is recorded counts whoever carried it. A refusal counts only in a transaction of ours:
    anybody can have our digest refused by sending it with another signature, or once more.
    """
    gas = stretch.gas_used
    found = [(record.tx_hash, record.row["block_number"]) for record in stretch.records]
    found += [(refusal.tx_hash, refusal.block_number) for refusal in stretch.refusals]
    blocks = {tx_hash: (number, gas[tx_hash]) for tx_hash, number in found}
    settlement.settle(session, _Recorded(stretch.records))
    if stretch.refusals:
        sent = settlement.ours(session, blocks)
        refused = [each for each in stretch.refusals if each.tx_hash in sent]
        settlement.refuse_whole(session, {each.digest: each.problem for each in refused})
    settlement.include(session, blocks)


def _write_records(session: Session, stretch: Stretch) -> None:
    transactions: dict[bytes, Row] = {}
    rows = []
    for record in stretch.records:
        included = transactions.setdefault(
            record.tx_hash,
            {
                "block_number": record.row["block_number"],
                "first_log": record.row["log_index"],
                "hash": record.tx_hash,
                "gas_used": stretch.gas_used[record.tx_hash],
            },
        )
        rows.append(record.row | {"transaction_log": included["first_log"]})
    trade = [fact for record in stretch.records if record.is_trade for fact in record.facts]
    others = [fact for record in stretch.records if not record.is_trade for fact in record.facts]
    for model, part in (
        (IncludedTransaction, list(transactions.values())),
        (Record, rows),
        (Event, trade),
        (Event, others),
    ):
        if part:
            session.connection().execute(table_of(model).insert(), part)


def _entry(record: Told) -> Row:
    agreements = {fact["agreement"] for fact in record.facts}
    # Lots and bids are public, and an auction's number could be an agreement's.
    is_of_one = record.facts[0]["machine"] in ("order", "delivery", "agreement")
    return {
        "topic": "event",
        "count": len(record.facts),
        "block_number": record.row["block_number"],
        "log_index": record.row["log_index"],
        "agreement": agreements.pop() if is_of_one and len(agreements) == 1 else None,
    }


def _write_headers(session: Session, headers: list[Header], finality: int) -> None:
    rows = [
        {"number": h.number, "hash": h.hash, "parent": h.parent_hash, "time": h.timestamp}
        for h in headers
    ]
    session.connection().execute(table_of(Block).insert(), rows)
    final = headers[-1].number - finality
    newly_final = (final - len(headers), final - 1)
    held = select(Record.block_number).where(col(Record.block_number).between(*newly_final))
    session.exec(
        delete(Block).where(col(Block.number).between(*newly_final), col(Block.number).not_in(held))
    )
