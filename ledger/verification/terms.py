"""The terms on the table, opened before anybody signs them."""

from __future__ import annotations

from ledger.client import Client
from ledger.deployment import Deployment
from ledger.document.envelope import OpenedDocument
from ledger.fault import DocumentUnread
from ledger.identifier import OrderId
from ledger.intent import domain_separator
from ledger.number import AgreementNumber
from ledger.role import Permission
from ledger.verification.authority import KeyBook
from ledger.verification.evidence import EvidenceRoom, FetchBlock, Reader
from ledger.verification.history import read_history
from ledger.verification.replay import replay_order

PROPOSALS = frozenset({"propose", "amend"})


async def open_terms(
    client: Client,
    deployment: Deployment,
    agreement: AgreementNumber,
    reader: Reader,
    fetch: FetchBlock,
) -> OpenedDocument:
    """Open the terms that were proposed last.

    Raises
    ------
    DocumentUnread
        If nobody serves them, or they are not what was committed to.
    """
    history = await read_history(client, deployment)
    replay = replay_order(history.events, OrderId(agreement, 0))
    proposals = [
        act for act in replay.acts if act.machine == "agreement" and act.row.action in PROPOSALS
    ]
    if not proposals:
        raise DocumentUnread(problem="no terms were proposed")
    act = proposals[-1]
    network = domain_separator(deployment.order_domain)
    room = EvidenceRoom(reader, network, fetch, replay.seats.values())
    senders = KeyBook.of(history.events).keys_ever(act.organisation, Permission.ALL)
    evidence = await room.evidence_of(act, agreement, None, 1, senders)
    if evidence.document is None:
        problem = f"the terms are {evidence.status.value}: {evidence.problem}"
        raise DocumentUnread(problem=problem)
    return evidence.document
