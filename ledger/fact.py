"""From the contracts' events to records and facts, with nothing but the log in hand.

A record is one log that tells something; its facts are the rows of the event table. Where a
delivery's order has to be looked up, `order_number` is left to the projection.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import count, repeat
from typing import Any, Final

from ledger import event as chain
from ledger import lifecycle
from ledger.action import Sweep, read_sweeps
from ledger.errors import Corrupt, decode_refusal
from ledger.intent import ZERO

Row = dict[str, Any]

TRADE: Final = ("order", "delivery")
"""Machines whose facts come by the thousand and are folded as sets."""

_PLACE: Final = frozenset(each.name for each in fields(chain.Event))


@dataclass(slots=True)
class Record:
    """One log with what it tells.

    Parameters
    ----------
    row : dict
        Row of the record table, `transaction_log` left out.
    facts : list of dict
        Rows of the event table; those of orders and deliveries have no `name` and no `facts`.
    refusals : list of ActionRefused
        What of a batch was refused.
    """

    tx_hash: bytes
    row: Row
    facts: list[Row] = field(default_factory=list)
    refusals: list[chain.ActionRefused] = field(default_factory=list)

    @property
    def refused(self) -> dict[int, bytes]:
        """Encoded errors of a batch's refused events, by position."""
        problems: dict[int, bytes] = {}
        for each in self.refusals:
            problems |= _problems_of(each)
        return problems

    @property
    def is_trade(self) -> bool:
        """Whether its facts are about orders and deliveries; they are, or none of them is."""
        return bool(self.facts) and self.facts[0]["machine"] in TRADE

    @property
    def digest(self) -> bytes | None:
        """Digest of the signed intent behind it, if one was."""
        found: bytes | None = self.row["digest"]
        return found


@dataclass(frozen=True, slots=True)
class Refusal:
    """An intent that was refused as a whole, in the transaction of whoever carried it."""

    tx_hash: bytes
    block_number: int
    digest: bytes
    problem: bytes


def read_facts(events: Iterable[chain.Event]) -> tuple[list[Record], list[Refusal]]:
    """Read events in chain order into records, and what was refused as a whole."""
    records: list[Record] = []
    refusals: list[Refusal] = []
    refused: dict[bytes, list[chain.ActionRefused]] = {}
    proposed: dict[int, chain.AgreementProposed] = {}
    for each in events:
        if isinstance(each, chain.ActionRefused):
            refused.setdefault(each.batch, []).append(each)
        elif isinstance(each, chain.IntentRefused):
            refusals.append(Refusal(each.tx_hash, each.block_number, each.intent, each.problem))
        elif isinstance(each, chain.BatchRecorded):
            records.append(_batch(each, refused.pop(each.batch, [])))
        elif isinstance(each, chain.IntentRecorded):
            records.append(_intent(each))
        elif isinstance(each, chain.AgreementProposed):
            # The step that proposed it follows in the same transaction and tells the rest.
            proposed[each.agreement] = each
        elif isinstance(each, chain.AgreementStepped):
            records.append(_step(each, proposed.pop(each.agreement, None)))
        elif type(each) in _READERS:
            records.append(_READERS[type(each)](each))
    return records, refusals


def _problems_of(each: chain.ActionRefused) -> dict[int, bytes]:
    """Give the error of each event that was refused; those behind the first count on from it."""
    first = decode_refusal(each.problem)
    problems = {each.position + i: each.problem for i in range(each.count)}
    if "number" in first.arguments:
        number = first.arguments["number"]
        for i in range(1, each.count):
            behind = type(first)(**first.arguments | {"number": number + i})
            problems[each.position + i] = behind.encoded()
    return problems


def _record(
    each: chain.Event,
    organisation: int,
    digest: bytes | None = None,
    root: bytes = ZERO,
    manifest: bytes = ZERO,
) -> Record:
    row = {
        "block_number": each.block_number,
        "log_index": each.log_index,
        "organisation": organisation,
        "digest": digest,
        "documents_root": None if root == ZERO else root,
        "manifest": None if manifest == ZERO else manifest,
        "positions": None,
        "facts": 0,
    }
    return Record(each.tx_hash, row)


def _fact(record: Record, position: int, machine: str, number: int, **columns: Any) -> None:
    row = dict.fromkeys(("agreement", "order_number", "action", "state", "name", "facts"))
    row |= {key: record.row[key] for key in ("block_number", "log_index", "organisation")}
    record.facts.append(
        {**row, "position": position, "machine": machine, "number": number, **columns}
    )
    record.row["facts"] += 1


def _batch(each: chain.BatchRecorded, refusals: list[chain.ActionRefused]) -> Record:
    record = _record(each, each.organisation, each.batch, each.documents_root, each.manifest)
    record.refusals = refusals
    refused: set[int] = set()
    for refusal in refusals:
        refused.update(range(refusal.position, refusal.position + refusal.count))
    sweeps, _ = read_sweeps(each.actions)
    position = 0
    for sweep in sweeps:
        end = position + len(sweep.numbers)
        if not refused.issuperset(range(position, end)):
            record.facts += _trade_facts(record.row, sweep, position, refused)
        position = end
    record.row |= {"positions": position, "facts": len(record.facts)}
    return record


def _intent(each: chain.IntentRecorded) -> Record:
    record = _record(each, each.organisation, each.intent, each.document, each.manifest)
    agreement, action, number, order = each.action
    orders = (order,) if lifecycle.is_opening(action) else ()
    record.facts = _trade_facts(record.row, Sweep(agreement, action, (number,), orders), 0, set())
    record.row["facts"] = 1
    return record


def _trade_facts(record: Row, sweep: Sweep, first: int, refused: set[int]) -> list[Row]:
    """Write a sweep as rows; thousands come at a time, so what they share is looked up once."""
    agreement, action, numbers, orders = sweep
    machine, state = _end_of(action)
    block, log, organisation = (
        record[key] for key in ("block_number", "log_index", "organisation")
    )
    of_orders = numbers if machine == "order" else orders or repeat(None)
    return [
        {
            "block_number": block,
            "log_index": log,
            "position": position,
            "organisation": organisation,
            "machine": machine,
            "agreement": agreement,
            "number": number,
            "order_number": order_number,
            "action": action,
            "state": state,
        }
        for position, number, order_number in zip(count(first), numbers, of_orders)
        if position not in refused
    ]


@cache
def _end_of(action: int) -> tuple[str, int]:
    """Tell which machine an action is of, and the number of the state it leads to."""
    try:
        row = lifecycle.row_of(action)
    except KeyError:
        raise Corrupt(problem=f"the ledger recorded action {action}, which nobody knows") from None
    return row.machine, lifecycle.state_number(row.machine, row.to)


def _step(each: chain.AgreementStepped, proposal: chain.AgreementProposed | None) -> Record:
    record = _record(each, each.organisation, each.intent, each.terms, each.manifest)
    facts = {"unsigned": each.unsigned, "ends_at": each.ends_at, "terms": each.terms.hex()}
    if proposal is not None:
        facts |= {"seats": list(proposal.seats), "notice_days": proposal.notice_days}
    _fact(
        record,
        0,
        "agreement",
        0,
        agreement=each.agreement,
        action=each.action,
        state=each.state,
        facts=facts,
    )
    return record


def _member(each: Any) -> Record:
    record = _record(each, each.organisation)
    _told(record, each, "organisation", each.organisation)
    return record


def _opening(each: chain.AuctionOpened) -> Record:
    record = _record(each, each.organisation, each.intent, each.specification, each.manifest)
    _told(record, each, "auction", 0, agreement=each.auction)
    return record


def _auction(each: Any) -> Record:
    record = _record(each, 0)
    _told(record, each, "auction", 0, agreement=each.auction)
    return record


def _bid(each: Any) -> Record:
    record = _record(each, each.organisation, getattr(each, "intent", None))
    _told(record, each, "bid", each.bid, agreement=each.auction)
    return record


def _lot(each: chain.LotStepped) -> Record:
    record = _record(each, each.organisation, each.intent, each.document, each.manifest)
    _fact(
        record,
        0,
        "lot",
        each.lot,
        agreement=each.auction,
        action=each.action,
        state=each.state,
        facts={"document": each.document.hex()},
    )
    return record


def _told(record: Record, each: chain.Event, machine: str, number: int, **columns: Any) -> None:
    """Add a fact that no lifecycle row stands behind: the event's name and fields."""
    facts = {
        one.name: _plain(getattr(each, one.name)) for one in fields(each) if one.name not in _PLACE
    }
    _fact(record, 0, machine, number, name=type(each).__name__, facts=facts, **columns)


def _plain(value: Any) -> Any:
    """Write a value as JSON keeps it exactly: bytes as hex, wide integers as decimal text."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, int) and value >= 1 << 53 else value


_READERS: Final[dict[type[chain.Event], Callable[[Any], Record]]] = {
    chain.OrganisationAdmitted: _member,
    chain.OrganisationRolesSet: _member,
    chain.OrganisationSuspensionSet: _member,
    chain.KeySet: _member,
    chain.EncryptionKeySet: _member,
    chain.EndpointSet: _member,
    chain.Deposited: _member,
    chain.Withdrawn: _member,
    chain.AuctionOpened: _opening,
    chain.AllocationProposed: _auction,
    chain.AuctionFinalised: _auction,
    chain.BidCommitted: _bid,
    chain.BidRevealed: _bid,
    chain.BondReleased: _bid,
    chain.BondForfeited: _bid,
    chain.LotStepped: _lot,
}
