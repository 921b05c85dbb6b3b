"""An order checked again: the one entry to this package."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger.client import Client
from ledger.deployment import Deployment
from ledger.identifier import DeliveryId, OrderId, agreement_id
from ledger.intent import Batch, domain_separator
from ledger.lifecycle import shown_order_state, state_name
from ledger.role import Permission
from ledger.verification.authority import KeyBook
from ledger.verification.evidence import (
    Evidence,
    EvidenceRoom,
    EvidenceStatus,
    FetchBlock,
    Reader,
)
from ledger.verification.finding import Line, Report
from ledger.verification.history import History, read_history
from ledger.verification.replay import Act, Replay, replay_order
from ledger.verification.sentence import sentence_of
from ledger.verification.signature import SignatureDesk
from ledger.verification.statement import Statement, event_count
from ledger.view import read_view


async def verify_order(
    client: Client, deployment: Deployment, order: OrderId, reader: Reader, fetch: FetchBlock
) -> Report:
    """Check every step of an order again, from the chain and the sealed blocks alone.

    Parameters
    ----------
    reader : Reader
        Who looks; documents sealed for others are counted, not read.
    fetch : callable
        Gets blocks by CID.

    Raises
    ------
    Unreachable
        If the chain does not answer.

    Notes
    -----
    What the node tells is taken as the chain: whether its blocks are final is for the network's
    consensus, and for asking more than one node.
    """
    history = await read_history(client, deployment)
    keys = KeyBook.of(history.events)
    replay = replay_order(history.events, order)
    report = Report(order)
    network = domain_separator(deployment.order_domain)
    room = EvidenceRoom(reader, network, fetch, replay.seats.values())
    desk = SignatureDesk(client, deployment.order_domain, history, keys)
    for act in replay.acts:
        statement = await desk.check(act, report)
        count = event_count(statement)
        batch = statement.value if statement and isinstance(statement.value, Batch) else None
        senders = keys.keys_ever(act.organisation, Permission.ALL)
        evidence = await room.evidence_of(act, order.agreement, batch, count, senders)
        _check_evidence(evidence, report, _subject(act, order))
        report.lines.append(_line(act, evidence, statement, history, keys, order))
    _check_replay(replay, report)
    await _check_chain(client, deployment, replay, report)
    return report


def _check_evidence(evidence: Evidence, report: Report, subject: str) -> None:
    if evidence.status in (EvidenceStatus.NONE, EvidenceStatus.SEALED):
        return
    report.check(
        subject,
        f"{evidence.act.row.action}: its document opens and is what was committed to",
        evidence.status is EvidenceStatus.OPENED,
        evidence.problem,
    )


def _check_replay(replay: Replay, report: Report) -> None:
    for act, why in replay.breaches:
        report.check(_subject(act, replay.order), f"{act.row.action} was allowed", False, why)
    if not replay.breaches and replay.acts:
        report.check(
            f"order {replay.order}",
            f"all {len(replay.acts)} steps follow the lifecycle table",
            True,
        )
    report.state = shown_order_state(replay.order_state, replay.deliveries.values())


async def _check_chain(
    client: Client, deployment: Deployment, replay: Replay, report: Report
) -> None:
    """Hold what the replay came to against what the contract has stored."""
    order = replay.order
    contract = deployment.order_ledger
    view = "OrderLedger.orderState"
    (number,) = await read_view(client, contract, view, order.agreement, order.number)
    stored = state_name("order", number)
    claim = f"the contract has stored the same state, {stored}"
    subject = f"order {order}"
    report.check(subject, claim, stored == replay.order_state, f"replayed {replay.order_state}")
    for delivery, state in replay.deliveries.items():
        view = "OrderLedger.deliveryState"
        number, owner = await read_view(client, contract, view, order.agreement, delivery)
        stored = state_name("delivery", number)
        report.check(
            f"delivery {DeliveryId(order.agreement, delivery)}",
            f"the contract has stored the same state, {stored}, and the same order",
            stored == state and owner == order.number,
            f"replayed {state}",
        )


def _line(
    act: Act,
    evidence: Evidence,
    statement: Statement | None,
    history: History,
    keys: KeyBook,
    order: OrderId,
) -> Line:
    return Line(
        when=datetime.fromtimestamp(history.times_s[act.event.block_number], UTC),
        who=keys.name(act.organisation),
        key=statement.signer if statement else "",
        subject=_subject(act, order),
        what=sentence_of(act, evidence),
        document=evidence.status.value,
        tx_hash=act.event.tx_hash,
    )


def _subject(act: Act, order: OrderId) -> str:
    if act.machine == "agreement":
        return f"agreement {agreement_id(order.agreement)}"
    if act.machine == "order":
        return f"order {order}"
    return f"delivery {DeliveryId(order.agreement, act.number)}"
