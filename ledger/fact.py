"""From the contracts' events to records and facts, with nothing but the log in hand.

A record is one log that tells something; its facts are the rows of the event table. Where a
delivery's order has to be looked up, `order_number` is left to the projection.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final

from ledger import event as chain
from ledger import lifecycle
from ledger.action import Action, unpack_actions
from ledger.errors import ActionsMalformed, decode_refusal
from ledger.intent import ZERO

Row = dict[str, Any]

_PLACE: Final = frozenset(each.name for each in fields(chain.Event))


@dataclass(slots=True)
class Record:
    """One log with what it tells.

    Parameters
    ----------
    row : dict
        Row of the record table, `transaction_log` left out.
    facts : list of dict
        Rows of the event table.
    refused : dict
        Encoded errors of a batch's refused events, by position.
    """

    tx_hash: bytes
    row: Row
    facts: list[Row] = field(default_factory=list)
    refused: dict[int, bytes] = field(default_factory=dict)

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
    refused: dict[bytes, dict[int, bytes]] = {}
    proposed: dict[int, chain.AgreementProposed] = {}
    for each in events:
        if isinstance(each, chain.ActionRefused):
            refused.setdefault(each.batch, {}).update(_problems_of(each))
        elif isinstance(each, chain.IntentRefused):
            refusals.append(Refusal(each.tx_hash, each.block_number, each.intent, each.problem))
        elif isinstance(each, chain.BatchRecorded):
            records.append(_batch(each, refused.pop(each.batch, {})))
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
    }
    return Record(each.tx_hash, row)


def _fact(record: Record, position: int, machine: str, number: int, **columns: Any) -> None:
    row = dict.fromkeys(("agreement", "order_number", "action", "state", "name", "facts"))
    row |= {key: record.row[key] for key in ("block_number", "log_index", "organisation")}
    record.facts.append(
        {**row, "position": position, "machine": machine, "number": number, **columns}
    )


def _batch(each: chain.BatchRecorded, refused: dict[int, bytes]) -> Record:
    record = _record(each, each.organisation, each.batch, each.documents_root, each.manifest)
    record.refused = refused
    try:
        actions = unpack_actions(each.actions)
    except ActionsMalformed as malformed:
        actions = malformed.readable
    record.row["positions"] = len(actions)
    for position, action in enumerate(actions):
        if position not in refused:
            _trade_fact(record, position, action)
    return record


def _intent(each: chain.IntentRecorded) -> Record:
    record = _record(each, each.organisation, each.intent, each.document, each.manifest)
    _trade_fact(record, 0, each.action)
    return record


def _trade_fact(record: Record, position: int, action: Action) -> None:
    row = lifecycle.row_of(action.action)
    order = action.number if row.machine == "order" else action.order if row.opens else None
    _fact(
        record,
        position,
        row.machine,
        action.number,
        agreement=action.agreement,
        order_number=order,
        action=row.id,
        state=lifecycle.state_number(row.machine, row.to),
    )


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
